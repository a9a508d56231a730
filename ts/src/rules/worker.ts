import { asBytes, asObject, concatBytes, fromHex, type HashLike, type Hex, toHash } from '../bytes.js'
import { HASH_BYTES } from '../limits.js'
import { Reader, requireLength, WORD } from './abi.js'
import type { FlowContext } from './epochs.js'
import { toUint, type Uint, word } from './uint.js'

/** Who has to call `computeWorkerContext`, with `eth_call`: the contract answers no other. */
export const WORKER_CONTEXT_CALLER: Hex = '0x000000000000000000000000000000000000000a'
/** The first four bytes of Keccak-256 over the signature of the mine contract's `computeWorkerContext`. */
const COMPUTE_SELECTOR = Uint8Array.of(0x29, 0x6b, 0xeb, 0xa7)
/** Words of a context. */
const CONTEXT_WORDS = 6
/** Words of a worker context. */
const WORKER_WORDS = CONTEXT_WORDS + 3

const UINT64 = 2n ** 64n - 1n
const UINT256 = 2n ** 256n - 1n

/** The blocks in which a subtask's answers are taken: behind `start`, up to `end`. */
export interface SubtaskWindow {
  /** The block whose hash is in the subtask's digest. */
  readonly start: bigint
  readonly end: bigint
}

/**
 * The window of subtask `index` (SPEC.md section 14).
 * @param mineStart the context's (uint64)
 * @param index which of the epoch's subtasks, as `subtaskIndex` gives it (uint64)
 * @param interval blocks from the start of one subtask to that of the next (uint64)
 * @param targetMineBlocks how many blocks it is open (uint64)
 * @throws {ZgkitError} `RANGE`, also past block 2^64 - 1
 */
export function subtaskWindow(mineStart: Uint, index: Uint, interval: Uint, targetMineBlocks: Uint): SubtaskWindow {
  const offset = toUint(index, 64, 'index') * toUint(interval, 64, 'interval')
  const start = toUint(toUint(mineStart, 64, 'mineStart') + offset, 64, 'start')
  return { start, end: toUint(start + toUint(targetMineBlocks, 64, 'targetMineBlocks'), 64, 'end') }
}

/**
 * What the contract says to an answer in block `block`: `TOO_EARLY`, `DEADLINE`, or nothing within the window.
 * @throws {ZgkitError} `RANGE`
 */
export function checkWindow({ start, end }: SubtaskWindow, block: Uint): 'TOO_EARLY' | 'DEADLINE' | undefined {
  const current = toUint(block, 64, 'block')
  if (current <= start) return 'TOO_EARLY'
  return current <= end ? undefined : 'DEADLINE'
}

/** What `computeWorkerContext` gives: the task of a miner, and with its subtask's digest and `context` a `MineTask`. */
export interface WorkerContext {
  readonly context: FlowContext
  /** The target before scaling; 0 while there is nothing to mine: outside of the subtask's window, and when the epoch is full. */
  readonly poraTarget: bigint
  /** 32 bytes; zeros outside of the window. */
  readonly subtaskDigest: Uint8Array
  readonly maxShards: bigint
}

/**
 * The calldata of `computeWorkerContext(minerId)`. It answers {@link WORKER_CONTEXT_CALLER} only.
 * @throws {ZgkitError} `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function encodeComputeWorkerContext(minerId: HashLike): Uint8Array {
  return concatBytes([COMPUTE_SELECTOR, toHash(minerId, 'minerId')])
}

/**
 * A worker context as the contract returns it: nine words.
 * @throws {ZgkitError} `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function encodeWorkerContext(worker: WorkerContext): Uint8Array {
  const { context, poraTarget, subtaskDigest, maxShards } = asObject(worker, 'worker')
  return concatBytes([
    encodeFlowContext(context),
    word(toUint(poraTarget, 256, 'poraTarget')),
    toHash(subtaskDigest, 'subtaskDigest'),
    word(toUint(maxShards, 64, 'maxShards')),
  ])
}

/**
 * The result of `computeWorkerContext`. Whether the context's digest is that of its fields is not asked: the chain is trusted here,
 * and `contextDigest` says so.
 * @throws {ZgkitError} `BUFFER_LENGTH` unless these are 288 bytes, `RANGE` for numbers over their type or, for block numbers, epochs
 *   and lengths, over 64 bits; `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function decodeWorkerContext(data: Uint8Array | Hex): WorkerContext {
  const reader = exactly(data, WORKER_WORDS)
  return {
    context: readContext(reader),
    poraTarget: reader.word('poraTarget', UINT256),
    subtaskDigest: reader.bytes(HASH_BYTES),
    maxShards: reader.word('maxShards', UINT64),
  }
}

/** A flow context as the contract has it: six words. Errors as {@link encodeWorkerContext}. */
export function encodeFlowContext(context: FlowContext): Uint8Array {
  const { epoch, mineStart, flowRoot, flowLength, blockDigest, digest } = asObject(context, 'context')
  return concatBytes([
    word(toUint(epoch, 64, 'epoch')),
    word(toUint(mineStart, 64, 'mineStart')),
    toHash(flowRoot, 'flowRoot'),
    word(toUint(flowLength, 64, 'flowLength')),
    toHash(blockDigest, 'blockDigest'),
    toHash(digest, 'digest'),
  ])
}

/** The result of the flow contract's `getContext` and `makeContextWithResult`. Errors as {@link decodeWorkerContext}, for 192 bytes. */
export function decodeFlowContext(data: Uint8Array | Hex): FlowContext {
  return readContext(exactly(data, CONTEXT_WORDS))
}

function readContext(reader: Reader): FlowContext {
  return {
    epoch: reader.word('epoch', UINT64),
    mineStart: reader.word('mineStart', UINT64),
    flowRoot: reader.bytes(HASH_BYTES),
    flowLength: reader.word('flowLength', UINT64),
    blockDigest: reader.bytes(HASH_BYTES),
    digest: reader.bytes(HASH_BYTES),
  }
}

/** Bytes from outside that must be so many words. */
function exactly(data: Uint8Array | Hex, words: number): Reader {
  const length = typeof data === 'string' ? data.length / 2 - 1 : asBytes(data, 'data').length
  requireLength(words * WORD, length)
  return new Reader(typeof data === 'string' ? fromHex(data) : asBytes(data, 'data'))
}
