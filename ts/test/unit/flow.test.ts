import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import {
  FileTree,
  type FlowProof,
  type FlowRangeClaim,
  type FlowRangeProof,
  FlowTree,
  flowDepth,
  flowRangeProofToJson,
  init,
  planSubmission,
  type SubmissionNode,
  segmentProofOfFlow,
  toHex,
  verifyFlowRange,
  verifyFlowSector,
  verifyMulti,
  verifySegmentSync,
  zeroRoot,
} from '../../dist/index.js'
import { FlowBytes } from '../gold.js'
import { codeOf, painted, wholeSectors } from '../patterns.js'
import { onEachTier, runs } from '../tiers.js'

/** Bytes of a file, others for each number. */
const fileOf = (number: number, size: number) => painted(size).map(byte => byte ^ number)
const flowOf = (sizes: readonly number[]) => {
  const flow = new FlowBytes()
  for (const [number, size] of sizes.entries()) flow.submit(fileOf(number, size))
  return flow
}
const segmentsOf = (flow: FlowBytes) => (index: number) => flow.read(1024 * index, 262_144)

/** A node whose root is made up. */
const madeUp = (height: number, number: number): SubmissionNode => ({
  height,
  root: keccak_256(new TextEncoder().encode(`${number}/${height}`)),
})

describe('the history of the flow', () => {
  /** The root of 2^`height` sectors from `start` on, by the definition. */
  function rootOf(placed: readonly { at: number; node: SubmissionNode }[], start: number, height: number): Uint8Array {
    const end = start + 2 ** height
    const found = placed.find(({ at, node }) => at < end && at + 2 ** node.height > start)
    if (!found) return zeroRoot(height)
    if (found.at === start && found.node.height === height) return found.node.root
    const halves = [start, start + 2 ** (height - 1)].map(half => rootOf(placed, half, height - 1))
    return keccak_256(concatBytes(halves))
  }
  const mark: { at: number; node: SubmissionNode } = { at: 0, node: { height: 0, root: new Uint8Array(32) } }

  it('is that of a flow built afresh after any appends and reverts', () => {
    const heights = fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 })
    const step = fc.record({ revert: fc.integer({ min: 0, max: 3 }), to: fc.nat(), heights })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), steps => {
        const flow = new FlowTree()
        const submissions: SubmissionNode[][] = []
        for (const [number, { revert, to, heights }] of steps.entries()) {
          if (revert === 0) {
            submissions.length = to % (submissions.length + 1)
            flow.revertTo(submissions.length)
          } else {
            const nodes = heights.toSorted((a, b) => b - a).map(height => madeUp(height, number))
            submissions.push(nodes)
            flow.append({ nodes })
          }
          // What a root leaves behind in the tree must not outlive its version.
          expect(flow.root.length).toBe(32)
        }
        expect(flow.version).toBe(submissions.length)
        const afresh = new FlowTree()
        const placed = [mark]
        for (const [version, nodes] of submissions.entries()) {
          const view = flow.at(version)
          expect([view.length, toHex(view.root)]).toEqual([afresh.length, toHex(afresh.root)])
          const { positions } = afresh.append({ nodes })
          placed.push(...nodes.map((node, i) => ({ at: Number(positions[i]), node })))
        }
        expect([flow.length, toHex(flow.root)]).toEqual([afresh.length, toHex(afresh.root)])
        expect(flow.root).toEqual(rootOf(placed, 0, flowDepth(flow.length)))
      }),
      { numRuns: runs(60) },
    )
  })

  it('proves against every version what it had', () => {
    const sizes = [100, 5000, 300_000, 256, 90_000]
    const whole = flowOf(sizes)
    for (let version = 1; version <= sizes.length; version++) {
      const flow = flowOf(sizes.slice(0, version))
      const { root, length } = flow.tree
      const view = whole.tree.at(version)
      expect([view.length, toHex(view.root)]).toEqual([length, toHex(root)])
      for (const sector of [1, length >> 1, length - 1]) {
        // The bytes of today: what came later is not read.
        const siblings = view.prove(sector, segmentsOf(whole)(Math.floor(sector / 1024)))
        expect(verifyFlowSector({ root, length, sector, data: flow.read(sector, 256), siblings })).toEqual({ ok: true })
      }
    }
    whole.tree.revertTo(2)
    const { root, length } = flowOf(sizes.slice(0, 2)).tree
    expect([whole.tree.length, toHex(whole.tree.root)]).toEqual([length, toHex(root)])
  })

  it('ends where it ends', async () => {
    const flow = new FlowTree()
    flow.append({ nodes: [madeUp(3, 0)] })
    const view = flow.at(1)
    expect(view.root).toEqual(flow.root)
    for (const version of [2, 2 ** 40]) {
      expect(await codeOf(() => flow.at(version))).toBe('INDEX_RANGE')
      expect(await codeOf(() => flow.revertTo(version))).toBe('INDEX_RANGE')
    }
    expect(await codeOf(() => flow.revertTo(-1))).toBe('RANGE')
    flow.revertTo(0)
    expect([flow.version, flow.length, toHex(flow.root)]).toEqual([0, 1, toHex(new Uint8Array(32))])
    flow.append({ nodes: [madeUp(3, 1)] })
    expect(await codeOf(() => view.root)).toBe('INVALID_ARGUMENT')
  })
})

onEachTier(() => {
  const sizes = [3000, 290_000, 20_000]
  let flow: FlowBytes
  beforeAll(async () => {
    flow = flowOf(sizes)
  })

  it('proves any sectors of the flow', async () => {
    const { root, length } = flow.tree
    for (const indices of [[1], [16, 17, 1023, 1024, length - 1], { first: 1, count: length - 1 }]) {
      const proof = flow.tree.proveMulti(indices, segmentsOf(flow))
      const list = Array.isArray(indices) ? indices : Array.from({ length: length - 1 }, (_, i) => i + 1)
      const data = concatBytes(list.map(sector => flow.read(sector, 256)))
      const claim = { kind: 'flow', root, length, indices, data, proof } as const
      expect(verifyMulti(claim)).toEqual({ ok: true, kind: 'flow', leaves: length })
      expect(verifyMulti({ ...claim, root: zeroRoot(3) })).toMatchObject({ code: 'ROOT_MISMATCH' })
      expect(verifyMulti({ ...claim, length: 8 * length }).ok).toBe(false)
    }
    // The mark has no content.
    const proof = flow.tree.proveMulti([0], segmentsOf(flow))
    const claim = { kind: 'flow', root, length, indices: [0], data: new Uint8Array(256), proof } as const
    expect(verifyMulti(claim)).toMatchObject({ code: 'ROOT_MISMATCH' })
    expect(await codeOf(() => flow.tree.proveMulti([length], segmentsOf(flow)))).toBe('INDEX_RANGE')
    expect(await codeOf(() => flow.tree.proveMulti([5], () => new Uint8Array([1])))).toBe('CONTENT_MISMATCH')
  })

  it('proves ranges in the network’s form', async () => {
    const { root, length, depth } = flow.tree
    for (const [first, count] of [
      [1, 1],
      [16, 12],
      [1023, 2],
      [1100, length - 1101],
    ] as const) {
      const proof = flow.tree.proveRange(first, count, segmentsOf(flow))
      const data = flow.read(first, 256 * count)
      const claim = { root, length, first, count, data, proof }
      expect(verifyFlowRange(claim)).toEqual({ ok: true })
      const json = JSON.parse(JSON.stringify(flowRangeProofToJson(proof)))
      expect(verifyFlowRange({ ...claim, proof: json })).toEqual({ ok: true })
      const codeOfClaim = (change: Partial<FlowRangeClaim>) => {
        const verdict = verifyFlowRange({ ...claim, ...change })
        return verdict.ok ? 'ok' : verdict.code
      }
      for (const side of ['leftProof', 'rightProof'] as const) {
        const change = (change: (end: FlowProof) => object) => {
          const bad: FlowRangeProof = { ...proof, [side]: { ...proof[side], ...change(proof[side]) } }
          return codeOfClaim({ proof: bad })
        }
        for (let entry = 0; entry < depth + 2; entry++) {
          const flipped = (hash: Uint8Array) => hash.map((byte, i) => (i === 7 ? byte ^ 1 : byte))
          const code = change(({ lemma }) => ({ lemma: lemma.with(entry, flipped(lemma[entry] as Uint8Array)) }))
          expect(code).toBe(entry === 0 ? 'CONTENT_MISMATCH' : 'ROOT_MISMATCH')
        }
        for (let level = 0; level < depth; level++) {
          expect(change(({ path }) => ({ path: path.with(level, !path[level]) }))).toBe('INDEX_MISMATCH')
        }
        expect(change(({ lemma }) => ({ lemma: lemma.slice(1) }))).toBe('PROOF_FORMAT')
        expect(change(() => ({ path: 'true' }))).toBe('PROOF_FORMAT')
        expect(change(({ path }) => ({ path: path.map(Number) }))).toBe('PROOF_FORMAT')
        expect(change(() => ({ lemma: [], path: [] }))).toBe('PROOF_FORMAT')
        expect(change(({ lemma, path }) => ({ lemma: lemma.slice(1), path: path.slice(1) }))).toBe('PROOF_DEPTH')
        expect(change(() => ({ path: new Array(65).fill(true) }))).toBe('LIMIT_EXCEEDED')
        expect(change(() => ({ lemma: new Array(67).fill(root) }))).toBe('LIMIT_EXCEEDED')
        expect(codeOfClaim({ proof: { ...proof, [side]: undefined } })).toBe('PROOF_FORMAT')
      }
      expect(codeOfClaim({ data: data.subarray(1) })).toBe('CONTENT_LENGTH')
      expect(codeOfClaim({ count: 0 })).toBe('EMPTY_INPUT')
      expect(codeOfClaim({ count: length })).toBe('INDEX_RANGE')
      expect(codeOfClaim({ first: -1 })).toBe('INDEX_RANGE')
      expect(codeOfClaim({ count: 2 ** 20 + 1 })).toBe('LIMIT_EXCEEDED')
      expect(codeOfClaim({ proof: null })).toBe('PROOF_FORMAT')
      if (count > 2) {
        const inner = data.slice()
        inner[300] = (inner[300] as number) ^ 1
        expect(codeOfClaim({ data: inner })).toBe('ROOT_MISMATCH')
        expect(codeOfClaim({ count: count - 1, data: data.subarray(256) })).toBe('INDEX_MISMATCH')
      }
    }
    expect(await codeOf(() => flow.tree.proveRange(1, 0, segmentsOf(flow)))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => flow.tree.proveRange(1, length, segmentsOf(flow)))).toBe('INDEX_RANGE')
    // A flow that is its mark alone: no content is right.
    const leaf = keccak_256(new Uint8Array(256).fill(7))
    const mark = { lemma: [leaf, leaf], path: [] }
    const claim = { root: leaf, length: 1, first: 0, count: 1, data: new Uint8Array(256).fill(7) }
    const verdict = verifyFlowRange({ ...claim, proof: { leftProof: mark, rightProof: mark } })
    expect(verdict).toMatchObject({ code: 'ROOT_MISMATCH' })
  })
})

describe('segment proofs', () => {
  beforeAll(async () => {
    await init()
  })

  it('follow from flow proofs, without the file', async () => {
    const flow = new FlowBytes()
    const ran = { large: 0, small: 0 }
    for (const [number, size] of [200, 40_000, 262_144, 262_145, 700_000, 5 * 262_144 + 100_000].entries()) {
      const file = fileOf(number, size)
      const tree = FileTree.buildSync(file)
      const { nodes } = tree.submission()
      const { start } = flow.submit(file)
      const { paddedSectors } = tree.layout
      for (const place of [0, 1, 1023, 1024, 2048, paddedSectors - 1]) {
        if (place >= paddedSectors) continue
        const sector = start + place
        const siblings = flow.tree.prove(sector, segmentsOf(flow)(Math.floor(sector / 1024)))
        const evidence = { nodes, start, sector, leaf: keccak_256(flow.read(sector, 256)), siblings }
        const proof = segmentProofOfFlow(evidence)
        const index = Math.floor(place / 1024)
        expect(proof).toEqual(tree.proveSegment(index))
        const data = wholeSectors(file.subarray(262_144 * index, 262_144 * (index + 1)))
        expect(verifySegmentSync({ root: tree.root, size, index, data, proof }).ok).toBe(true)
        const plan = planSubmission(size).nodes
        const { height } = plan.findLast(({ firstSector }) => firstSector <= place) as { height: number }
        ran[height >= 10 ? 'large' : 'small']++

        const refused = (change: object) => codeOf(() => segmentProofOfFlow({ ...evidence, ...change }))
        expect(await refused({ leaf: zeroRoot(5) })).toBe('CONTENT_MISMATCH')
        expect(await refused({ sector: start + paddedSectors })).toBe('INDEX_RANGE')
        expect(await refused({ sector: start - 1 })).toBe('INDEX_RANGE')
        expect(await refused({ nodes: [] })).toBe('EMPTY_INPUT')
        expect(await refused({ nodes: [...nodes, ...nodes] })).toBe('RANGE')
        expect(await refused({ nodes: [madeUp(64, 0)] })).toBe('RANGE')
        expect(await refused({ nodes: new Array(65).fill(madeUp(1, 0)) })).toBe('LIMIT_EXCEEDED')
        expect(await refused({ siblings: new Array(65).fill(zeroRoot(0)) })).toBe('LIMIT_EXCEEDED')
        if (height === 0) continue
        expect(await refused({ siblings: siblings.slice(0, height - 1) })).toBe('PROOF_DEPTH')
        expect(await refused({ siblings: siblings.with(height - 1, zeroRoot(63)) })).toBe('CONTENT_MISMATCH')
      }
    }
    expect(ran).toEqual({ large: 16, small: 10 })
  })
})
