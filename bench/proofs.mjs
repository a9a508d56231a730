// @ts-check
/** The verification of one proof of a sector, 20 levels deep. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { patternBytes } from './data.mjs'

const LEVELS = 20
/** Neither the first nor the last leaf, with turns to both sides. */
const INDEX = 0b1011_0011_1000_1111_0000

/** @type {import('./workloads.mjs').Kind} */
export const proofs = {
  input: ({ bytes }) => patternBytes(bytes),
  expected: () => Uint8Array.of(1),

  async ours(_, data, { zgkit }, { name, tier }) {
    const { siblings, root } = climbed(data)
    const path = siblings.map((_, k) => isLeft(k))
    const proof = { kind: 'sector', index: INDEX, lemma: [keccak_256(data), ...siblings, root], path }
    const claim = { root, size: 2 ** LEVELS * 256, index: INDEX, data, proof }
    if (name === 'zgkit') return () => Uint8Array.of(Number(zgkit.verifySectorSync(claim).ok))
    const { useVerifier, verifySector } = await import('../ts/dist/verify/index.js')
    useVerifier(/** @type {'wasm' | 'js'} */ (tier))
    return () => Uint8Array.of(Number(verifySector(claim).ok))
  },

  /** What the hashing alone takes by hand: nothing is checked but the root. */
  async rival(_, data) {
    const { siblings, root } = climbed(data)
    return () => Uint8Array.of(Number(rootOver(data, siblings).every((byte, i) => byte === root[i])))
  },
}

/** @param {number} level */
const isLeft = level => ((INDEX >> level) & 1) === 0

/** @param {Uint8Array} data */
function climbed(data) {
  const siblings = Array.from({ length: LEVELS }, (_, k) => keccak_256(Uint8Array.of(k)))
  return { siblings, root: rootOver(data, siblings) }
}

/**
 * @param {Uint8Array} data
 * @param {readonly Uint8Array[]} siblings
 */
function rootOver(data, siblings) {
  const pair = new Uint8Array(64)
  return siblings.reduce((node, sibling, k) => {
    pair.set(node, isLeft(k) ? 0 : 32)
    pair.set(sibling, isLeft(k) ? 32 : 0)
    return keccak_256(pair)
  }, keccak_256(data))
}
