import { keccak_256 } from '@noble/hashes/sha3.js'
import { describe, expect, it } from 'vitest'
import hostile from '../../../testdata/merkle/hostile.json' with { type: 'json' }
import treeProofs from '../../../testdata/storage/tree_proofs.json' with { type: 'json' }
import { decodeVerdict } from '../../dist/backend/verdict.js'
import { concatBytes } from '../../dist/bytes.js'
import { FileTree, fromHex, toHex } from '../../dist/index.js'
import { path as pathOf } from '../../dist/rules/path.js'
import { patternBytes } from '../patterns.js'
import { kernel, onEachTier } from '../tiers.js'

/** The verdict's code for a sector in a tree of a given number of sectors, as the vectors have it. */
async function judge(
  root: string,
  leafCount: number,
  index: number,
  content: Uint8Array,
  { lemma, path }: { lemma: readonly string[]; path: readonly boolean[] },
): Promise<string> {
  const inputs = [fromHex(root), content, concatBytes(lemma.map(fromHex)), Uint8Array.from(path, Number)]
  return decodeVerdict(await kernel('verifyInclusion', inputs, [index, leafCount, 256, 1]))?.code ?? 'ok'
}

onEachTier(() => {
  it('tree_proofs: all 210 proofs of trees of 1 to 20 leaves', async () => {
    let ran = 0
    for (const { leafCount, root, proofs } of treeProofs.cases) {
      for (const proof of proofs) {
        const sector = patternBytes({ kind: 'keccak', seed: `chunk${proof.index}` }, 256)
        expect(await judge(root, leafCount, proof.index, sector, proof)).toBe('ok')
        expect(pathOf(proof.index, leafCount)).toEqual(proof.path)
        ran++
      }
    }
    expect(ran).toBe(210)
  })

  it('hostile: 50 honest proofs, 15 hostile or borderline ones, 9 files, 1 pair of roots', async () => {
    const ran = { positive: 0, negative: 0, files: 0, distinct: 0 }
    for (const { leafCount, root, proofs } of hostile.positive) {
      for (const proof of proofs) {
        const sector = new Uint8Array(256).fill(proof.index + 1)
        expect(await judge(root, leafCount, proof.index, sector, proof)).toBe('ok')
        ran.positive++
      }
    }
    for (const { id, root, leafCount, index, content, lemma, path, expect: due } of hostile.negative) {
      const code = await judge(root, leafCount, index, fromHex(content), { lemma, path })
      expect(code, id).toBe(due.ok ? 'ok' : (due as { code?: string }).code)
      ran.negative++
    }
    for (const { bytes, fileRoot, treeLeaves } of hostile.files) {
      const file = new Uint8Array(bytes).map((_, j) => (j % 64 === 0 ? 31 * j : 0))
      const tree = await FileTree.build(file)
      expect(toHex(tree.root)).toBe(fileRoot)
      expect(tree.layout.segments).toBe(treeLeaves)
      ran.files++
    }
    for (const { a, b } of hostile.distinctRoots) {
      const leaves = [1, 2, 3].map(byte => keccak_256(new Uint8Array(256).fill(byte)))
      const rootOf = async (nodes: Uint8Array[]) =>
        toHex((await kernel('merkleLevels', [concatBytes(nodes)], [])).slice(-32))
      expect(await rootOf(leaves)).toBe(a)
      expect(await rootOf([...leaves, leaves[2] as Uint8Array])).toBe(b)
      expect(a).not.toBe(b)
      ran.distinct++
    }
    expect(ran).toEqual({ positive: 50, negative: 15, files: 9, distinct: 1 })
  })

  it('zero hashes come out of the kernels too', async () => {
    let level = await kernel('keccak256', [new Uint8Array(256)], [256])
    const { zeroRoot } = await import('../../dist/rules/zero.js')
    for (let height = 0; height < 64; height++) {
      expect(level).toEqual(zeroRoot(height))
      level = await kernel('keccak256', [concatBytes([level, level])], [64])
    }
  })
})

describe('the shape of trees', () => {
  it('gives every leaf a path of its own', () => {
    for (let leaves = 1; leaves <= 130; leaves++) {
      const paths = new Set(Array.from({ length: leaves }, (_, index) => pathOf(index, leaves).join()))
      expect(paths.size).toBe(leaves)
    }
  })
})
