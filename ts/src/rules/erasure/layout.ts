import { toCount } from '../../bytes.js'
import { ZgkitError } from '../../errors.js'
import { MAX_CHUNK_BYTES, MIN_CHUNK_BYTES } from '../../limits.js'

/** How a file is cut into stripes of chunks (SPEC.md section 12, Stripes). */
export interface StripeLayout {
  /** Data shards, and data chunks of a stripe. */
  readonly data: number
  /** Bytes of the file, at least 1. */
  readonly size: number
  /** Bytes of a chunk, except in the last stripe. */
  readonly chunk: number
  /** Number of stripes: chunks of a shard. */
  readonly stripes: number
  /** Bytes of a shard. */
  readonly shardBytes: number
}

/**
 * The layout of a file of `size` bytes on `data` data shards with chunks of `chunk` bytes.
 * @throws {ZgkitError} `EMPTY_INPUT` for a size of 0; `RANGE` if `size` is no count, without data shards, and for a chunk that is no
 *   power of two from 4 KiB to 1 MiB
 */
export function stripeLayout(data: number, chunk: number, size: number | bigint): StripeLayout {
  if (toCount(data, 'data') === 0) throw new ZgkitError('RANGE', 'there is at least one data shard')
  toCount(chunk, 'chunk')
  if (chunk < MIN_CHUNK_BYTES || chunk > MAX_CHUNK_BYTES || !Number.isInteger(Math.log2(chunk))) {
    throw new ZgkitError(
      'RANGE',
      `a chunk has a power of two from ${MIN_CHUNK_BYTES} to ${MAX_CHUNK_BYTES} bytes, got ${chunk}`,
      { got: chunk },
    )
  }
  const bytes = toCount(size, 'size')
  if (bytes === 0) throw new ZgkitError('EMPTY_INPUT', 'a file has at least one byte')
  const stride = data * chunk
  // Below 2^53 a quotient that is no integer is never rounded to one.
  const stripes = Math.ceil(bytes / stride)
  const whole = stripes - 1
  const last = Math.ceil((bytes - whole * stride) / data)
  return { data, size: bytes, chunk, stripes, shardBytes: whole * chunk + last }
}

/** Bytes of the file in stripe `stripe`, 0 past the end. */
export function stripeBytes({ data, chunk, size, stripes }: StripeLayout, stripe: number): number {
  const stride = data * chunk
  return stripe >= stripes ? 0 : Math.min(stride, size - stripe * stride)
}

/** Bytes of each chunk of stripe `stripe`, 0 past the end. */
export function chunkBytes(layout: StripeLayout, stripe: number): number {
  return Math.ceil(stripeBytes(layout, stripe) / layout.data)
}
