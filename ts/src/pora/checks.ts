import { asObject, concatBytes, equalBytes, type HashLike, toHash } from '../bytes.js'
import { type KernelCode, ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, LOAD_SEALS, SEAL_SECTORS, SECTOR_BYTES } from '../limits.js'
import { type Answer, type AnswerFields, toAnswer } from '../rules/answer.js'
import { flowDepth, flowRoot } from '../rules/flow.js'
import { firstMask, type HashMany, unmask } from '../rules/seal.js'
import { scaleOrNone, threshold } from '../rules/target.js'
import { isEmptyContext } from '../rules/task.js'
import { toUint, type Uint, uintOf, word } from '../rules/uint.js'

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

/** The flat call of kernel `poraSteps`. */
export interface StepsCall extends KernelCall {
  readonly inputs: readonly [header: Uint8Array, sealOffset: Uint8Array, sealedData: Uint8Array]
  readonly params: readonly []
}

/** An answer and its task read: what is left is to hash. */
export interface PreparedAnswer {
  readonly answer: Answer
  readonly task: Task
  /** The epoch range of the context that the seal claims. */
  readonly epoch: { readonly start: bigint; readonly end: bigint }
  readonly rangeDigest: Uint8Array
  readonly call: StepsCall
}

/** @throws {ZgkitError} for what the contract's types do not hold */
export function prepareAnswer(fields: AnswerFields, trusted: VerifyTask): PreparedAnswer {
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

/**
 * The verdict on an answer.
 * @param record what its call gave
 * @param rootOf the flow root that an answer's data and proof lead to; who hashes
 */
export function concludeAnswer(
  prepared: PreparedAnswer,
  record: Uint8Array,
  strict: boolean,
  rootOf: (answer: Answer) => Uint8Array,
): AnswerVerdict {
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
  const code = judge(prepared, steps, strict, rootOf)
  return code === undefined ? { ok: true, steps } : { ok: false, code, steps }
}

/** The contract's checks in their order; the first that fails is the verdict. */
function judge(
  { answer, task, epoch }: PreparedAnswer,
  { loadPosition, poraHash, threshold }: AnswerSteps,
  strict: boolean,
  rootOf: (answer: Answer) => Uint8Array,
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
  if (!equalBytes(rootOf(answer), task.flowRoot)) return 'FLOW_ROOT_MISMATCH'
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
export function flowRootOf(answer: Answer, hash: HashMany): Uint8Array {
  const { minerId, sealedContextDigest, recallPosition, sealedData, merkleProof } = answer
  const mask = firstMask(minerId, sealedContextDigest, recallPosition)
  const first = mask.map((byte, i) => byte ^ (sealedData[i] as number))
  const rest = unmask(sealedData.slice(0, HASH_BYTES), sealedData.subarray(HASH_BYTES), hash)
  let nodes = hash(concatBytes([first, rest]), SECTOR_BYTES)
  while (nodes.length > HASH_BYTES) nodes = hash(nodes, 2 * HASH_BYTES)
  return flowRoot(nodes, recallPosition / BigInt(SEAL_SECTORS), merkleProof, pair => hash(pair, 2 * HASH_BYTES))
}
