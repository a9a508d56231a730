import { expect, it } from 'vitest'
import vectors from '../../../testdata/storage/file_merkle.json' with { type: 'json' }
import {
  FileTree,
  fileRoot,
  fileRootSync,
  isValidSubmission,
  planSubmission,
  proofToJson,
  toHex,
  verifySegment,
  verifySegmentSync,
} from '../../dist/index.js'
import { patternFile, wholeSectors } from '../patterns.js'
import { inNode, onEachTier } from '../tiers.js'

onEachTier(tier => {
  // JavaScript takes seconds for the three largest, and is the same in Node.
  const most = tier === 'js' && !inNode ? 2 ** 22 : Number.POSITIVE_INFINITY
  it('file_merkle: roots, segment roots, submissions and proofs of the files', async () => {
    const ran = { files: 0, segmentRoots: 0, proofs: 0 }
    for (const vector of vectors.cases.filter(({ size }) => size < most)) {
      const bytes = patternFile(vector.pattern, vector.size)
      const tree = await FileTree.build(bytes)
      const { layout } = tree
      expect(toHex(tree.root)).toBe(vector.root)
      expect(layout).toEqual({
        size: vector.size,
        sectors: vector.chunks,
        paddedSectors: vector.paddedChunks,
        segments: vector.segments,
      })
      expect(layout.paddedSectors * 256).toBe(vector.iteratorPaddedSize)
      expect(Math.ceil(layout.sectors / 1024)).toBe(vector.unpaddedSegments)
      if (vector.size < 2 ** 20) {
        expect(toHex(await fileRoot(bytes))).toBe(vector.root)
        expect(toHex(fileRootSync(bytes))).toBe(vector.root)
        expect(FileTree.buildSync(bytes).submission()).toEqual(tree.submission())
      }

      const submission = tree.submission()
      expect(submission.length).toBe(vector.submission.length)
      expect(submission.nodes.map(({ root, height }) => ({ root: toHex(root), height }))).toEqual(
        vector.submission.nodes,
      )
      const heights = vector.submission.nodes.map(node => node.height)
      expect(planSubmission(vector.size).nodes.map(node => node.height)).toEqual(heights)
      expect(isValidSubmission(vector.size, heights)).toBe(true)

      if (vector.segmentRoots) {
        expect(tree.segmentRoots().map(toHex)).toEqual(vector.segmentRoots)
        ran.segmentRoots += vector.segmentRoots.length
      }
      for (const { segmentIndex: index, lemma, path } of vector.segmentProofs) {
        const proof = tree.proveSegment(index)
        expect(proofToJson(proof)).toEqual({ kind: 'segment', index, lemma, path })
        const data = wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))
        const claim = { root: tree.root, size: vector.size, index, data }
        expect(await verifySegment({ ...claim, proof: { lemma, path } })).toEqual({
          ok: true,
          kind: 'segment',
          index,
          layout,
        })
        expect(verifySegmentSync({ ...claim, proof }).ok).toBe(true)
        ran.proofs++
      }
      ran.files++
    }
    const [all, small] = [
      { files: 65, segmentRoots: 168, proofs: 111 },
      { files: 62, segmentRoots: 108, proofs: 96 },
    ]
    expect(ran).toEqual(most === Number.POSITIVE_INFINITY ? all : small)
  })
})
