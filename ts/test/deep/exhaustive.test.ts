import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import { decodeVerdict } from '../../dist/backend/verdict.js'
import { concatBytes } from '../../dist/bytes.js'
import { path } from '../../dist/rules/path.js'
import { kernel, onEachTier } from '../tiers.js'

const LEAVES = 130
const sectors = Array.from({ length: LEAVES }, (_, i) => new Uint8Array(256).fill(i + 1))
const hashes = sectors.map(sector => keccak_256(sector))

/** Root and lemma by the tree's definition. */
function prove(leaves: readonly Uint8Array[], index: number): { root: Uint8Array; siblings: Uint8Array[] } {
  if (leaves.length === 1) return { root: leaves[0] as Uint8Array, siblings: [] }
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1))
  const isLeft = index < left
  const own = prove(isLeft ? leaves.slice(0, left) : leaves.slice(left), isLeft ? index : index - left)
  const other = prove(isLeft ? leaves.slice(left) : leaves.slice(0, left), 0).root
  const pair = isLeft ? [own.root, other] : [other, own.root]
  return { root: keccak_256(concatBytes(pair)), siblings: [...own.siblings, other] }
}

onEachTier(() => {
  it('accepts all 8,515 proofs of trees of 1 to 130 leaves, and each at no other index', {
    timeout: 900_000,
  }, async () => {
    let ran = 0
    for (let count = 1; count <= LEAVES; count++) {
      for (let index = 0; index < count; index++) {
        const { root, siblings } = prove(hashes.slice(0, count), index)
        const leaf = hashes[index] as Uint8Array
        const lemma = concatBytes(siblings.length === 0 ? [root] : [leaf, ...siblings, root])
        const inputs = [root, sectors[index] as Uint8Array, lemma, Uint8Array.from(path(index, count), Number)]
        const judge = async (at: number) =>
          decodeVerdict(await kernel('verifyInclusion', inputs, [at, count, 256, 1]))?.code ?? 'ok'
        expect(await judge(index)).toBe('ok')
        for (const other of [0, index - 1, index + 1, index ^ 2, count - 1, count]) {
          if (other !== index && other >= 0)
            expect(await judge(other), `${index} of ${count} as ${other}`).not.toBe('ok')
        }
        ran++
      }
    }
    expect(ran).toBe(8515)
  })
})
