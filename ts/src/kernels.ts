import * as jsErasure from './backend/js/erasure.js'
import * as jsHash from './backend/js/hash.js'
import * as jsMerkle from './backend/js/merkle.js'
import * as jsPora from './backend/js/pora.js'
import { VERDICT_BYTES } from './backend/verdict.js'
import { HASH_BYTES, LOAD_SEALS, SEAL_BYTES, SEGMENT_SECTORS } from './limits.js'
import { peakHeights } from './rules/submission.js'

/** What computes: the addon, WebAssembly with or without SIMD, or JavaScript. */
export const TIERS = ['native', 'wasm-simd', 'wasm', 'js'] as const
export type Tier = (typeof TIERS)[number]

/** One operation on bytes in its flat form: the form in which it crosses to the addon, to WebAssembly and to workers. */
export interface KernelCall {
  readonly kernel: KernelName
  readonly inputs: readonly Uint8Array[]
  readonly params: readonly number[]
}

type Tuple<T, N extends number, A extends readonly T[] = readonly []> = A['length'] extends N
  ? A
  : Tuple<T, N, readonly [...A, T]>
type Inputs<N extends number> = Tuple<Uint8Array, N>
type Params<N extends number> = Tuple<number, N>

/** A row of the table. */
export interface Kernel {
  /** Name in the addon; with `Sync` appended, the inline form. */
  readonly native: string
  /** Name of the WebAssembly export. */
  readonly wasm: string
  /** The JavaScript form; absent where the js tier answers `UNSUPPORTED_ON_TIER`. */
  readonly js?: (inputs: readonly Uint8Array[], params: readonly number[], out: Uint8Array) => void
  /** Bytes of the result. */
  readonly out: (inputs: readonly Uint8Array[], params: readonly number[]) => number
  /**
   * Bytes of work a second that a tier gets through on one slow core without its best instructions: decides what is short enough to
   * stay on the calling thread.
   */
  readonly rate: Readonly<Record<Tier, number>>
  /** Bytes of work of a call, in the unit of `rate`; absent where these are the bytes of its inputs. */
  readonly work?: (inputs: readonly Uint8Array[], params: readonly number[]) => number
}

/** A row whose functions see exactly as many inputs and numbers as it takes: what `_arity` is for. */
function row<I extends number, P extends number>(
  _arity: readonly [inputs: I, params: P],
  names: { native: string; wasm: string },
  js: ((inputs: Inputs<I>, params: Params<P>, out: Uint8Array) => void) | undefined,
  out: (inputs: Inputs<I>, params: Params<P>) => number,
  rate: Record<Tier, number>,
  work?: (inputs: Inputs<I>, params: Params<P>) => number,
): Kernel {
  return {
    ...names,
    ...(js && { js: js as unknown as NonNullable<Kernel['js']> }),
    out: out as unknown as Kernel['out'],
    rate,
    ...(work && { work: work as unknown as NonNullable<Kernel['work']> }),
  }
}

const MB = 1e6
const KECCAK_RATE = { native: 250 * MB, 'wasm-simd': 200 * MB, wasm: 100 * MB, js: 8 * MB }
const BLAKE2B_RATE = { native: 900 * MB, 'wasm-simd': 500 * MB, wasm: 400 * MB, js: 30 * MB }
/** One Keccak block for each 32 bytes. */
const SEAL_RATE = { native: 60 * MB, 'wasm-simd': 50 * MB, wasm: 25 * MB, js: 2 * MB }
/** Products of a factor and a byte, each added to a sum. */
const PRODUCT_RATE = { native: 10_000 * MB, 'wasm-simd': 6000 * MB, wasm: 1500 * MB, js: 200 * MB }
/** Bytes that a scratch pad and its recall seed hash: 513 blocks of Keccak. */
const PAD_WORK = 513 * 136
/** Bytes that the PoRA hash of one seal hashes. */
const TRY_WORK = 128 + SEAL_BYTES

/**
 * Bytes of one row that `seek` gives: pad seed (64), recall seed (32), load position (u64le; all ones where the nonce has no
 * load), scratch pad (16,384).
 */
export const SEEK_BYTES = 16_488
/** Where in a row the load position stands. */
export const SEEK_POSITION = 96

/** The one table of kernels. Backends, executors and workers are derived from it; both bindings are tested against it. */
export const KERNELS = {
  /** Keccak-256 of messages of params[0] bytes each. */
  keccak256: row(
    [1, 1],
    { native: 'keccak256', wasm: 'keccak256' },
    ([messages], [length], out) => jsHash.keccak256(messages, length, out),
    ([messages], [length]) => HASH_BYTES * Math.floor(messages.length / Math.max(length, 1)),
    KECCAK_RATE,
  ),
  /** BLAKE2b-512 of messages of params[0] bytes each. */
  blake2b512: row(
    [1, 1],
    { native: 'blake2b512', wasm: 'blake2b512' },
    ([messages], [length], out) => jsHash.blake2b512(messages, length, out),
    ([messages], [length]) => 64 * Math.floor(messages.length / Math.max(length, 1)),
    BLAKE2B_RATE,
  ),
  /** Roots of consecutive segments with params[0] leaves in all. */
  segmentRoots: row(
    [1, 1],
    { native: 'segmentRoots', wasm: 'segment_roots' },
    ([data], [leaves], out) => jsMerkle.segmentRoots(data, leaves, out),
    (_, [leaves]) => HASH_BYTES * Math.ceil(leaves / SEGMENT_SECTORS),
    KECCAK_RATE,
  ),
  /** Roots of the perfect subtrees of params[0] leaves of one segment, largest first. */
  peaks: row(
    [1, 1],
    { native: 'peaks', wasm: 'peaks' },
    ([data], [leaves], out) => jsMerkle.peaks(data, leaves, out),
    (_, [leaves]) => HASH_BYTES * peakHeights(leaves).length,
    KECCAK_RATE,
  ),
  /** All levels above leaf hashes. */
  merkleLevels: row(
    [1, 0],
    { native: 'merkleLevels', wasm: 'merkle_levels' },
    ([leaves], _, out) => jsMerkle.merkleLevels(leaves, out),
    ([leaves]) => jsMerkle.levelsBytes(Math.floor(leaves.length / HASH_BYTES)),
    KECCAK_RATE,
  ),
  /** Inclusion proof: inputs root, content, lemma, path; params index, leaf count, content bytes, leaf sectors. Gives a verdict record. */
  verifyInclusion: row(
    [4, 4],
    { native: 'verifyInclusion', wasm: 'verify_inclusion' },
    jsMerkle.verifyInclusion,
    () => VERDICT_BYTES,
    KECCAK_RATE,
  ),
  /** Seals pieces of 4096 bytes: inputs plain, miner id, context digest; params[0] is the first piece's sector in the flow. */
  seal: row([3, 1], { native: 'seal', wasm: 'seal' }, undefined, ([plain]) => plain.length, SEAL_RATE),
  /** What `seal` did, undone: inputs sealed, miner id, context digest; params[0] as there. */
  unseal: row([3, 1], { native: 'unseal', wasm: 'unseal' }, jsPora.unseal, ([sealed]) => sealed.length, SEAL_RATE),
  /** Scratch pads of nonces and where they lead: input a job, params first nonce and count. Gives `SEEK_BYTES` for each. */
  seek: row(
    [1, 2],
    { native: 'seek', wasm: 'seek' },
    undefined,
    (_, [, count]) => SEEK_BYTES * count,
    KECCAK_RATE,
    (_, [, count]) => PAD_WORK * count,
  ),
  /** Tries the seals of loads: inputs job, rows of `seek`, loads, bitmaps of seals that are there. Gives a bitmap of hits for each. */
  mix: row(
    [4, 0],
    { native: 'mix', wasm: 'mix' },
    undefined,
    ([, rows]) => 8 * Math.floor(rows.length / SEEK_BYTES),
    BLAKE2B_RATE,
    ([, rows]) => LOAD_SEALS * TRY_WORK * (rows.length / SEEK_BYTES),
  ),
  /** Every step of one answer's PoRA: inputs header, seal offset, sealed data. */
  poraSteps: row(
    [3, 0],
    { native: 'poraSteps', wasm: 'pora_steps' },
    jsPora.poraSteps,
    () => jsPora.STEPS_BYTES,
    KECCAK_RATE,
    () => PAD_WORK + TRY_WORK,
  ),
  /** Shards from others: inputs shards, present, wanted, matrix; params code, data, parity, bytes of a shard. */
  erasureSolve: row(
    [4, 4],
    { native: 'erasureSolve', wasm: 'erasure_solve' },
    jsErasure.solve,
    ([, , wanted], [, , , shardBytes]) => wanted.length * shardBytes,
    PRODUCT_RATE,
    ([, , wanted], [, data, , shardBytes]) => data * wanted.length * shardBytes,
  ),
  /** Shards from others, some at a time: inputs sums, shards, given, present, wanted, matrix; params as `erasureSolve`. */
  erasureAdd: row(
    [6, 4],
    { native: 'erasureAdd', wasm: 'erasure_add' },
    jsErasure.addTo,
    ([sums]) => sums.length,
    PRODUCT_RATE,
    ([, shards, , , wanted]) => wanted.length * shards.length,
  ),
  /** Whether parity fits the data: inputs all shards, matrix; params as `erasureSolve`. Gives where it first does not. */
  erasureVerify: row(
    [2, 4],
    { native: 'erasureVerify', wasm: 'erasure_verify' },
    jsErasure.verify,
    () => jsErasure.DIFFERENCE_BYTES,
    PRODUCT_RATE,
    (_, [, data, parity, shardBytes]) => data * parity * shardBytes,
  ),
  /** Checks a custom matrix and the numbers of any code: input matrix, params code, data, parity. Gives nothing. */
  erasureCheck: row([1, 3], { native: 'erasureCheck', wasm: 'erasure_check' }, jsErasure.check, () => 0, PRODUCT_RATE),
  /** Leaves of chunks of params[0] bytes each. */
  erasureChunkHashes: row(
    [1, 1],
    { native: 'erasureChunkHashes', wasm: 'erasure_chunk_hashes' },
    jsErasure.chunkHashes,
    ([chunks], [length]) => HASH_BYTES * Math.floor(chunks.length / Math.max(length, 1)),
    BLAKE2B_RATE,
  ),
  /** All levels above nodes of an erasure code's trees. */
  erasureLevels: row(
    [1, 0],
    { native: 'erasureLevels', wasm: 'erasure_levels' },
    jsErasure.levels,
    ([nodes]) => jsMerkle.levelsBytes(Math.floor(nodes.length / HASH_BYTES)),
    BLAKE2B_RATE,
    // A block of 128 bytes for each pair.
    ([nodes]) => 2 * nodes.length,
  ),
}

export type KernelName = keyof typeof KERNELS

/** Seconds that a call is expected to take on one core of a tier. */
export function expectedSeconds(call: KernelCall, tier: Tier): number {
  const { work, rate } = KERNELS[call.kernel] as Kernel
  const bytes = work ? work(call.inputs, call.params) : call.inputs.reduce((sum, input) => sum + input.length, 0)
  return bytes / rate[tier]
}
