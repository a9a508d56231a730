// @ts-check
/** The verification of one proof of a sector, 20 levels deep, over any Keccak-256 function. Nothing of Node is imported here: pages load it too. */
import { keccak_256 } from '@noble/hashes/sha3.js'

const PROOF_SECTORS = 2 ** 20
const LEVELS = 20
const SECTOR = 256
const HASH = 32
const INDEX = 0xa5a5a

/** @typedef {{root: Uint8Array, index: number, data: Uint8Array, siblings: Uint8Array[], proof: {lemma: Uint8Array[], path: boolean[]}}} Proof */

/**
 * The root that a sector and its siblings lead to.
 * @param {Pick<Proof, 'index' | 'data' | 'siblings'>} proof
 * @param {import('./tree.mjs').Hash} hash
 */
export function rootOverProof({ index, data, siblings }, hash) {
  const pair = new Uint8Array(2 * HASH)
  let node = hash(data)
  for (const [level, sibling] of siblings.entries()) {
    const left = ((index >> level) & 1) === 0
    pair.set(left ? node : sibling)
    pair.set(left ? sibling : node, HASH)
    node = hash(pair)
  }
  return node
}

/**
 * @param {Uint8Array} bytes a sector and its siblings, from bottom to top
 * @returns {Proof}
 */
export function readProof(bytes) {
  const data = bytes.subarray(0, SECTOR)
  const siblings = Array.from({ length: LEVELS }, (_, i) => bytes.slice(SECTOR + HASH * i, SECTOR + HASH * (i + 1)))
  const root = rootOverProof({ index: INDEX, data, siblings }, keccak_256)
  const path = siblings.map((_, level) => ((INDEX >> level) & 1) === 0)
  return { root, index: INDEX, data, siblings, proof: { lemma: [keccak_256(data), ...siblings, root], path } }
}

/**
 * One of our verifiers, which gives the root if it accepts.
 * @param {Uint8Array} bytes as for `readProof`
 * @param {(claim: import('../ts/dist/index.js').Claim) => {ok: boolean}} verify
 */
export function verifying(bytes, verify) {
  const { root, index, data, proof } = readProof(bytes)
  const claim = { root, size: PROOF_SECTORS * SECTOR, index, data, proof }
  return () => (verify(claim).ok ? root : new Uint8Array())
}

/** @type {import('./workloads.mjs').Kind} */
export const proofs = {
  async input({ bytes }) {
    const { patternBytes } = await import('./data.mjs')
    return patternBytes(bytes)
  },
  expected: (_, input) => readProof(input).root,

  async ours(_, input, { zgkit }, { name, tier }) {
    if (name === 'zgkit') return verifying(input, zgkit.verifySectorSync)
    const { useVerifier, verifySector } = await import('../ts/dist/verify/index.js')
    useVerifier(/** @type {'wasm' | 'js'} */ (tier))
    return verifying(input, verifySector)
  },

  /** What the hashing alone takes by hand: nothing is checked but the root. */
  async rival(_, input) {
    const proof = readProof(input)
    return () => rootOverProof(proof, keccak_256)
  },
}
