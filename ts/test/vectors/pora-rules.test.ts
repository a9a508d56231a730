import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import revertCodes from '../../../testdata/pora/revert_codes.json' with { type: 'json' }
import flowTree from '../../../testdata/storage/flow_tree.json' with { type: 'json' }
import recall from '../../../testdata/storage/recall_range.json' with { type: 'json' }
import {
  contextDigest,
  encodeSubmit,
  FlowTree,
  fromHex,
  type Hex,
  minerIdOf,
  planSubmission,
  RecallRange,
  readCase,
  scaleX64,
  subtaskDigest,
  subtaskIndex,
  toHex,
  verifyFlowSector,
} from '../../dist/index.js'
import { FlowBytes, gold, replay } from '../gold.js'
import { codeOf, patternBytes } from '../patterns.js'

const codes: Readonly<Record<string, string>> = revertCodes
const text = (value: string) => new TextEncoder().encode(value)
/** The hash of a block of a scenario's chain. */
const blockHash = (seed: string, block: number) => {
  const preimage = new Uint8Array(seed.length + 8)
  preimage.set(text(seed))
  new DataView(preimage.buffer).setBigUint64(seed.length, BigInt(block))
  return keccak_256(preimage)
}

it('flow_tree: placement, root and proofs of 7 runs', () => {
  const ran = { runs: 0, steps: 0, proofs: 0 }
  for (const { steps, finalProofs } of flowTree.runs) {
    const flow = new FlowBytes()
    for (const step of steps) {
      const { start, nodes } = flow.submit(patternBytes(step.pattern, step.size))
      expect(start).toBe(step.startIndex)
      expect(nodes.map(({ height }) => height)).toEqual(step.heights)
      expect(nodes.reduce((sum, { height }) => sum + 2 ** height, 0)).toBe(step.sectors)
      expect(flow.tree.length).toBe(step.flowLength)
      expect(toHex(flow.tree.root)).toBe(step.flowRoot)
      ran.steps++
    }
    const { root, length } = flow.tree
    for (const { sector, leaf, siblings } of finalProofs) {
      const segment = flow.read(Math.floor(sector / 1024) * 1024, 262_144)
      expect(flow.tree.prove(sector, segment).map(toHex)).toEqual(siblings)
      const data = flow.read(sector, 256)
      const verdict = verifyFlowSector({ root, length, sector, data, siblings })
      // The mark in sector 0 has no bytes, so none can be proven.
      if (sector === 0) expect(verdict).toMatchObject({ ok: false, code: 'ROOT_MISMATCH' })
      else expect([verdict, toHex(keccak_256(data))]).toEqual([{ ok: true }, leaf])
      ran.proofs++
    }
    ran.runs++
  }
  expect(ran).toEqual({ runs: 7, steps: 25, proofs: 29 })
})

it('recall_range: 85 scales, 26 loads, 12 checks', async () => {
  const ran = { scale: 0, loads: 0, checks: 0 }
  for (const { flowLength, shardMask, numShards, scaleX64: due } of recall.scale) {
    const range = new RecallRange({ startPosition: 0, mineLength: 0, shardId: 0, shardMask: BigInt(shardMask) })
    if (due === undefined) {
      expect(await codeOf(() => scaleX64(BigInt(flowLength), range.partitions))).toBe('RANGE')
    } else {
      expect(range.partitions).toBe(BigInt(numShards as number))
      expect(scaleX64(BigInt(flowLength), range.partitions)).toBe(BigInt(due))
    }
    ran.scale++
  }
  for (const row of recall.recallChunk) {
    ran.loads++
    const fields = row.range ?? { startPosition: 0, mineLength: 1023, shardId: '0', shardMask: '18446744073709551615' }
    const range = new RecallRange({ ...fields, shardId: BigInt(fields.shardId), shardMask: BigInt(fields.shardMask) })
    const position = range.loadPosition(row.seed ? fromHex(row.seed) : new Uint8Array(32))
    if (!row.range) expect(position).toBeUndefined()
    else if (row.value === undefined) {
      expect(position).toBe(BigInt(row.modelPosition as number))
      expect(position as bigint).toBeGreaterThan(range.startPosition + range.mineLength)
      expect(codes[row.revert as string]).toBe('RECALL_POSITION')
    } else {
      expect(position).toBe(BigInt(row.value))
      expect(range.contains(row.value)).toBe(BigInt(row.value) < range.startPosition + range.mineLength)
    }
  }
  for (const { label, range, maxEndPosition, revert } of recall.check) {
    const { startPosition, mineLength, shardId, shardMask } = range
    const read = new RecallRange({
      startPosition: BigInt(startPosition),
      mineLength: BigInt(mineLength),
      shardId: BigInt(shardId),
      shardMask: BigInt(shardMask),
    })
    expect(read.check(BigInt(maxEndPosition)), label).toBe(revert === undefined ? undefined : codes[revert])
    ran.checks++
  }
  expect(ran).toEqual({ scale: 85, loads: 26, checks: 12 })
})

it('pora_gold: 4 scenarios, from the files to the calldata', () => {
  let ran = 0
  for (const one of gold.cases) {
    const { scenario, context, answer, minerId, log } = one
    const flow = replay(scenario, (flow, start, nodes, i) => {
      const [step, logged] = [scenario.steps[i], log[i]]
      expect(nodes).toEqual(step?.submission?.nodes)
      expect(planSubmission(step?.file?.size ?? 0).nodes.map(({ height }) => height)).toEqual(
        nodes.map(({ height }) => height),
      )
      expect(start).toBe(logged?.startIndex)
      expect(toHex(flow.tree.root)).toBe(logged?.flowRootByTxSeq)
    })
    expect(flow.tree.length).toBe(context.flowLength)
    expect(toHex(flow.tree.root)).toBe(context.flowRoot)
    expect(toHex(blockHash(scenario.blockHashSeed, context.mineStart))).toBe(context.blockDigest)
    const [blockDigest, flowRoot] = [context.blockDigest as Hex, context.flowRoot as Hex]
    expect(toHex(contextDigest(blockDigest, flowRoot, context.flowLength))).toBe(context.digest)

    const request = scenario.steps.find(({ op }) => op === 'requestMinerId')
    const before = blockHash(scenario.blockHashSeed, (request?.block ?? 0) - 1)
    expect(toHex(minerIdOf(before, request?.from as Hex, request?.seed ?? 0))).toBe(minerId)
    const digest = context.digest as Hex
    const subtask = subtaskIndex(digest, minerId as Hex, scenario.mine.nSubtasks)
    expect(subtask).toBe(BigInt(one.subtaskIndex))
    const start = context.mineStart + Number(subtask) * scenario.mine.subtaskInterval
    expect(toHex(subtaskDigest(digest, blockHash(scenario.blockHashSeed, start)))).toBe(one.subtaskDigest)

    const { recallPosition, sealOffset, range } = answer
    const segment = flow.read(Math.floor(recallPosition / 1024) * 1024, 262_144)
    expect(
      flow.tree
        .prove(recallPosition + 7, segment)
        .slice(4)
        .map(toHex),
    ).toEqual(answer.merkleProof)
    expect(toHex(keccak_256(flow.read(recallPosition, 4096)))).toBe(one.unsealedKeccak)
    const partitions = new RecallRange(readCase(one).answer.range).partitions
    const chosen = RecallRange.of(context.flowLength, { partitions: Number(partitions), partition: range.shardId })
    expect(chosen).toEqual(new RecallRange(readCase(one).answer.range))
    expect(chosen.contains(recallPosition - 16 * sealOffset)).toBe(true)

    const calldata = encodeSubmit(readCase(one).answer)
    expect(calldata.length).toBe(one.calldataLength)
    expect(toHex(calldata.slice(0, 4))).toBe(one.calldataSelector)
    expect(toHex(keccak_256(calldata))).toBe(one.calldataKeccak)
    ran++
  }
  expect(ran).toBe(4)
})

it('knows a proof through a large node only from the node’s segment roots', async () => {
  const flow = new FlowTree()
  const root = keccak_256(text('root'))
  flow.append({ nodes: [{ root, height: 12 }] })
  const bytes = new Uint8Array(262_144)
  expect(await codeOf(() => flow.prove(4096, bytes))).toBe('INVALID_ARGUMENT')
  expect(await codeOf(() => flow.append({ nodes: [{ root, height: 11 }], segmentRoots: [root] }))).toBe(
    'CONTENT_LENGTH',
  )
  expect(await codeOf(() => flow.append({ nodes: [{ root, height: 11 }], segmentRoots: [root, root] }))).toBe(
    'CONTENT_MISMATCH',
  )
  // The gap before it is known: zeros.
  expect(flow.prove(2000, bytes).length).toBe(13)
  expect(await codeOf(() => flow.prove(2000, new Uint8Array(262_144).fill(1)))).toBe('CONTENT_MISMATCH')
  expect(await codeOf(() => flow.prove(8192, bytes))).toBe('INDEX_RANGE')
  expect(await codeOf(() => flow.prove(0, new Uint8Array(262_145)))).toBe('CONTENT_LENGTH')
})
