import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  addReward,
  adjustTarget,
  blockHashSource,
  type ControlKind,
  capTarget,
  claimReward,
  DigestHistory,
  decodeStreamData,
  decodeSubmission,
  decodeSubmitEvent,
  decodeWorkerContext,
  Epochs,
  encodeStreamData,
  encodeSubmission,
  encodeSubmitEvent,
  feeParts,
  feeShares,
  fragmentSizeOf,
  type Hex,
  NO_REWARD,
  PRICING_SECTORS,
  planUpload,
  powHalfX96,
  powTwoX96,
  RewardBook,
  type RewardSchedule,
  STREAM_DOMAIN,
  type StreamControl,
  type SubmissionFields,
  splitServiceFee,
  streamIdsOf,
  subtaskWindow,
  toHex,
} from '../../dist/index.js'
import { codeOf } from '../patterns.js'
import { runs } from '../tiers.js'

const HASH: Hex = `0x${'11'.repeat(32)}`
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max })
const node = fc.record({ root: bytes(32, 32), height: fc.integer({ min: 0, max: 64 }) })
const submission = fc.record({
  length: uint(64),
  tags: bytes(0, 100),
  nodes: fc.array(node, { maxLength: 6 }),
  submitter: fc.option(bytes(20, 20), { nil: undefined }),
})
/** Whether something is refused with a code. */
const refused = (call: () => unknown) => {
  try {
    call()
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}
const longer = (given: Uint8Array) => new Uint8Array([...given, 0])

it('a submission has one form: nothing shorter, longer or otherwise changed is taken for it', () => {
  fc.assert(
    fc.property(submission, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, flip) => {
      const calldata = encodeSubmission(given)
      expect(decodeSubmission(calldata)).toEqual(given)
      const place = at % calldata.length
      expect(refused(() => decodeSubmission(calldata.subarray(0, place)))).toBeTypeOf('string')
      expect(refused(() => decodeSubmission(longer(calldata)))).toBe('BUFFER_LENGTH')
      const changed = calldata.map((byte, i) => (i === place ? byte ^ flip : byte))
      if (refused(() => decodeSubmission(changed)) === undefined) {
        expect(encodeSubmission(decodeSubmission(changed))).toEqual(changed)
      }
    }),
    { numRuns: runs(200) },
  )
})

it('limits of submissions come first', async () => {
  const fields = (more: object) => ({ length: 1, nodes: [], ...more }) as SubmissionFields
  const nodes = (count: number) => new Array(count).fill({ root: HASH, height: 64 })
  const cases: [() => unknown, string][] = [
    [() => encodeSubmission(fields({ nodes: nodes(65) })), 'LIMIT_EXCEEDED'],
    [() => encodeSubmission(fields({ tags: new Uint8Array(2 ** 22 + 1) })), 'LIMIT_EXCEEDED'],
    [() => encodeSubmission(fields({ nodes: [{ root: HASH, height: 65 }] })), 'RANGE'],
    [() => encodeSubmission(fields({ nodes: [{ root: '0x11', height: 1 }] })), 'BUFFER_LENGTH'],
    [() => encodeSubmission(fields({ nodes: 'no' })), 'INVALID_ARGUMENT'],
    [() => encodeSubmission(fields({ length: 2n ** 64n })), 'RANGE'],
    [() => encodeSubmission(fields({ submitter: '0x1111' })), 'BUFFER_LENGTH'],
    [() => encodeSubmission(null as never), 'INVALID_ARGUMENT'],
    [() => decodeSubmission('0x1'), 'INVALID_HEX'],
    [() => decodeSubmission(5 as never), 'INVALID_ARGUMENT'],
    [() => decodeSubmission(new Uint8Array(2 ** 22 + 10_000)), 'LIMIT_EXCEEDED'],
    [() => decodeWorkerContext(new Uint8Array(287)), 'BUFFER_LENGTH'],
    [() => decodeWorkerContext(new Uint8Array(288).fill(255)), 'RANGE'],
  ]
  for (const [i, [call, code]] of cases.entries()) expect(await codeOf(call), `case ${i}`).toBe(code)
  expect(cases.length).toBe(13)
  expect(decodeSubmission(encodeSubmission(fields({ nodes: nodes(64) }))).nodes.length).toBe(64)
})

it('a log of another event is none', async () => {
  const event = { sender: `0x${'22'.repeat(20)}`, identity: HASH, submissionIndex: 1, startPos: 2, length: 3 } as const
  const { topics, data } = encodeSubmitEvent({ ...event, submission: { length: 1, nodes: [] } })
  const [first, account, identity] = topics as [Uint8Array, Uint8Array, Uint8Array]
  expect(decodeSubmitEvent({ topics, data }).startPos).toBe(2n)
  expect(await codeOf(() => decodeSubmitEvent({ topics: [identity, account, identity], data }))).toBe('DATA_FORMAT')
  expect(await codeOf(() => decodeSubmitEvent({ topics: [first, identity, identity], data }))).toBe('DATA_FORMAT')
  expect(await codeOf(() => decodeSubmitEvent({ topics: [first, account], data }))).toBe('DATA_FORMAT')
  expect(await codeOf(() => decodeSubmitEvent({ topics, data: longer(data) }))).toBe('BUFFER_LENGTH')
  expect(await codeOf(() => decodeSubmitEvent({ topics: 3 as never, data }))).toBe('DATA_FORMAT')
})

const WITH_KEY = ['setKeySpecial', 'setKeyNormal', 'renounceSpecialWrite']
const WITH_ACCOUNT = ['grantAdmin', 'grantWrite', 'revokeWrite']
const WITH_BOTH = ['grantSpecialWrite', 'revokeSpecialWrite']
const streamId = fc.integer({ min: 0, max: 3 }).map(byte => new Uint8Array(32).fill(byte))
const key = bytes(1, 40)
const account = bytes(20, 20)
const kinds = (names: string[]) => fc.constantFrom(...(names as ControlKind[]))
const none = fc.constant(undefined)
const control = fc.oneof(
  fc.record({ kind: kinds(['renounceAdmin', 'renounceWrite']), streamId, key: none, account: none }),
  fc.record({ kind: kinds(WITH_KEY), streamId, key, account: none }),
  fc.record({ kind: kinds(WITH_ACCOUNT), streamId, key: none, account }),
  fc.record({ kind: kinds(WITH_BOTH), streamId, key, account }),
)
const streamData = fc.record({
  version: uint(64),
  reads: fc.array(fc.record({ streamId, key }), { maxLength: 4 }),
  writes: fc.array(fc.record({ streamId, key, data: bytes(0, 60) }), { maxLength: 4 }),
  controls: fc.array(control, { maxLength: 4 }),
})

it('KV data has one form', () => {
  fc.assert(
    fc.property(streamData, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, flip) => {
      const encoded = encodeStreamData(given)
      expect(decodeStreamData(encoded)).toEqual(given)
      const place = at % encoded.length
      expect(refused(() => decodeStreamData(encoded.subarray(0, place)))).toBeTypeOf('string')
      expect(refused(() => decodeStreamData(longer(encoded)))).toBe('BUFFER_LENGTH')
      const changed = encoded.map((byte, i) => (i === place ? byte ^ flip : byte))
      if (refused(() => decodeStreamData(changed)) === undefined) {
        expect(encodeStreamData(decodeStreamData(changed))).toEqual(changed)
      }
      // Sorting is by id and key, and sorts what is sorted already not again.
      const sorted = decodeStreamData(encodeStreamData(given, { sort: true }))
      const keys = sorted.writes.map(({ streamId, key }) => toHex(streamId) + toHex(key))
      expect(keys).toEqual([...keys].sort())
      expect(encodeStreamData(sorted, { sort: true })).toEqual(encodeStreamData(sorted))
    }),
    { numRuns: runs(200) },
  )
})

it('limits of KV data', async () => {
  const read = { streamId: HASH, key: '0x01' } as const
  const tail = (...parts: (number[] | Uint8Array)[]) =>
    new Uint8Array([...new Array(8).fill(0), ...parts.flatMap(part => [...part])])
  const absurd = tail(
    [0, 0, 0, 0, 0, 0, 0, 1],
    new Uint8Array(32),
    [0, 0, 1, 7],
    new Uint8Array(8).fill(255),
    [0, 0, 0, 0],
  )
  const controlled = (control: object) => encodeStreamData({ version: 0, controls: [control as StreamControl] })
  const cases: [() => unknown, string][] = [
    [() => encodeStreamData({ version: 0, reads: new Array(2 ** 16 + 1).fill(read) }), 'LIMIT_EXCEEDED'],
    [() => encodeStreamData({ version: 0, reads: [{ ...read, key: new Uint8Array(2 ** 24) }] }), 'LIMIT_EXCEEDED'],
    [() => encodeStreamData({ version: 0, reads: [{ ...read, key: '0x' }] }), 'EMPTY_INPUT'],
    [() => encodeStreamData({ version: 2n ** 64n }), 'RANGE'],
    [() => encodeStreamData({ version: 0, writes: 5 as never }), 'INVALID_ARGUMENT'],
    [() => controlled({ kind: 'toString', streamId: HASH }), 'INVALID_ARGUMENT'],
    [() => controlled({ kind: 'grantAdmin', streamId: HASH }), 'INVALID_ARGUMENT'],
    [() => controlled({ kind: 'renounceAdmin', streamId: HASH, key: '0x01' }), 'INVALID_ARGUMENT'],
    [() => controlled({ kind: 'grantAdmin', streamId: HASH, account: '0x01' }), 'BUFFER_LENGTH'],
    [() => decodeStreamData(tail([0, 1, 0, 1])), 'LIMIT_EXCEEDED'],
    [() => decodeStreamData(tail([0, 1, 0, 0])), 'BUFFER_LENGTH'],
    [() => decodeStreamData(absurd), 'BUFFER_LENGTH'],
    [() => decodeStreamData(tail(new Array(8).fill(0), [0, 0, 0, 1, 2], new Uint8Array(32))), 'DATA_FORMAT'],
    [() => streamIdsOf(new Uint8Array(2 ** 22 + 32)), 'LIMIT_EXCEEDED'],
  ]
  for (const [i, [call, code]] of cases.entries()) expect(await codeOf(call), `case ${i}`).toBe(code)
  expect(cases.length).toBe(14)
  expect([streamIdsOf('0x'), streamIdsOf(HASH), streamIdsOf(`${STREAM_DOMAIN}00`)]).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(streamIdsOf(STREAM_DOMAIN)).toEqual([])
})

it('targets stay within their bounds, however long it goes on', () => {
  const epochs = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 50 })), { maxLength: 30 })
  fc.assert(
    fc.property(
      uint(256),
      fc.integer({ min: 1, max: 100 }),
      uint(64),
      epochs,
      (start, ratio, minDifficulty, epochs) => {
        let target = start
        for (const [submissions, targetSubmissions] of epochs) {
          const scaled = target >> 16n
          const adjusted = adjustTarget({ target, submissions, targetSubmissions, ratio, minDifficulty })
          expect(adjusted >> 16n <= 2n * scaled).toBe(true)
          expect(adjusted <= capTarget(2n ** 256n - 1n, minDifficulty)).toBe(true)
          if (minDifficulty === 0n) expect(adjusted >> 16n >= scaled / 2n).toBe(true)
          if (submissions > targetSubmissions) expect(adjusted >> 16n <= scaled).toBe(true)
          target = adjusted
        }
      },
    ),
    { numRuns: runs(100) },
  )
  expect(refused(() => adjustTarget({ target: 1, submissions: 1, targetSubmissions: 1, ratio: 0 }))).toBe('RANGE')
  expect(refused(() => adjustTarget({ target: 1, submissions: 1, targetSubmissions: 1, ratio: 65_537 }))).toBe('RANGE')
})

it('what is paid into a filled pricing chunk comes out, and no more', () => {
  const schedule = fc.oneof(
    fc.record({ kind: fc.constant('linear' as const), releaseSeconds: fc.integer({ min: 1, max: 2 ** 30 }) }),
    fc.record({ kind: fc.constant('decay' as const), annualMilliRate: fc.integer({ min: 0, max: 65_535 }) }),
  )
  const waits = fc.array(fc.integer({ min: 0, max: 2 ** 26 }), { maxLength: 20 })
  fc.assert(
    fc.property(uint(64), schedule, waits, (fee, schedule: RewardSchedule, waits) => {
      let [now, paid] = [1_700_000_000, 0n]
      let reward = addReward(NO_REWARD, fee, true, now)
      for (const wait of waits) {
        now += wait
        const claim = claimReward(reward, schedule, now)
        paid += claim.paid
        reward = claim.reward
        expect(reward.distributed).toBe(paid)
        expect(reward.locked + reward.claimable + reward.distributed).toBe(fee)
      }
    }),
    { numRuns: runs(100) },
  )
})

it('shares of a fee lie side by side and make it up, but for rounding', () => {
  fc.assert(
    fc.property(uint(40), fc.integer({ min: 1, max: 2 ** 30 }), uint(64), (before, sectors, fee) => {
      const shares = [...feeShares(before, sectors, fee)]
      const total = shares.reduce((sum, { amount }) => sum + amount, 0n)
      expect(total <= fee && fee - total <= BigInt(3 * shares.length)).toBe(true)
      expect(shares[0]?.chunk).toBe(before / PRICING_SECTORS)
      for (const [i, { chunk, complete }] of shares.slice(0, -1).entries()) {
        expect([complete, shares[i + 1]?.chunk]).toEqual([true, chunk + 1n])
      }
    }),
    { numRuns: runs(100) },
  )
})

it('powers of two at the edges', () => {
  const x = (whole: number) => BigInt(whole) << 64n
  expect([powHalfX96(x(96)), powHalfX96(x(97)), powHalfX96(2n ** 256n - 1n)]).toEqual([1n, 0n, 0n])
  expect([powTwoX96(x(159)), powTwoX96(x(160))]).toEqual([2n ** 255n, 2n ** 256n - 1n])
})

it('numbers at the edges of the chain’s rules', async () => {
  const linear = { kind: 'linear', releaseSeconds: 1 } as const
  const flow = { root: HASH, length: 9 }
  const hash = () => HASH
  const many = new Epochs({ firstBlock: 0, blocksPerEpoch: 1 })
  const short = new Epochs({ firstBlock: 0, blocksPerEpoch: 10 })
  expect(short.makeContext(11, flow, hash)).toBe(1)
  const book = new RewardBook({ schedule: linear })
  const filled = addReward(NO_REWARD, 5, true, 9)
  const cases: [() => unknown, string][] = [
    [() => new Epochs({ firstBlock: 0, blocksPerEpoch: 0 }), 'RANGE'],
    [() => many.makeContext(2n ** 64n - 1n, flow, hash), 'LIMIT_EXCEEDED'],
    [() => many.hashesFor(2n ** 64n - 1n), 'LIMIT_EXCEEDED'],
    [() => many.makeContextFixedTimes(65_536, 2n ** 64n - 1n, flow, hash), 'LIMIT_EXCEEDED'],
    [() => new Epochs({ firstBlock: 5, blocksPerEpoch: 1 }).makeContext(4, flow, hash), 'RANGE'],
    [() => short.makeContext(12, { ...flow, length: 8 }, hash), 'RANGE'],
    [() => short.makeContext(99, flow, () => '0x11'), 'BUFFER_LENGTH'],
    [() => book.fill(0, 2n ** 64n - 1n, 1, 1), 'LIMIT_EXCEEDED'],
    [() => book.fill(2n ** 64n - 1n, 1, 1, 1), 'RANGE'],
    [() => book.fill(0, 0, 1, 1), 'RANGE'],
    [() => book.fill(0, 1, 1, 2 ** 40), 'RANGE'],
    [() => claimReward(filled, linear, 8), 'RANGE'],
    [() => claimReward(filled, { kind: 'linear', releaseSeconds: 0 }, 10), 'RANGE'],
    [() => claimReward(filled, { kind: 'decay', annualMilliRate: 65_536 }, 10), 'RANGE'],
    [() => claimReward(filled, { kind: 'other' } as never, 10), 'INVALID_ARGUMENT'],
    [() => splitServiceFee(1, 10_001), 'RANGE'],
    [() => feeParts(2n ** 127n, 2, 0), 'RANGE'],
    [() => feeParts(5, 2, 0, 9), 'RANGE'],
    [() => subtaskWindow(2n ** 64n - 1n, 1, 1, 0), 'RANGE'],
    [() => planUpload(0), 'EMPTY_INPUT'],
    [() => planUpload(2 ** 53), 'RANGE'],
    [() => planUpload(1, { maxFragments: 0 }), 'RANGE'],
    [() => planUpload(1, { minFragment: 2 ** 33 }), 'RANGE'],
    [() => fragmentSizeOf(2 ** 52 + 1), 'RANGE'],
  ]
  for (const [i, [call, code]] of cases.entries()) expect(await codeOf(call), `case ${i}`).toBe(code)
  expect(cases.length).toBe(24)
  // A hash that is none leaves everything as it was.
  expect(short.context.epoch).toBe(1n)
  expect(planUpload(Number.MAX_SAFE_INTEGER).fragments).toBe(2 ** 21)
  expect([0, 1, 256, 257, 8191, 8192].map(distance => blockHashSource(10_000 - distance, 10_000))).toEqual([
    undefined,
    'instruction',
    'instruction',
    'history',
    'history',
    undefined,
  ])

  const roots = new DigestHistory()
  for (let i = 0; i < 1500; i++) roots.insert(new Uint8Array(32).fill(i % 251))
  expect([roots.at(499), roots.at(500)?.[0], roots.at(1499)?.[0], roots.at(1500)]).toEqual([
    undefined,
    249,
    244,
    undefined,
  ])
  expect([roots.contains(new Uint8Array(32)), roots.contains(HASH), roots.length]).toEqual([true, true, 1500])
  expect(roots.contains(new Uint8Array(32).fill(251))).toBe(false)
})
