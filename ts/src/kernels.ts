import * as jsHash from './backend/js/hash.js'
import * as jsMerkle from './backend/js/merkle.js'
import { VERDICT_BYTES } from './backend/verdict.js'
import { HASH_BYTES, SEGMENT_SECTORS } from './limits.js'
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

type Inputs<N extends number> = N extends 1
  ? readonly [Uint8Array]
  : readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
type Params<N extends number> = N extends 0
  ? readonly []
  : N extends 1
    ? readonly [number]
    : readonly [number, number, number, number]

/** A row of the table. */
export interface Kernel {
  /** Name in the addon; with `Sync` appended, the inline form. */
  readonly native: string
  /** Name of the WebAssembly export. */
  readonly wasm: string
  /** The JavaScript form; absent where the js tier answers `UNSUPPORTED_ON_TIER`. */
  readonly js?: (inputs: readonly Uint8Array[], params: readonly number[], out: Uint8Array) => void
  /** How many inputs and numbers it takes. */
  readonly arity: readonly [inputs: number, params: number]
  /** Bytes of the result. */
  readonly out: (inputs: readonly Uint8Array[], params: readonly number[]) => number
  /** Input bytes a second that a tier gets through on one slow core: decides what is short enough to stay on the calling thread. */
  readonly rate: Readonly<Record<Tier, number>>
}

/** A row whose functions see their exact arity. */
function row<I extends 1 | 4, P extends 0 | 1 | 4>(
  arity: readonly [I, P],
  names: { native: string; wasm: string },
  js: (inputs: Inputs<I>, params: Params<P>, out: Uint8Array) => void,
  out: (inputs: Inputs<I>, params: Params<P>) => number,
  rate: Record<Tier, number>,
): Kernel {
  return { ...names, arity, js: js as NonNullable<Kernel['js']>, out: out as Kernel['out'], rate }
}

const MB = 1e6
const KECCAK_RATE = { native: 150 * MB, 'wasm-simd': 80 * MB, wasm: 80 * MB, js: 8 * MB }
const BLAKE2B_RATE = { native: 600 * MB, 'wasm-simd': 300 * MB, wasm: 300 * MB, js: 30 * MB }

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
}

export type KernelName = keyof typeof KERNELS

/** Seconds that a call is expected to take on one core of a tier. */
export function expectedSeconds(call: KernelCall, tier: Tier): number {
  const bytes = call.inputs.reduce((sum, input) => sum + input.length, 0)
  return bytes / KERNELS[call.kernel].rate[tier]
}
