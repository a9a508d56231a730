import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import revertCodes from '../../../testdata/pora/revert_codes.json' with { type: 'json' }
import contexts from '../../../testdata/storage/context_cases.json' with { type: 'json' }
import {
  type AnswerFields,
  answerToAbi,
  EMPTY_CONTEXT,
  fromHex,
  type HashLike,
  init,
  type RangeFields,
  RecallRange,
  readCase,
  scaleX64,
  taskToAbi,
  toHex,
  type Uint,
  type VerifyTask,
  verifyAnswerSync,
  ZgkitError,
} from '../../dist/index.js'
import { uintOf } from '../../dist/rules/uint.js'
import { FORK, Verifier } from '../evm.js'
import { changedAnswer, gold } from '../gold.js'
import { hashOf, World } from '../mined.js'
import { codeOf } from '../patterns.js'

const codes: Readonly<Record<string, string>> = revertCodes
const ALL_ONES = 2n ** 256n - 1n

let verifier: Verifier
beforeAll(async () => {
  await init()
  verifier = await Verifier.deploy(FORK)
})

/** The verdict of the contract, after it was compared with that of `verifyAnswer`: code and PoRA hash. */
async function judge(answer: AnswerFields, task: VerifyTask, strict: boolean): Promise<string> {
  // A proof that is too long is no answer to us, so it goes around our own encoding.
  const abi = { ...answerToAbi({ ...answer, merkleProof: [] }), merkleProof: answer.merkleProof.map(hexOf) }
  const { code, result } = await verifier.call('verifyAnswer', [abi, taskToAbi(task), strict])
  const due = await codeOf(() => {
    const verdict = verifyAnswerSync(answer, task, { strict })
    if (!verdict.ok) throw new ZgkitError(verdict.code, 'rejected')
    expect(result).toBe(toHex(verdict.steps.poraHash))
  })
  expect(code).toBe(due === 'nothing was thrown' ? 'ok' : due)
  return code
}

const hexOf = (hash: HashLike) => (typeof hash === 'string' ? hash : toHex(hash))

it.each(['istanbul', 'shanghai', 'prague', 'osaka'])('pora_gold: 4 answers accepted on %s', async fork => {
  const on = await Verifier.deploy(fork)
  let ran = 0
  for (const one of gold.cases) {
    const { answer, task } = readCase(one)
    for (const strict of [true, false]) {
      const { code, result } = await on.call('verifyAnswer', [answerToAbi(answer), taskToAbi(task), strict])
      expect(code).toBe('ok')
      expect(result).toBe(one.working.poraHash)
    }
    ran++
  }
  expect(ran).toBe(4)
})

it('pora_gold: 76 wrong answers rejected for what is wrong with them', async () => {
  let ran = 0
  for (const one of gold.cases) {
    const { task } = readCase(one)
    for (const negative of one.negatives) {
      if (!('changed' in negative && negative.changed)) continue
      const due = codes[negative.reason]
      // Who is registered only the chain knows; the data of another miner unseals to something else.
      const expected = due === 'MINER_UNREGISTERED' ? 'FLOW_ROOT_MISMATCH' : due
      const answer = changedAnswer(one, { ...negative, changed: negative.changed })
      for (const strict of [true, false]) {
        expect(await judge(answer, task, strict), negative.label).toBe(expected)
      }
      ran++
    }
  }
  expect(ran).toBe(76)
})

it('context_cases: 11 answers on contexts of every size', async () => {
  const ran = { all: 0, strict: 0 }
  for (const one of contexts.cases) {
    if ('settings' in one && one.settings) continue
    const digest = one.answer.sealedContextDigest
    const { answer, task } = readCase({ ...one, maxShards: 256, sealRanges: [{ digest, ...one.epochRange }] })
    const { verdict, reason } = one.expect as { verdict: string; reason?: string }
    const due = verdict === 'accept' ? 'ok' : codes[reason as string]
    expect(await judge(answer, task, false), one.name).toBe(due)
    const strict = await judge(answer, task, true)
    expect(strict).toBe(BigInt(one.answer.sealOffset) >= 64n ? 'SEAL_OFFSET' : due)
    if (strict === 'SEAL_OFFSET') ran.strict++
    ran.all++
  }
  expect(ran).toEqual({ all: 11, strict: 1 })
})

it('the threshold to the last bit', async () => {
  for (const one of gold.cases) {
    const { answer, task } = readCase(one)
    const scale = scaleX64(one.context.flowLength, new RecallRange(answer.range).partitions)
    const hash = BigInt(one.working.poraHash)
    // The lowest target whose threshold is not below the hash, and the one before it.
    const least = ((hash + (1n << 64n) - 1n) >> 64n) * scale
    for (const [poraTarget, due] of [
      [least, 'ok'],
      [least - 1n, 'TARGET_MISSED'],
      [ALL_ONES, 'ok'],
      [0n, 'TARGET_MISSED'],
    ] as const) {
      expect(await judge(answer, { ...task, poraTarget }, true)).toBe(due)
    }
  }
})

it('strict mode fixes the length of a proof', async () => {
  // In a flow of 4,864 sectors, and in one of 4,096 that has the same range but is a level less deep.
  const { answer, task } = readCase(gold.cases[2])
  expect(answer.merkleProof.length).toBe(9)
  for (const [flowLength, strict, due] of [
    [4_864, true, 'ok'],
    [4_864, false, 'ok'],
    [4_096, true, 'FLOW_ROOT_MISMATCH'],
    [4_096, false, 'ok'],
  ] as const) {
    expect(await judge(answer, { ...task, context: { ...task.context, flowLength } }, strict)).toBe(due)
  }
})

it('the order of the checks: each comes before those behind it', async () => {
  const { answer, task } = readCase(gold.cases[1])
  const range = { startPosition: 0n, mineLength: 37_888n, shardId: 1n, shardMask: 2n ** 64n - 2n }
  // From the last check to the first: each change is made on top of those before.
  let one: Case = { answer: { ...answer, range }, task }
  const changes: readonly [string, (one: Case) => Case][] = [
    ['ok', one => one],
    ['TARGET_MISSED', one => withTask(one, { poraTarget: 0 })],
    ['RECALL_POSITION', one => withAnswer(one, { sealOffset: 41 })],
    ['FLOW_ROOT_MISMATCH', one => withAnswer(one, { merkleProof: one.answer.merkleProof.slice(1) })],
    ['SEAL_CONTEXT', one => withAnswer(one, { sealedContextDigest: EMPTY_CONTEXT })],
    [
      'SHARDS_EXCEEDED',
      one => withTask(one, { maxShards: 1, sealRanges: [{ digest: EMPTY_CONTEXT, start: 0, end: 38_400 }] }),
    ],
    ['SEAL_CONTEXT', one => withTask(one, { sealRanges: [] })],
    ['SHARD_ID_MASKED', one => withRange(one, { shardId: 3n })],
    ['RANGE_TOO_SHORT', one => withRange(one, { mineLength: 36_864n })],
    ['RANGE_TOO_LONG', one => withRange(withContext(one, { flowLength: 2n ** 60n }), { mineLength: 2n ** 40n })],
    ['RANGE_OVERFLOW', one => withRange(one, { mineLength: 2n ** 60n + 1n })],
    ['RANGE_UNALIGNED', one => withRange(one, { startPosition: 1n })],
    ['CONTEXT_EMPTY', one => withContext(withAnswer(one, { contextDigest: EMPTY_CONTEXT }), { digest: EMPTY_CONTEXT })],
    ['CONTEXT_MISMATCH', one => withAnswer(one, { contextDigest: hashOf(2) })],
    ['MINER_ID_ZERO', one => withAnswer(one, { minerId: new Uint8Array(32) })],
    ['LIMIT_EXCEEDED', one => withAnswer(one, { merkleProof: Array.from({ length: 65 }, (_, i) => hashOf(i)) })],
  ]
  for (const [due, change] of changes) {
    one = change(one)
    expect(await judge(one.answer, one.task, true)).toBe(due)
  }
})

interface Case {
  readonly answer: AnswerFields
  readonly task: VerifyTask
}
/** Some change to a case; `dice` are 32 random bytes. */
type Change = (one: Case, dice: DataView, world: World) => Case

const withAnswer = ({ answer, task }: Case, change: Partial<AnswerFields>): Case => ({
  answer: { ...answer, ...change },
  task,
})
const withRange = (one: Case, change: Partial<RangeFields>) => {
  const { startPosition, mineLength, shardId, shardMask } = one.answer.range
  return withAnswer(one, { range: { startPosition, mineLength, shardId, shardMask, ...change } })
}
const withTask = ({ answer, task }: Case, change: Partial<VerifyTask>): Case => ({
  answer,
  task: { ...task, ...change },
})
const withContext = (one: Case, change: Partial<VerifyTask['context']>) =>
  withTask(one, { context: { ...one.task.context, ...change } })

const flipped = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, i) => (i === Math.floor(bit / 8) % bytes.length ? byte ^ (1 << (bit % 8)) : byte))
const bytesOf = (hash: unknown) => (typeof hash === 'string' ? fromHex(hash) : (hash as Uint8Array))
/** Numbers around one: near, far, at the ends of the type. */
const moved = (uint: Uint, dice: DataView, step: bigint, bits: bigint): bigint => {
  const [value, times] = [BigInt(uint), BigInt(1 + (dice.getUint8(1) % 3))]
  const choices = [
    value + step * times,
    value - step * times,
    value + 1n,
    value - 1n,
    0n,
    -1n,
    -step,
    uintOf(hashOf(dice.getUint32(8))),
  ]
  return (choices[dice.getUint8(0) % choices.length] as bigint) & ((1n << bits) - 1n)
}
const from = <T>(list: readonly T[], dice: DataView) => dice.getUint32(4) % list.length

const CHANGES: Readonly<Record<string, Change>> = {
  contextDigest: (one, dice) =>
    withAnswer(one, { contextDigest: flipped(bytesOf(one.answer.contextDigest), dice.getUint8(0)) }),
  nonce: (one, dice) => withAnswer(one, { nonce: flipped(bytesOf(one.answer.nonce), dice.getUint8(0)) }),
  minerId: (one, dice) => withAnswer(one, { minerId: flipped(bytesOf(one.answer.minerId), dice.getUint8(0)) }),
  noMiner: one => withAnswer(one, { minerId: new Uint8Array(32) }),
  startPosition: (one, dice) =>
    withRange(one, { startPosition: moved(one.answer.range.startPosition, dice, 2n ** 25n, 256n) }),
  mineLength: (one, dice) => withRange(one, { mineLength: moved(one.answer.range.mineLength, dice, 1024n, 256n) }),
  shardId: (one, dice) => withRange(one, { shardId: moved(one.answer.range.shardId, dice, 2n, 64n) }),
  shardMask: (one, dice) =>
    withRange(one, { shardMask: BigInt(one.answer.range.shardMask) ^ (1n << BigInt(dice.getUint8(0) % 64)) }),
  noMask: one => withRange(one, { shardMask: 0n }),
  recallPosition: (one, dice) => withAnswer(one, { recallPosition: moved(one.answer.recallPosition, dice, 16n, 256n) }),
  sealOffset: (one, dice) => withAnswer(one, { sealOffset: moved(one.answer.sealOffset, dice, 64n, 256n) }),
  otherSeal: (one, dice) => {
    const by = BigInt(1 + (dice.getUint8(0) % 200))
    const [position, offset] = [BigInt(one.answer.recallPosition), BigInt(one.answer.sealOffset)]
    return withAnswer(one, { recallPosition: (position + 16n * by) & ALL_ONES, sealOffset: (offset + by) & ALL_ONES })
  },
  // A seal of a later load, with its own data and proof: what strict mode is for.
  laterLoad: (one, dice, world) => {
    const by = BigInt(64 * (1 + (dice.getUint8(0) % 3)))
    const recallPosition = BigInt(one.answer.recallPosition) + 16n * by
    if (recallPosition % 16n !== 0n || recallPosition + 16n > world.range.mineLength) return one
    const sealOffset = (BigInt(one.answer.sealOffset) + by) & ALL_ONES
    return withTask(withAnswer(one, world.answer({ recallPosition, sealOffset })), { poraTarget: ALL_ONES })
  },
  sealedContextDigest: (one, dice) =>
    withAnswer(one, { sealedContextDigest: flipped(bytesOf(one.answer.sealedContextDigest), dice.getUint8(0)) }),
  sealedByNone: one => withAnswer(one, { sealedContextDigest: EMPTY_CONTEXT }),
  sealedByNoneListed: one =>
    withTask(withAnswer(one, { sealedContextDigest: EMPTY_CONTEXT }), {
      sealRanges: [{ digest: EMPTY_CONTEXT, start: 0, end: ALL_ONES }],
    }),
  sealedData: (one, dice) =>
    withAnswer(one, { sealedData: flipped(bytesOf(one.answer.sealedData), dice.getUint16(0) % 32_768) }),
  siblingFlipped: (one, dice) => {
    const merkleProof = [...one.answer.merkleProof]
    const at = from(merkleProof, dice)
    merkleProof[at] = flipped(bytesOf(merkleProof[at]), dice.getUint8(0))
    return withAnswer(one, { merkleProof })
  },
  siblingDropped: (one, dice) =>
    withAnswer(one, { merkleProof: one.answer.merkleProof.toSpliced(from(one.answer.merkleProof, dice), 1) }),
  siblingAdded: (one, dice) => {
    const { merkleProof } = one.answer
    const at = from(merkleProof, dice)
    return withAnswer(one, { merkleProof: merkleProof.toSpliced(at, 0, merkleProof[at] as Uint8Array) })
  },
  siblingsSwapped: (one, dice) => {
    const { merkleProof } = one.answer
    const at = from(merkleProof.slice(1), dice)
    const pair = [merkleProof[at + 1], merkleProof[at]] as Uint8Array[]
    return withAnswer(one, { merkleProof: merkleProof.toSpliced(at, 2, ...pair) })
  },
  manySiblings: (one, dice) => {
    const length = 63 + (dice.getUint8(0) % 4)
    return withAnswer(one, { merkleProof: Array.from({ length }, (_, i) => one.answer.merkleProof[i] ?? hashOf(i)) })
  },
  emptyContext: one => withContext(withAnswer(one, { contextDigest: EMPTY_CONTEXT }), { digest: EMPTY_CONTEXT }),
  flowRoot: (one, dice) =>
    withContext(one, { flowRoot: flipped(bytesOf(one.task.context.flowRoot), dice.getUint8(0)) }),
  flowLength: (one, dice) => withContext(one, { flowLength: moved(one.task.context.flowLength, dice, 1024n, 256n) }),
  // A flow of a few sectors admits one range, without a load, and may have no scale.
  tinyFlow: (one, dice) =>
    withRange(withContext(one, { flowLength: dice.getUint8(0) % 5 }), { startPosition: 0n, mineLength: 0n }),
  poraTarget: (one, dice) => withTask(one, { poraTarget: moved(one.task.poraTarget, dice, 2n ** 250n, 256n) }),
  subtaskDigest: (one, dice) =>
    withTask(one, { subtaskDigest: flipped(bytesOf(one.task.subtaskDigest), dice.getUint8(0)) }),
  maxShards: (one, dice) => withTask(one, { maxShards: dice.getUint8(0) % 9 }),
  sealRangeMoved: (one, dice) => {
    const end = BigInt(one.answer.recallPosition) + 16n
    const [start, last] = [end - BigInt(dice.getUint8(0) % 4), end + 1n - BigInt(dice.getUint8(1) % 4)]
    return withTask(one, {
      sealRanges: [{ digest: one.answer.sealedContextDigest, start: start & ALL_ONES, end: last & ALL_ONES }],
    })
  },
  sealRangeShadowed: one => {
    const first = { digest: one.answer.sealedContextDigest, start: 0, end: 15 }
    return withTask(one, { sealRanges: [first, ...one.task.sealRanges] })
  },
  sealRangesReversed: one => withTask(one, { sealRanges: one.task.sealRanges.toReversed() }),
}

const DEEP = Boolean(process.env.ZGKIT_DEEP)
const worlds = new Map<number, World>()
const worldOf = (seed: number) => {
  const world = worlds.get(seed) ?? new World(seed)
  worlds.set(seed, world)
  return world
}
const random32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

it('a load that begins at the range’s end is accepted, one behind it is not', async () => {
  const ran = { end: 0, behind: 0 }
  for (let seed = 0; ran.end === 0 || ran.behind === 0; seed++) {
    const world = worldOf(seed)
    const { mineLength, shardId, partitions } = world.range
    // Only a partition that the last loads leave open draws what lies past them; the flow has a seal there.
    const rest = (mineLength / 1024n) % partitions
    if (rest === 0n || rest > shardId || BigInt(world.task.context.flowLength) < mineLength + 16n) continue
    const task = { ...world.task, poraTarget: ALL_ONES }
    const fields = { contextDigest: task.context.digest, minerId: world.minerId, range: world.range, sealOffset: 0n }
    for (let i = 0; ; i++) {
      const answer = world.answer({ ...fields, nonce: hashOf(i), recallPosition: mineLength })
      const { loadPosition = 0n } = verifyAnswerSync(answer, task).steps
      if (loadPosition < mineLength) continue
      const atEnd = loadPosition === mineLength
      expect(await judge(answer, task, true)).toBe(atEnd ? 'ok' : 'RECALL_POSITION')
      ran[atEnd ? 'end' : 'behind']++
      break
    }
  }
})

it('mined answers are accepted, and changed ones get the verdict of verifyAnswer', async () => {
  const runs = DEEP ? 50_000 : 2_000
  const seen = new Map<string, number>()
  const change = fc.record({ kind: fc.constantFrom(...Object.keys(CHANGES)), dice: random32 })
  const changes = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 9, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
  )
  const cases = fc.record({ world: fc.nat(DEEP ? 63 : 7), nonce: random32, strict: fc.boolean(), changes })
  await fc.assert(
    fc.asyncProperty(cases, async ({ world: seed, nonce, strict, changes }) => {
      const world = worldOf(seed)
      let one: Case = { answer: await world.mine(nonce), task: world.task }
      for (const { kind, dice } of changes)
        one = (CHANGES[kind] as Change)(one, new DataView(dice.slice().buffer), world)
      const code = await judge(one.answer, one.task, strict)
      if (changes.length === 0) expect(code).toBe('ok')
      seen.set(code, (seen.get(code) ?? 0) + 1)
    }),
    { numRuns: runs },
  )
  expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBe(runs)
  // Every verdict of a mined answer comes up; that a range is too long takes a flow of more than 8 TiB.
  const verdicts = ['ok', 'LIMIT_EXCEEDED', 'MINER_ID_ZERO', 'CONTEXT_MISMATCH', 'CONTEXT_EMPTY', 'RANGE_UNALIGNED']
  verdicts.push('RANGE_OVERFLOW', 'RANGE_TOO_SHORT', 'SHARD_ID_MASKED', 'SEAL_CONTEXT', 'SHARDS_EXCEEDED')
  verdicts.push('FLOW_ROOT_MISMATCH', 'RECALL_POSITION', 'SEAL_OFFSET', 'TARGET_MISSED')
  expect([...seen.keys()]).toEqual(expect.arrayContaining(verdicts))
}, 1_200_000)
