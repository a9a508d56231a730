import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import epochRuns from '../../../testdata/chain/epochs.json' with { type: 'json' }
import kvRows from '../../../testdata/chain/kv.json' with { type: 'json' }
import mineRuns from '../../../testdata/chain/mine_state.json' with { type: 'json' }
import planRows from '../../../testdata/chain/plans.json' with { type: 'json' }
import rewardRuns from '../../../testdata/chain/rewards.json' with { type: 'json' }
import submissionAbi from '../../../testdata/chain/submission_abi.json' with { type: 'json' }
import workerRows from '../../../testdata/chain/worker_context.json' with { type: 'json' }
import features from '../../../testdata/storage/client_features.json' with { type: 'json' }
import contextCases from '../../../testdata/storage/context_cases.json' with { type: 'json' }
import difficulty from '../../../testdata/storage/difficulty_reward.json' with { type: 'json' }
import mineContext from '../../../testdata/storage/mine_context.json' with { type: 'json' }
import submissions from '../../../testdata/storage/submission_rules.json' with { type: 'json' }
import { concatBytes } from '../../dist/bytes.js'
import {
  acceptAnswer,
  addReward,
  adjustTarget,
  capTarget,
  checkWindow,
  claimReward,
  contextDigest,
  decodeFlowContext,
  decodeStreamData,
  decodeSubmission,
  decodeSubmitEvent,
  decodeWorkerContext,
  EMPTY_CONTEXT,
  Epochs,
  encodeComputeWorkerContext,
  encodeFlowContext,
  encodeStreamData,
  encodeSubmission,
  encodeSubmitEvent,
  encodeWorkerContext,
  enterEpoch,
  expectedTarget,
  type FlowContext,
  feeParts,
  fileRootSync,
  fragmentSizeOf,
  fromHex,
  type Hex,
  isFull,
  isValidSubmission,
  minerIdOf,
  newMineState,
  planUpload,
  powHalfX96,
  powTwoX96,
  pricingChunk,
  RewardBook,
  releasedReward,
  type StreamControl,
  type StreamData,
  type SubmissionFields,
  setMinDifficulty,
  setWorkParams,
  streamIdsOf,
  streamTags,
  subtaskDigest,
  subtaskIndex,
  subtaskWindow,
  toHex,
  type WorkerContext,
} from '../../dist/index.js'
import { word } from '../../dist/rules/uint.js'
import { gold } from '../gold.js'
import { codeOf, patternBytes } from '../patterns.js'

const UINT256 = 2n ** 256n - 1n
const text = (value: string) => new TextEncoder().encode(value)
const join = (...parts: Uint8Array[]) => concatBytes(parts)
const blockHash = (seed: string, block: bigint) => keccak_256(join(text(seed), word(block).slice(24)))
/** A value with bytes as hex, so that it compares with JSON. */
const plain = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (_, v) => {
      if (typeof v === 'bigint') return v.toString()
      return v instanceof Uint8Array ? toHex(v) : v
    }),
  )

it('mine_context: 6 contexts of one flow', () => {
  const { firstBlock, blocksPerEpoch, contexts } = mineContext
  const epochs = new Epochs({ firstBlock, blocksPerEpoch })
  let ran = 0
  for (const [i, due] of contexts.entries()) {
    const { label, block, epochRange, epoch, mineStart, flowLength, ...hashes } = due
    // The flow as it was when the context was made; the row that begins no epoch shows the context of before.
    const flow = { root: hashes.flowRoot as Hex, length: flowLength }
    const hash = (number: bigint) => blockHash('0g-vector-block', number)
    // The last row is one step of several that are due.
    if (i === contexts.length - 1) {
      expect(epochs.hashesFor(block).length).toBeLessThan(165)
      expect(epochs.makeContextFixedTimes(0, block, flow, hash), label).toBe(1)
    } else {
      const ended = epoch - Number(epochs.context.epoch)
      expect(epochs.makeContext(block, flow, hash), label).toBe(ended)
    }
    const context = epochs.context
    expect(plain(context), label).toEqual({
      ...hashes,
      epoch: String(epoch),
      mineStart: String(mineStart),
      flowLength: String(flowLength),
    })
    const { start, end } = epochs.rangeOf(context.digest) ?? { start: 0n, end: 0n }
    expect([Number(start), Number(end)], label).toEqual([epochRange.start, epochRange.end])
    ran++
  }
  expect(ran).toBe(6)
})

it('epochs: 8 runs of 24 calls', () => {
  const seed = keccak_256(text('zgkit block'))
  let ran = 0
  for (const { firstBlock, blocksPerEpoch, steps, rangesKeccak, positions } of epochRuns.runs) {
    const epochs = new Epochs({ firstBlock: BigInt(firstBlock), blocksPerEpoch: BigInt(blocksPerEpoch) })
    for (const { block, root, length, count, ended, context, digest, ranges } of steps) {
      const asked: bigint[] = []
      const hash = (number: bigint) => {
        asked.push(number)
        return keccak_256(join(seed, word(number)))
      }
      const flow = { root: root as Hex, length: BigInt(length) }
      const announced = epochs.hashesFor(BigInt(block))
      if (count === null) expect(epochs.makeContext(BigInt(block), flow, hash)).toBe(ended)
      else expect(epochs.makeContextFixedTimes(count, BigInt(block), flow, hash)).toBe(ended)
      expect(asked).toEqual(count === null ? announced : announced.slice(0, asked.length))
      expect(toHex(keccak_256(encodeFlowContext(epochs.context)))).toBe(context)
      expect(toHex(epochs.context.digest)).toBe(digest)
      expect(epochs.ranges.length).toBe(ranges)
      ran++
    }
    const words = epochs.ranges.map(({ digest, start, end }) => join(digest, word(start), word(end)))
    expect(toHex(keccak_256(join(...words)))).toBe(rangesKeccak)
    for (const { position, digest } of positions) {
      const range = epochs.rangeAt(BigInt(position))
      expect(range ? toHex(range.digest) : null).toBe(digest)
    }
    const { flowRoot, epoch } = epochs.context
    expect([epochs.roots.length, epochs.roots.at(Number(epoch) - 1)]).toEqual([Number(epoch), flowRoot])
  }
  expect(ran).toBe(192)
})

it('difficulty_reward: 30 adjustments, 3 bounds', () => {
  const ran = { adjust: 0, bounds: 0 }
  for (const { target, ratio, submissions, targetSubmissions, scaledExpected, newTarget } of difficulty.adjust) {
    const adjustment = { target: BigInt(target), ratio, submissions, targetSubmissions }
    expect(expectedTarget(adjustment)).toBe(BigInt(scaledExpected))
    expect(adjustTarget(adjustment)).toBe(BigInt(newTarget))
    ran.adjust++
  }
  for (const { minDifficulty, targetAfterFromMax } of difficulty.minDifficulty) {
    expect(capTarget(UINT256, minDifficulty)).toBe(BigInt(targetAfterFromMax))
    ran.bounds++
  }
  expect(ran).toEqual({ adjust: 30, bounds: 3 })
})

it('difficulty_reward: 15 releases, 4 claims, 12 powers', () => {
  const ran = { linear: 0, decay: 0, claims: 0, powers: 0 }
  const startTime = 1_700_000_000n
  const empty = { locked: 0n, claimable: 0n, distributed: 0n, startTime, lastUpdate: startTime }
  for (const row of difficulty.linearRelease) {
    const [locked, claimable, distributed] = [BigInt(row.locked), BigInt(row.claimable), BigInt(row.distributed)]
    const schedule = { kind: 'linear', releaseSeconds: BigInt(row.releaseSeconds) } as const
    const now = startTime + BigInt(row.secondsSinceStart)
    const reward = { ...empty, locked, claimable, distributed }
    expect(releasedReward(reward, schedule, now)).toBe(BigInt(row.released))
    expect(releasedReward({ ...reward, startTime: 0n }, schedule, now)).toBe(0n)
    ran.linear++
  }
  for (const row of difficulty.expDecayRelease) {
    const schedule = { kind: 'decay', annualMilliRate: row.annualMilliDecayRate } as const
    const reward = { ...empty, locked: BigInt(row.locked) }
    expect(releasedReward(reward, schedule, startTime + BigInt(row.secondsSinceUpdate))).toBe(BigInt(row.released))
    ran.decay++
  }
  for (const row of difficulty.claim) {
    const reward = { ...empty, claimable: BigInt(row.claimable), distributed: BigInt(row.distributed) }
    const claim = claimReward(reward, { kind: 'linear', releaseSeconds: 1n }, startTime)
    expect([claim.paid, claim.released]).toEqual([BigInt(row.paid), 0n])
    expect(claim.reward.claimable).toBe(BigInt(row.newClaimable))
    expect(claim.reward.distributed).toBe(BigInt(row.newDistributed))
    ran.claims++
  }
  for (const { exponentX64, powTwoX96: two, powHalfX96: half } of difficulty.exponent) {
    expect(powTwoX96(BigInt(exponentX64))).toBe(BigInt(two))
    expect(powHalfX96(BigInt(exponentX64))).toBe(BigInt(half))
    ran.powers++
  }
  expect(ran).toEqual({ linear: 8, decay: 7, claims: 4, powers: 12 })
})

it('mine_state: 10 runs of 60 events', () => {
  let ran = 0
  const params = (given: { targetSubmissions: string; subtasks: string; subtaskInterval: string }) => ({
    targetSubmissions: BigInt(given.targetSubmissions),
    subtasks: BigInt(given.subtasks),
    subtaskInterval: BigInt(given.subtaskInterval),
  })
  for (const { difficulty, fixed, params: first, steps } of mineRuns.runs) {
    let state = newMineState(BigInt(difficulty), params(first), fixed)
    for (const step of steps) {
      if (step.params) state = setWorkParams(state, params(step.params))
      else if (step.minDifficulty) state = setMinDifficulty(state, BigInt(step.minDifficulty))
      else {
        const epoch = BigInt(step.epoch as string)
        expect(isFull(enterEpoch(state, epoch))).toBe(!step.accepted)
        if (step.accepted) state = acceptAnswer(state, epoch)
        expect(state.submissions).toBe(BigInt(step.submissions as string))
        expect(state.params.subtasks).toBe(BigInt(step.subtasks as string))
      }
      expect(state.target).toBe(BigInt(step.target))
      ran++
    }
  }
  expect(ran).toBe(600)
})

it('rewards: 6 runs of 40 events', () => {
  let ran = 0
  for (const { rules, price, steps, rewards, pot, service } of rewardRuns.runs) {
    const book = new RewardBook({
      schedule: { kind: 'linear', releaseSeconds: BigInt(rules.releaseSeconds) },
      baseReward: BigInt(rules.baseReward),
      serviceFeeBps: BigInt(rules.serviceFeeBps),
    })
    for (const step of steps) {
      const now = BigInt(step.now ?? 0)
      if (step.amount) {
        book.donate(BigInt(step.amount))
        expect(book.pot).toBe(BigInt(step.pot))
      } else if (step.chunk) {
        expect(plain(book.claim(BigInt(step.chunk), now))).toEqual({ reward: step.reward, base: step.base })
      } else {
        const [before, padding, upload] = [step.before, step.padding, step.upload].map(value => BigInt(value as string))
        const parts = feeParts(BigInt(price), upload as bigint, padding as bigint, BigInt(step.paid as string))
        expect(parts.padding).toBe(BigInt(step.forPadding as string))
        if (padding) book.fill(before as bigint, padding, parts.padding, now)
        book.fill((before as bigint) + (padding as bigint), upload as bigint, parts.upload, now)
        expect(book.service).toBe(BigInt(step.service as string))
      }
      ran++
    }
    for (const { chunk, ...due } of rewards) expect(plain(book.reward(BigInt(chunk)))).toEqual(due)
    expect(plain([book.pot, book.service])).toEqual([pot, service])
  }
  expect(ran).toBe(240)
})

it('pora_gold: the state of the real reward contract after an answer in an unfinished pricing chunk', () => {
  const found = gold.cases.filter(one => 'rewardState' in one)
  expect(found.length).toBe(1)
  const { scenario, log, rewardState, answer, timestamp } = found[0] as unknown as {
    scenario: { realReward: Record<string, number | string>; steps: { op: string; timestamp: number }[] }
    log: { op: string; startIndex: number; length: number; tree: { currentLength: number } }[]
    rewardState: Record<string, number | string>
    answer: { recallPosition: number }
    timestamp: number
  }
  const { releaseSeconds, pricePerSector, baseReward, donate } = scenario.realReward
  const schedule = { kind: 'linear', releaseSeconds: releaseSeconds as number } as const
  const book = new RewardBook({ schedule, baseReward: BigInt(baseReward as string) })
  book.donate(BigInt(donate as string))
  let length = 1
  for (const [i, step] of log.entries()) {
    if (step.op !== 'submit') continue
    const padding = step.startIndex - length
    const upload = step.tree.currentLength - step.startIndex
    const now = scenario.steps[i]?.timestamp as number
    const parts = feeParts(BigInt(pricePerSector as string), upload, padding)
    if (padding) book.fill(length, padding, parts.padding, now)
    book.fill(length + padding, upload, parts.upload, now)
    length = step.tree.currentLength
  }
  const chunk = pricingChunk(answer.recallPosition)
  expect(book.claim(chunk, timestamp)).toEqual({ reward: 0n, base: 0n })
  const { pricingIndex, paymentsOwed, totalBaseReward, ...reward } = rewardState
  expect(plain(book.reward(chunk))).toEqual(Object.fromEntries(Object.entries(reward).map(([k, v]) => [k, String(v)])))
  expect([Number(chunk), paymentsOwed, Number(book.pot)]).toEqual([pricingIndex, 0, totalBaseReward])
})

it('pora_gold and context_cases: miner ids, windows and subtasks', () => {
  const ran = { gold: 0, early: 0, late: 0, contexts: 0 }
  for (const { scenario, log, context, minerId, submitBlock, ...one } of gold.cases) {
    const { nSubtasks, subtaskInterval, targetMineBlocks } = scenario.mine
    const index = subtaskIndex(context.digest as Hex, minerId as Hex, nSubtasks)
    const window = subtaskWindow(context.mineStart, index, subtaskInterval, targetMineBlocks)
    expect([Number(index), Number(window.start)]).toEqual([one.subtaskIndex, one.subtaskMineStart])
    expect(checkWindow(window, submitBlock)).toBeUndefined()
    for (const { block, reason } of one.negatives as { block?: number; reason: string }[]) {
      if (reason === 'Mine deadline exceed') ran.late += Number(checkWindow(window, block as number) === 'DEADLINE')
      if (reason.startsWith('Earlier than')) ran.early += Number(checkWindow(window, block as number) === 'TOO_EARLY')
    }
    const hash = blockHash(scenario.blockHashSeed, window.start)
    expect(toHex(subtaskDigest(context.digest as Hex, hash))).toBe(one.subtaskDigest)
    const asked = (log as { op: string; prevBlockHash?: string; from?: string; seed?: number }[]).find(
      ({ op }) => op === 'requestMinerId',
    )
    expect(toHex(minerIdOf(asked?.prevBlockHash as Hex, asked?.from as Hex, asked?.seed as number))).toBe(minerId)
    ran.gold++
  }
  for (const { context, blockHashes, subtaskDigest: due } of contextCases.cases) {
    const hash = (blockHashes as Record<string, string | undefined>)[context.mineStart]
    if (!hash) continue
    expect(toHex(subtaskDigest(context.digest as Hex, hash as Hex))).toBe(due)
    ran.contexts++
  }
  expect(ran).toEqual({ gold: 4, early: 1, late: 4, contexts: 14 })
})

it('worker_context: 12 contexts, calls and results', () => {
  let ran = 0
  for (const {
    context,
    poraTarget,
    subtaskDigest,
    maxShards,
    minerId,
    call,
    encodedContext,
    encoded,
  } of workerRows.rows) {
    expect(toHex(encodeComputeWorkerContext(minerId as Hex))).toBe(call)
    const worker = decodeWorkerContext(encoded as Hex)
    expect(plain(worker)).toEqual({ context, poraTarget, subtaskDigest, maxShards })
    expect(decodeFlowContext(encodedContext as Hex)).toEqual(worker.context)
    expect(toHex(encodeWorkerContext(worker))).toBe(encoded)
    expect(toHex(encodeFlowContext(worker.context))).toBe(encodedContext)
    ran++
  }
  expect(ran).toBe(12)
})

it('submission_abi: 72 calls, 36 events, 15 malformed calls', async () => {
  const ran = { calls: 0, events: 0, malformed: 0 }
  const fields = (given: { length: string; tags: string; nodes: { root: string; height: number }[] }) =>
    ({ ...given, length: BigInt(given.length) }) as SubmissionFields
  for (const { calldata, submitter, ...data } of submissionAbi.calls) {
    const submission = { ...fields(data), submitter: (submitter as Hex | null) ?? undefined }
    expect(toHex(encodeSubmission(submission))).toBe(calldata)
    expect(plain(decodeSubmission(calldata as Hex))).toEqual(plain(submission))
    ran.calls++
  }
  for (const { topics, data, submission, ...event } of submissionAbi.events) {
    const log = { topics: topics as Hex[], data: data as Hex }
    const given = {
      sender: event.sender as Hex,
      identity: event.identity as Hex,
      submissionIndex: BigInt(event.submissionIndex),
      startPos: BigInt(event.startPos),
      length: BigInt(event.length),
      submission: fields(submission),
    }
    expect(plain(encodeSubmitEvent(given))).toEqual(log)
    expect(plain(decodeSubmitEvent(log))).toEqual({ ...event, submission })
    ran.events++
  }
  for (const { about, calldata, code } of submissionAbi.malformed) {
    expect(await codeOf(() => decodeSubmission(calldata as Hex)), about).toBe(code)
    ran.malformed++
  }
  expect(ran).toEqual({ calls: 72, events: 36, malformed: 15 })
})

it('plans: 60 uploads', async () => {
  let ran = 0
  for (const { size, terms, plan: due } of planRows.rows) {
    const given = Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, BigInt(value)]))
    ran++
    if (!due) {
      expect(await codeOf(() => planUpload(BigInt(size), given))).toBe('RANGE')
      continue
    }
    const { paddingSectors, paddingBytes, size: bytes, ...plan } = planUpload(BigInt(size), given)
    expect(Object.fromEntries(Object.entries(plan).map(([name, value]) => [name, String(value)]))).toEqual(due)
    expect(paddingSectors).toBe(plan.paddedSectors - plan.sectors)
    expect([String(bytes), bytes + paddingBytes]).toEqual([size, plan.paddedSectors * 256])
  }
  expect(ran).toBe(60)
})

it('client_features: 4 files in fragments', () => {
  const ran = { files: 0, roots: 0 }
  for (const { size, pattern, requestedFragment, alignedFragment, fragments } of features.fragments) {
    expect(fragmentSizeOf(requestedFragment)).toBe(alignedFragment)
    const one = { minFragment: requestedFragment, maxFragment: requestedFragment, maxFragments: fragments.length }
    expect(planUpload(size, one)).toMatchObject({ fragmentSize: alignedFragment, fragments: fragments.length })
    const file = patternBytes(pattern, size)
    for (const [i, { offset, size: length, root }] of fragments.entries()) {
      expect(offset).toBe(i * alignedFragment)
      expect(toHex(fileRootSync(file.subarray(offset, offset + length)))).toBe(root)
      ran.roots++
    }
    ran.files++
  }
  expect(ran).toEqual({ files: 4, roots: 27 })
})

it('client_features: KV data of the published SDKs', () => {
  expect(features.kv.length).toBe(1)
  for (const { unsorted, sorted, tags, tagsSorted, id1, id2 } of features.kv) {
    const value = keccak_256(text('miscv')).slice(0, 20)
    const write = (streamId: string, key: string, data: Uint8Array) => ({
      streamId: streamId as Hex,
      key: text(key),
      data,
    })
    const writes = [write(id2, 'key-b', text('value-b')), write(id1, 'key-a', value), write(id1, 'k', text(''))]
    const data = { version: 1, writes }
    expect(toHex(encodeStreamData(data))).toBe(unsorted)
    expect(toHex(encodeStreamData(data, { sort: true }))).toBe(sorted)
    expect(toHex(streamTags(data))).toBe(tags)
    expect(toHex(streamTags(data, { sort: true }))).toBe(tagsSorted)
    expect(streamIdsOf(tags as Hex)?.map(toHex)).toEqual([id2, id1])
    for (const encoded of [unsorted, sorted])
      expect(toHex(encodeStreamData(decodeStreamData(encoded as Hex)))).toBe(encoded)
  }
})

it('kv: 10 submissions with every kind of control', () => {
  let controls = 0
  expect(kvRows.rows.length).toBe(10)
  for (const { encoded, sorted, tags, sortedTags, ...given } of kvRows.rows) {
    const data = { ...given, version: BigInt(given.version), controls: given.controls as StreamControl[] } as StreamData
    expect(toHex(encodeStreamData(data))).toBe(encoded)
    expect(toHex(encodeStreamData(data, { sort: true }))).toBe(sorted)
    expect(plain(decodeStreamData(encoded as Hex))).toEqual(given)
    expect([toHex(streamTags(data)), toHex(streamTags(data, { sort: true }))]).toEqual([tags, sortedTags])
    controls += given.controls.length
  }
  expect(controls).toBe(90)
})

it('a plan in one piece has the segments of the chain, and no smaller submission is valid', () => {
  // The plan depends on the sectors only: every size up to 2^22 bytes has one of these, and the lengths that are valid are an interval.
  for (let sectors = 1; sectors <= 2 ** 14; sectors++) {
    const { fragments, paddedSectors, segments, nodes } = planUpload(sectors * 256, { minFragment: 2 ** 32 })
    const heights = paddedSectors
      .toString(2)
      .split('')
      .reverse()
      .flatMap((bit, i) => (bit === '1' ? [i] : []))
      .reverse()
    if (fragments !== 1 || nodes !== heights.length || segments !== Math.ceil(paddedSectors / 1024))
      expect.fail(`${sectors}`)
    if (!isValidSubmission(sectors * 256, heights) || !isValidSubmission(sectors * 256 - 255, heights)) {
      expect.fail(`${sectors} sectors: the chain refuses the plan`)
    }
  }
  expect(submissions.cases.length).toBe(31)
})

it('begins as the contract does, and a filled pricing chunk takes no more', async () => {
  const context: FlowContext = new Epochs({ firstBlock: 5, blocksPerEpoch: 7 }).context
  expect(toHex(context.digest)).toBe(EMPTY_CONTEXT)
  expect(contextDigest(context.blockDigest, context.flowRoot, 1n)).not.toEqual(context.digest)
  const worker: WorkerContext = { context, poraTarget: 0n, subtaskDigest: fromHex(EMPTY_CONTEXT), maxShards: 1n }
  expect(decodeWorkerContext(encodeWorkerContext(worker))).toEqual(worker)
  const full = addReward({ locked: 0n, claimable: 0n, distributed: 0n, startTime: 0n, lastUpdate: 0n }, 5n, true, 9n)
  expect(await codeOf(() => addReward(full, 1n, false, 10n))).toBe('RANGE')
})
