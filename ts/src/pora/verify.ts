import { type Engine, engine, syncEngine } from '../backend/choose.js'
import { asObject, concatBytes, equalBytes, type HashLike, toHash } from '../bytes.js'
import { type KernelCode, ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, LOAD_SEALS, SEAL_SECTORS, SECTOR_BYTES } from '../limits.js'
import { type Answer, type AnswerFields, toAnswer } from '../rules/answer.js'
import { flowDepth } from '../rules/flow.js'
import { firstMask } from '../rules/seal.js'
import { scaleOrNone, threshold } from '../rules/target.js'
import { isEmptyContext } from '../rules/task.js'
import { toUint, type Uint, uintOf, word } from '../rules/uint.js'
import { Control } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { unmask } from './seal.js'

/** The mine context: what of the chain's six fields an answer is checked against. */
export interface MineContext {
  /** Root of the flow tree, 32 bytes. */
  readonly flowRoot: HashLike
  /** Sectors of the flow (uint256). */
  readonly flowLength: Uint
  /** The context's digest, 32 bytes. */
  readonly digest: HashLike
}

/** What a miner is to do, from the chain: the result of the mine contract's `computeWorkerContext`. */
export interface MineTask {
  readonly context: MineContext
  /** The target before scaling (uint256); 0 while there is nothing to mine. */
  readonly poraTarget: Uint
  /** 32 bytes. */
  readonly subtaskDigest: HashLike
  /** Most partitions of a recall range (uint64). */
  readonly maxShards: Uint
}

/** The sectors that a context's epoch added to the flow: from `start` to below `end`. */
export interface SealRange {
  readonly digest: HashLike
  readonly start: Uint
  readonly end: Uint
}

/** What an answer is checked against. Trusted: from the chain, at the block that is asked about. */
export interface VerifyTask extends MineTask {
  /** Epoch ranges by their contexts' digests; one that is not listed counts as empty, as on the chain. */
  readonly sealRanges: readonly SealRange[]
}

/** Options of {@link verifyAnswer}. */
export interface VerifyOptions {
  /**
   * Our rule, on unless `false`: a seal lies in the load that was drawn (`sealOffset` below 64), and a proof has exactly the
   * tree's depth. Without it the verdict is the contract's.
   */
  readonly strict?: boolean | undefined
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Every value on the way to a verdict, also past the check that failed; `undefined` where there is none. */
export interface AnswerSteps {
  /** Keccak-256 of the recall range, 32 bytes. */
  readonly rangeDigest: Uint8Array
  /** 64 bytes. */
  readonly padSeed: Uint8Array
  /** The scratch pad's last cell, 64 bytes. */
  readonly lastPadState: Uint8Array
  /** Keccak-256 of the scratch pad, 32 bytes. */
  readonly scratchPadKeccak: Uint8Array
  /** 32 bytes. */
  readonly recallSeed: Uint8Array
  /** First sector of the load that the nonce draws; none in a range shorter than a load. */
  readonly loadPosition: bigint | undefined
  /** Keccak-256 of the seal after mixing, 32 bytes. */
  readonly mixedDataKeccak: Uint8Array
  /** 32 bytes. */
  readonly poraHash: Uint8Array
  /** 2^64 times the scale of the target; none where the flow has fewer sectors than there are partitions. */
  readonly scaleX64: bigint | undefined
  /** The highest PoRA hash that wins. */
  readonly threshold: bigint | undefined
}

/** The answer of {@link verifyAnswer}. */
export type AnswerVerdict =
  | { readonly ok: true; readonly steps: AnswerSteps }
  | { readonly ok: false; readonly code: KernelCode; readonly steps: AnswerSteps }

/**
 * Checks a mined answer as the mine contract does, without the chain (SPEC.md section 11).
 *
 * The code is that of the first check that fails, in the contract's order: `MINER_ID_ZERO`, `CONTEXT_MISMATCH`,
 * `CONTEXT_EMPTY`, `RANGE_UNALIGNED`, `RANGE_OVERFLOW`, `RANGE_TOO_LONG`, `RANGE_TOO_SHORT`, `SHARD_ID_MASKED`,
 * `SEAL_CONTEXT`, `SHARDS_EXCEEDED`, `FLOW_ROOT_MISMATCH`, `RECALL_POSITION`, `SEAL_OFFSET` (strict only), `TARGET_MISSED`.
 * Where the contract would divide by zero: a range shorter than a load is `RECALL_POSITION`, a flow of fewer sectors than
 * partitions `TARGET_MISSED`.
 *
 * What takes the chain's state is not checked: the miner's registration, the block window, the number of answers so far and
 * whether this one was there before. Nor is what `task` says: it is taken as the chain's.
 * @throws {ZgkitError} for what the contract's types do not hold, of answer or task: `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`, `LIMIT_EXCEEDED` for a proof of more than 64 siblings; the signal's reason when aborted
 */
export async function verifyAnswer(
  answer: AnswerFields,
  task: VerifyTask,
  { strict = true, signal }: VerifyOptions = {},
): Promise<AnswerVerdict> {
  const control = new Control({ signal })
  control.check()
  const prepared = prepare(answer, task)
  const active = await engine()
  const record = await control.race(dispatch(active, prepared.call, false))
  return conclude(prepared, record, strict, active)
}

/** As {@link verifyAnswer} on the calling thread: about a millisecond natively, ten in JavaScript. */
export function verifyAnswerSync(
  answer: AnswerFields,
  task: VerifyTask,
  { strict = true }: Pick<VerifyOptions, 'strict'> = {},
): AnswerVerdict {
  const prepared = prepare(answer, task)
  const active = syncEngine()
  return conclude(prepared, active.backend.call(prepared.call), strict, active)
}

/** A {@link MineTask} read: bytes and bigints. */
export interface Task {
  readonly flowRoot: Uint8Array
  readonly flowLength: bigint
  readonly digest: Uint8Array
  readonly poraTarget: bigint
  readonly subtaskDigest: Uint8Array
  readonly maxShards: bigint
}

/** @throws {ZgkitError} `INVALID_ARGUMENT` and what its parts throw */
export function toTask(given: MineTask): Task {
  const { context, poraTarget, subtaskDigest, maxShards } = asObject(given, 'task')
  const { flowRoot, flowLength, digest } = asObject(context, 'context')
  return {
    flowRoot: toHash(flowRoot, 'flowRoot'),
    flowLength: toUint(flowLength, 256, 'flowLength'),
    digest: toHash(digest, 'digest'),
    poraTarget: toUint(poraTarget, 256, 'poraTarget'),
    subtaskDigest: toHash(subtaskDigest, 'subtaskDigest'),
    maxShards: toUint(maxShards, 64, 'maxShards'),
  }
}

/**
 * The epoch ranges of a task, read: bytes and bigints.
 * @throws {ZgkitError} `INVALID_ARGUMENT` and what its parts throw
 */
export function toSealRanges({ sealRanges }: VerifyTask) {
  if (!Array.isArray(sealRanges)) throw new ZgkitError('INVALID_ARGUMENT', 'sealRanges must be an array')
  return sealRanges.map((range: SealRange) => {
    const { digest, start, end } = asObject(range, 'seal range')
    return { digest: toHash(digest, 'digest'), start: toUint(start, 256, 'start'), end: toUint(end, 256, 'end') }
  })
}

interface Prepared {
  readonly answer: Answer
  readonly task: Task
  /** The epoch range of the context that the seal claims. */
  readonly epoch: { readonly start: bigint; readonly end: bigint }
  readonly rangeDigest: Uint8Array
  readonly call: KernelCall
}

function prepare(fields: AnswerFields, trusted: VerifyTask): Prepared {
  const answer = toAnswer(fields)
  const task = toTask(trusted)
  const epochs = toSealRanges(trusted)
  const rangeDigest = answer.range.digest()
  const header = concatBytes([answer.minerId, answer.nonce, task.subtaskDigest, rangeDigest])
  return {
    answer,
    task,
    epoch: epochs.find(({ digest }) => equalBytes(digest, answer.sealedContextDigest)) ?? { start: 0n, end: 0n },
    rangeDigest,
    call: { kernel: 'poraSteps', inputs: [header, word(answer.sealOffset), answer.sealedData], params: [] },
  }
}

function conclude(prepared: Prepared, record: Uint8Array, strict: boolean, active: Engine): AnswerVerdict {
  const { answer, task, rangeDigest } = prepared
  const scale = scaleOrNone(task.flowLength, answer.range.partitions)
  const recallSeed = record.slice(128, 160)
  const steps: AnswerSteps = {
    rangeDigest,
    padSeed: record.slice(0, 64),
    lastPadState: record.slice(64, 128),
    scratchPadKeccak: record.slice(224, 256),
    recallSeed,
    loadPosition: answer.range.loadPosition(recallSeed),
    mixedDataKeccak: record.slice(192, 224),
    poraHash: record.slice(160, 192),
    scaleX64: scale,
    threshold: scale === undefined ? undefined : threshold(task.poraTarget, scale),
  }
  const code = judge(prepared, steps, strict, active)
  return code === undefined ? { ok: true, steps } : { ok: false, code, steps }
}

/** The contract's checks in their order; the first that fails is the verdict. */
function judge(
  { answer, task, epoch }: Prepared,
  { loadPosition, poraHash, threshold }: AnswerSteps,
  strict: boolean,
  active: Engine,
): KernelCode | undefined {
  const { range, recallPosition, sealOffset } = answer
  if (answer.minerId.every(byte => byte === 0)) return 'MINER_ID_ZERO'
  if (!equalBytes(answer.contextDigest, task.digest)) return 'CONTEXT_MISMATCH'
  if (isEmptyContext(task.digest)) return 'CONTEXT_EMPTY'
  const broken = range.check(task.flowLength)
  if (broken) return broken
  const sealEnd = recallPosition + BigInt(SEAL_SECTORS)
  if (epoch.start >= sealEnd || epoch.end < sealEnd) return 'SEAL_CONTEXT'
  if (range.partitions > task.maxShards) return 'SHARDS_EXCEEDED'
  if (isEmptyContext(answer.sealedContextDigest)) return 'SEAL_CONTEXT'
  if (strict && answer.merkleProof.length !== flowDepth(task.flowLength) - SEAL_HEIGHT) return 'FLOW_ROOT_MISMATCH'
  if (!equalBytes(flowRootOf(answer, active), task.flowRoot)) return 'FLOW_ROOT_MISMATCH'
  // A load that begins right at the range's end passes here, as in the contract.
  if (loadPosition === undefined || loadPosition - range.startPosition > range.mineLength) return 'RECALL_POSITION'
  if (recallPosition !== loadPosition + sealOffset * BigInt(SEAL_SECTORS)) return 'RECALL_POSITION'
  if (strict && sealOffset >= LOAD_SEALS) return 'SEAL_OFFSET'
  if (threshold === undefined || uintOf(poraHash) > threshold) return 'TARGET_MISSED'
  return undefined
}

/** Tree height of a seal. */
const SEAL_HEIGHT = 4

/** The flow root that an answer's data and proof lead to. */
function flowRootOf(answer: Answer, active: Engine): Uint8Array {
  const { minerId, sealedContextDigest, recallPosition, sealedData, merkleProof } = answer
  const { backend } = active
  const mask = firstMask(minerId, sealedContextDigest, recallPosition)
  const first = mask.map((byte, i) => byte ^ (sealedData[i] as number))
  const rest = unmask(active, sealedData.slice(0, HASH_BYTES), sealedData.subarray(HASH_BYTES))
  const hash = (bytes: Uint8Array, length: number) =>
    backend.call({ kernel: 'keccak256', inputs: [bytes], params: [length] })
  const leaves = hash(concatBytes([first, rest]), SECTOR_BYTES)
  let node: Uint8Array = backend.call({ kernel: 'merkleLevels', inputs: [leaves], params: [] }).slice(-HASH_BYTES)
  let index = recallPosition / BigInt(SEAL_SECTORS)
  for (const sibling of merkleProof) {
    const pair = index % 2n === 0n ? [node, sibling] : [sibling, node]
    node = hash(concatBytes(pair), 2 * HASH_BYTES)
    index /= 2n
  }
  return node
}
