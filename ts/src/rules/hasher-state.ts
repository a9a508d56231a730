import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, equalBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, SECTOR_BYTES } from '../limits.js'
import { peakHeights } from './submission.js'

/** What a state begins with: the format and its version. */
const FORMAT = new TextEncoder().encode('zgkit hasher 1\0\0')
/** Bytes before the roots: format and size. */
const HEAD_BYTES = FORMAT.length + 8
/** Bytes of the shortest state: of no bytes at all. */
const MIN_BYTES = HEAD_BYTES + HASH_BYTES

/** What a file hasher has seen so far (SPEC.md section 17). */
export interface HasherState {
  /** Bytes so far. */
  readonly size: number
  /** Roots of the perfect subtrees of the whole sectors so far, highest first. Their heights follow from the size. */
  readonly roots: readonly Uint8Array[]
  /** The bytes behind them: fewer than a sector. */
  readonly tail: Uint8Array
}

/** Heights of the perfect subtrees that the whole sectors of `size` bytes make up, highest first. */
export function stateHeights(size: number): number[] {
  return peakHeights(Math.floor(size / SECTOR_BYTES))
}

/** The state as bytes. */
export function encodeState({ size, roots, tail }: HasherState): Uint8Array {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setBigUint64(0, BigInt(size), true)
  const content = concatBytes([FORMAT, number, ...roots, tail])
  return concatBytes([content, keccak_256(content)])
}

/**
 * Reads a state: memory of its own.
 * @throws {ZgkitError} `STATE_FORMAT` for what {@link encodeState} never gives
 */
export function decodeState(bytes: Uint8Array): HasherState {
  const state = read(bytes)
  if (!state) throw new ZgkitError('STATE_FORMAT', 'these bytes are no state of a hasher, or are damaged')
  return state
}

function read(bytes: Uint8Array): HasherState | undefined {
  if (bytes.length < MIN_BYTES || !equalBytes(bytes.subarray(0, FORMAT.length), FORMAT)) return undefined
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(FORMAT.length, true))
  if (!Number.isSafeInteger(size)) return undefined
  // The length is known before anything is hashed.
  const heights = stateHeights(size)
  const tailAt = HEAD_BYTES + heights.length * HASH_BYTES
  const end = tailAt + (size % SECTOR_BYTES)
  if (bytes.length !== end + HASH_BYTES) return undefined
  if (!equalBytes(keccak_256(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const roots = heights.map((_, i) => bytes.slice(HEAD_BYTES + i * HASH_BYTES, HEAD_BYTES + (i + 1) * HASH_BYTES))
  return { size, roots, tail: bytes.slice(tailAt, end) }
}
