import type { Engine } from '../backend/choose.js'
import { concatBytes } from '../bytes.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'
import { type Code, codeNumberOf } from '../rules/erasure/code.js'
import { dispatch } from '../run/dispatch.js'
import { atOnce, widthOf } from '../run/width.js'

/** Seconds that hashing a part of a stripe should take on one thread. */
const HASH_SECONDS = 0.008
/** Bytes of stripes under way, unless one alone has more. */
const MAX_BYTES_AT_ONCE = 2 ** 26

/** Stripes to have under way at once, when all chunks of one have so many bytes. */
export function stripesAtOnce(engine: Engine, stripeBytes: number): number {
  return Math.max(1, Math.min(atOnce(engine), Math.floor(MAX_BYTES_AT_ONCE / stripeBytes)))
}

/** The leaves of chunks of `length` bytes each, 32 bytes for each. */
export async function chunkHashes(engine: Engine, chunks: Uint8Array, length: number): Promise<Uint8Array> {
  const call = (start: number, end: number): KernelCall => ({
    kernel: 'erasureChunkHashes',
    inputs: [chunks.subarray(start, end)],
    params: [length],
  })
  const width = widthOf(engine, HASH_SECONDS, expectedSeconds(call(0, length), engine.backend.tier)) * length
  const parts: Promise<Uint8Array>[] = []
  for (let start = 0; start < chunks.length; start += width) {
    parts.push(dispatch(engine, call(start, Math.min(start + width, chunks.length)), false))
  }
  return concatBytes(await Promise.all(parts))
}

/** The shards of `wanted`, computed from those of `present`; both one after the other. */
export async function solve(
  engine: Engine,
  { name, data, parity, matrix }: Code,
  shards: Uint8Array,
  present: Uint8Array,
  wanted: Uint8Array,
): Promise<Uint8Array> {
  return dispatch(
    engine,
    {
      kernel: 'erasureSolve',
      inputs: [shards, present, wanted, matrix],
      params: [codeNumberOf(name), data, parity, shards.length / present.length],
    },
    false,
  )
}

/** The numbers from `start` to before `end`, a byte each. */
export function indices(start: number, end: number): Uint8Array {
  return new Uint8Array(end - start).map((_, i) => start + i)
}

/** Pieces of `length` bytes each: views. */
export function cut(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
}
