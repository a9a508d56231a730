import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import {
  assertVerified,
  FileTree,
  type LeafIndices,
  type MultiClaim,
  type MultiVerdict,
  multiProofToJson,
  toHex,
  verifyMulti,
  verifyRearPadding,
  verifySegment,
  verifySegmentSync,
} from '../../dist/index.js'
import { judge } from '../../dist/merkle/multi.js'
import { onTier } from '../../dist/merkle/verify.js'
import { siblingPlaces } from '../../dist/rules/climb.js'
import { codeOf, painted, sharedBytes, wholeSectors } from '../patterns.js'
import { onEachTier, runs } from '../tiers.js'

const codeIn = (verdict: MultiVerdict) => (verdict.ok ? 'ok' : verdict.code)

onEachTier(() => {
  // Three segments: two full, the last with 6 padded sectors and more padding behind.
  const file = painted(2 * 262_144 + 130 * 256 + 99)
  const size = file.length
  const segmentOf = (index: number) => file.subarray(index * 262_144, (index + 1) * 262_144)
  // 17 segments with data, one of padding.
  const withPadding = new Uint8Array(16 * 262_144 + 1).fill(3)
  let paddedTree: FileTree
  beforeAll(async () => {
    paddedTree = await FileTree.build(withPadding)
  })
  const padded = (sectors: number) => {
    const bytes = new Uint8Array(sectors * 256)
    bytes.set(file)
    return bytes
  }
  const list = (indices: LeafIndices) =>
    'first' in indices ? Array.from({ length: indices.count }, (_, i) => indices.first + i) : indices

  it('proves any sectors of a file, with fewer siblings than one proof for each', async () => {
    const tree = await FileTree.build(file)
    const { root, layout } = tree
    const bytes = padded(layout.paddedSectors)
    const last = layout.paddedSectors - 1
    const sets: LeafIndices[] = [
      [0, 1023, 1024, 2048, last],
      [5],
      [layout.sectors - 1, layout.sectors],
      { first: 1000, count: 1100 },
      { first: 0, count: last + 1 },
      { first: last, count: 1 },
    ]
    for (const indices of sets) {
      const asked: number[] = []
      const proof = tree.proveSectorsSync(indices, index => {
        asked.push(index)
        return segmentOf(index)
      })
      expect(asked).toEqual([...new Set(asked)].sort((a, b) => a - b))
      const numbers = list(indices)
      if (numbers.length === 1100) expect(asked).toEqual([0, 2])
      const data = concatBytes(numbers.map(index => bytes.subarray(256 * index, 256 * index + 256)))
      const claim = { kind: 'sector', root, size, indices, data, proof } as const
      expect(verifyMulti(claim)).toEqual({ ok: true, kind: 'sector', leaves: layout.paddedSectors })
      const json = JSON.parse(JSON.stringify(multiProofToJson(proof)))
      expect(codeIn(verifyMulti({ ...claim, root: toHex(root), size: BigInt(size), proof: json }))).toBe('ok')
      const few = numbers.slice(0, 4)
      const singles = few.map(index => tree.proveSectorSync(index, segmentOf(Math.floor(index / 1024))).path.length)
      const together = tree.proveSectorsSync(few, segmentOf).siblings.length
      const sum = singles.reduce((a, b) => a + b)
      if (few.length > 1) expect(together).toBeLessThan(sum)
      else expect(together).toBe(sum)
      expect(codeIn(verifyMulti({ ...claim, kind: 'segment' }))).toBe('PROOF_FORMAT')
      expect(codeIn(verifyMulti({ ...claim, data: data.subarray(1) }))).toBe('CONTENT_LENGTH')
      expect(codeIn(verifyMulti({ ...claim, size: size - 1 }))).toBe(
        numbers.includes(layout.sectors - 1) ? 'PADDING_NONZERO' : 'ok',
      )
      data[100] = (data[100] as number) ^ 1
      expect(codeIn(verifyMulti(claim))).toBe('ROOT_MISMATCH')
    }
    expect(await codeOf(() => tree.proveSectorsSync([last + 1], segmentOf))).toBe('INDEX_RANGE')
    expect(await codeOf(() => tree.proveSectorsSync([7], () => new Uint8Array(9)))).toBe('CONTENT_MISMATCH')
    expect(await codeOf(() => tree.proveSectorsSync([7], () => new Uint8Array(262_145)))).toBe('CONTENT_LENGTH')
    expect(await codeOf(() => tree.proveSectorsSync([7, 7], segmentOf))).toBe('INDEX_ORDER')
  })

  it('proves any segments of a file, the short one and the padding included', async () => {
    const trees = [file, painted(1), painted(262_144)].map(async bytes => ({
      bytes,
      tree: await FileTree.build(bytes),
    }))
    for (const { bytes, tree } of [...(await Promise.all(trees)), { bytes: withPadding, tree: paddedTree }]) {
      const { root, layout } = tree
      const content = (index: number) => wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))
      const last = layout.segments - 1
      for (const indices of [[0], [last], [...new Set([0, last])], { first: 0, count: Math.min(last + 1, 3) }]) {
        const proof = tree.proveSegments(indices)
        const data = concatBytes(list(indices).map(content))
        const claim = { kind: 'segment', root, size: bytes.length, indices, data, proof } as const
        expect(verifyMulti(claim)).toEqual({ ok: true, kind: 'segment', leaves: layout.segments })
        const bad = root.slice()
        bad[31] = (bad[31] as number) ^ 1
        expect(codeIn(verifyMulti({ ...claim, root: bad }))).toBe('ROOT_MISMATCH')
        expect(codeIn(verifyMulti({ ...claim, data: new Uint8Array(data.length + 256) }))).toBe('CONTENT_LENGTH')
      }
      expect(await codeOf(() => tree.proveSegments([last + 1]))).toBe('INDEX_RANGE')
      expect(await codeOf(() => tree.proveSegments([]))).toBe('EMPTY_INPUT')
    }
  })

  it('demands zero roots past the data where the rule of rear padding is asked for', async () => {
    const [bytes, tree] = [withPadding, paddedTree]
    const { root, layout } = tree
    expect(layout.segments).toBe(18)
    const data = wholeSectors(bytes.subarray(16 * 262_144))
    const claim = { root, size: bytes.length, index: 16, data, proof: tree.proveSegment(16) }
    expect((await verifySegment(claim, { rearPadding: true })).ok).toBe(true)
    expect(verifySegmentSync(claim, { rearPadding: true }).ok).toBe(true)
    expect(verifyRearPadding(claim)).toEqual({ ok: true })

    // The same file with something in its padding: a root that somebody else computed.
    const zero = claim.proof.lemma[1] as Uint8Array
    const other = keccak_256(zero)
    const up = (hashes: Uint8Array[]) => keccak_256(concatBytes(hashes))
    const left = claim.proof.lemma[2] as Uint8Array
    const forged = up([left, up([claim.proof.lemma[0] as Uint8Array, other])])
    const lemma = [claim.proof.lemma[0], other, left, forged]
    const lie = { ...claim, root: forged, proof: { ...claim.proof, lemma } }
    const refused = { ok: false, code: 'PADDING_NONZERO', expected: zero, got: other }
    expect(verifySegmentSync(lie).ok).toBe(true)
    expect(verifySegmentSync(lie, { rearPadding: true })).toEqual(refused)
    expect(await verifySegment(lie, { rearPadding: true })).toEqual(refused)
    expect(verifyRearPadding(lie)).toEqual(refused)
    expect(verifyRearPadding({ ...claim, index: 18 })).toMatchObject({ code: 'INDEX_RANGE' })
    expect(verifyRearPadding({ ...claim, index: 3 })).toMatchObject({ code: 'PROOF_DEPTH' })
    expect(verifyRearPadding({ ...claim, proof: {} })).toMatchObject({ code: 'PROOF_FORMAT' })
    expect(verifyRearPadding({ ...claim, index: 3, proof: tree.proveSegment(3) })).toEqual({ ok: true })
    expect(await codeOf(() => verifyRearPadding({ ...claim, size: 0 }))).toBe('EMPTY_INPUT')
  })

  it('takes nothing that is no proof, and throws for what the caller vouches for', async () => {
    const tree = await FileTree.build(file)
    const indices = [3, 9, 1500]
    const proof = tree.proveSectorsSync(indices, segmentOf)
    const data = concatBytes(indices.map(index => file.subarray(256 * index, 256 * index + 256)))
    const claim: MultiClaim = { kind: 'sector', root: tree.root, size, indices, data, proof }
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
      },
    )
    const { siblings } = proof
    const hostile: [unknown, string][] = [
      [undefined, 'PROOF_FORMAT'],
      ['0x', 'PROOF_FORMAT'],
      [siblings, 'PROOF_FORMAT'],
      [trap, 'PROOF_FORMAT'],
      [{ ...proof, kind: 'flow' }, 'PROOF_FORMAT'],
      [{ siblings: trap }, 'PROOF_FORMAT'],
      [{ siblings: [...siblings.slice(1), 7] }, 'PROOF_FORMAT'],
      [{ siblings: [...siblings.slice(1), '0x12'] }, 'PROOF_FORMAT'],
      [{ siblings: new Array(2 ** 16 + 1) }, 'LIMIT_EXCEEDED'],
      [{ siblings: [...siblings, siblings[0]] }, 'PROOF_DEPTH'],
      [{ siblings: siblings.slice(1) }, 'PROOF_DEPTH'],
      [{ siblings: siblings.toReversed() }, 'ROOT_MISMATCH'],
      [{ siblings: siblings.map(toHex) }, 'ok'],
    ]
    for (const [bad, code] of hostile) expect(codeIn(verifyMulti({ ...claim, proof: bad }))).toBe(code)

    const wrong: [unknown, string][] = [
      [[], 'EMPTY_INPUT'],
      [[3, 1500, 9], 'INDEX_ORDER'],
      [[3, 9, 9], 'INDEX_ORDER'],
      [[3, 9, tree.layout.paddedSectors], 'INDEX_RANGE'],
      [[-1, 9, 1500], 'INDEX_RANGE'],
      [[0.5, 9, 1500], 'INDEX_RANGE'],
      [new Array(3), 'INDEX_RANGE'],
      [new Array(2 ** 20 + 1), 'LIMIT_EXCEEDED'],
      [[3, 9], 'CONTENT_LENGTH'],
      [[3, 9, 1501], 'ROOT_MISMATCH'],
      [[4, 9, 1500], 'ROOT_MISMATCH'],
      [[3, 8, 10], 'PROOF_DEPTH'],
      [{ first: 3, count: 0 }, 'EMPTY_INPUT'],
      [{ first: 3, count: -1 }, 'INDEX_RANGE'],
      [{ first: 3, count: 1.5 }, 'INDEX_RANGE'],
      [{ first: -1, count: 3 }, 'INDEX_RANGE'],
      [{ first: 2 ** 53 - 2, count: 3 }, 'INDEX_RANGE'],
      [{ first: 0, count: 2 ** 20 + 1 }, 'LIMIT_EXCEEDED'],
    ]
    for (const [bad, code] of wrong) {
      expect(codeIn(verifyMulti({ ...claim, indices: bad as LeafIndices })), `${bad}`).toBe(code)
    }

    // The largest flow that counts reach: 53 levels.
    const largest = { kind: 'flow', root: tree.root, length: 2 ** 53 - 1, indices: [2 ** 53 - 2] } as const
    const sector = data.subarray(0, 256)
    const judged = verifyMulti({ ...largest, data: sector, proof: { siblings: [] } })
    expect(judged).toEqual({ ok: false, code: 'PROOF_DEPTH', expected: 52, got: 0 })
    const long = { siblings: new Array(52).fill(tree.root) }
    expect(codeIn(verifyMulti({ ...largest, data: sector, proof: long }))).toBe('ROOT_MISMATCH')

    const faults: [object, string][] = [
      [{ size: 0 }, 'EMPTY_INPUT'],
      [{ size: -1 }, 'RANGE'],
      [{ root: '0x12' }, 'BUFFER_LENGTH'],
      [{ data: 'text' }, 'INVALID_ARGUMENT'],
      [{ kind: 'file' }, 'INVALID_ARGUMENT'],
      [{ kind: 'flow', length: -1 }, 'RANGE'],
      [{ indices: 7 }, 'INVALID_ARGUMENT'],
      [{ indices: { first: 1 } }, 'INVALID_ARGUMENT'],
    ]
    for (const [fault, code] of faults)
      expect(await codeOf(() => verifyMulti({ ...claim, ...fault } as never))).toBe(code)

    const shared = sharedBytes(768)
    shared.set(data)
    const verdict = verifyMulti({ ...claim, data: shared })
    assertVerified(verdict)
    expect(verdict.leaves).toBe(tree.layout.paddedSectors)
    expect(await codeOf(() => assertVerified(verifyMulti({ ...claim, indices: [] })))).toBe('EMPTY_INPUT')
  })
})

describe('multi-proofs of any shape', () => {
  const MOST = 600
  const sectors = Array.from({ length: MOST }, (_, i) => new Uint8Array(256).map((_, j) => i * 7 + j * (i >> 8) + 1))
  const hashes = sectors.map(sector => keccak_256(sector))

  /** The tree by recursion: node (height, index), `undefined` where a file has none. */
  function nodeOf(shape: 'file' | 'flow', leaves: number, height: number, index: number): Uint8Array | undefined {
    if (index * 2 ** height >= leaves && shape === 'file') return undefined
    if (height === 0) return index < leaves ? hashes[index] : keccak_256(new Uint8Array(256))
    const left = nodeOf(shape, leaves, height - 1, 2 * index) as Uint8Array
    const right = nodeOf(shape, leaves, height - 1, 2 * index + 1)
    return right ? keccak_256(concatBytes([left, right])) : left
  }

  it('verify, and nothing added, dropped, swapped or changed does', () => {
    const shapes = fc.constantFrom('file' as const, 'flow' as const)
    const trees = fc.integer({ min: 2, max: 70 }).chain(leaves =>
      fc.record({
        leaves: fc.constant(leaves),
        shape: shapes,
        picks: fc.uniqueArray(fc.integer({ min: 1, max: leaves - 1 }), { minLength: 1, maxLength: 12 }),
        at: fc.nat(),
        bit: fc.nat(),
      }),
    )
    fc.assert(
      fc.property(trees, ({ leaves, shape, picks, at, bit }) => {
        const indices = picks.toSorted((a, b) => a - b)
        const depth = Math.ceil(Math.log2(leaves))
        const tree = { root: nodeOf(shape, leaves, depth, 0) as Uint8Array, shape, leaves }
        const places = siblingPlaces(indices, leaves)
        const siblings = places.map(({ height, index }) => nodeOf(shape, leaves, height, index) as Uint8Array)
        const data = concatBytes(indices.map(index => sectors[index] as Uint8Array))
        const code = (numbers: readonly number[], content: Uint8Array, proof: readonly Uint8Array[]) =>
          judge(tree, numbers, content, proof, onTier)?.code
        expect(code(indices, data, siblings)).toBeUndefined()
        const flip = (bytes: Uint8Array) => {
          const flipped = bytes.slice()
          const place = bit % (8 * bytes.length)
          flipped[place >> 3] = (flipped[place >> 3] as number) ^ (1 << (place & 7))
          return flipped
        }
        expect(code(indices, flip(data), siblings)).toBe('ROOT_MISMATCH')
        expect(code(indices, data, [...siblings, tree.root])).toBe('PROOF_DEPTH')
        if (siblings.length > 0) {
          const i = at % siblings.length
          expect(code(indices, data, siblings.toSpliced(i, 1))).toBe('PROOF_DEPTH')
          const own = siblings[i] as Uint8Array
          expect(code(indices, data, siblings.toSpliced(i, 0, own))).toBe('PROOF_DEPTH')
          expect(code(indices, data, siblings.with(i, flip(own)))).toBe('ROOT_MISMATCH')
          const first = siblings[0] as Uint8Array
          const swapped = siblings.with(i, first).with(0, own)
          expect(code(indices, data, swapped)).toBe(toHex(own) === toHex(first) ? undefined : 'ROOT_MISMATCH')
        }
        if (indices.length > 1) {
          const reversed = concatBytes(indices.toReversed().map(index => sectors[index] as Uint8Array))
          expect(code(indices, reversed, siblings)).toBe('ROOT_MISMATCH')
          expect(code(indices.toReversed(), reversed, siblings)).toBe('INDEX_ORDER')
          expect(code(indices.slice(1), data.subarray(256), siblings)).toBeDefined()
        }
      }),
      { numRuns: runs(60) },
    )
  })
})
