import { asBytes, concatBytes, toCount } from '../../bytes.js'
import { ZgkitError } from '../../errors.js'
import { MAX_SHARDS } from '../../limits.js'

/** Bytes of the length in front. */
const LENGTH_BYTES = 8

/**
 * Cuts bytes into `count` data shards of one length, with their length in front and zeros behind (SPEC.md section 12, Framed shards).
 * No bytes are allowed too.
 * @throws {ZgkitError} `RANGE` for no shards, `LIMIT_EXCEEDED` for more than 256, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function splitShards(bytes: ArrayBufferView | ArrayBufferLike, count: number): Uint8Array[] {
  const given = asBytes(bytes, 'bytes')
  checkCount(toCount(count, 'count'))
  const length = Math.ceil((LENGTH_BYTES + given.length) / count)
  const framed = new Uint8Array(count * length)
  new DataView(framed.buffer).setBigUint64(0, BigInt(given.length), true)
  framed.set(given, LENGTH_BYTES)
  return Array.from({ length: count }, (_, i) => framed.subarray(i * length, (i + 1) * length))
}

/**
 * The bytes that {@link splitShards} cut into these data shards. No corruption is detected, but only the one form is accepted.
 * @throws {ZgkitError} `RANGE` for no shards, `LIMIT_EXCEEDED` for more than 256; `BUFFER_LENGTH` unless all have one length;
 *   `CONTENT_LENGTH` unless it is the one that belongs to the length in front; `PADDING_NONZERO` with the place of the first byte;
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function joinShards(shards: readonly (ArrayBufferView | ArrayBufferLike)[]): Uint8Array {
  if (!Array.isArray(shards)) throw new ZgkitError('INVALID_ARGUMENT', 'shards must be an array')
  checkCount(shards.length)
  const parts = shards.map(shard => asBytes(shard, 'shard'))
  const length = parts[0]?.length as number
  const other = parts.find(part => part.length !== length)
  if (other) throw mismatch('BUFFER_LENGTH', 'shards have one length', length, other.length)
  const framed = concatBytes(parts)
  if (framed.length < LENGTH_BYTES) {
    throw mismatch('CONTENT_LENGTH', 'shards begin with a length', Math.ceil(LENGTH_BYTES / parts.length), length)
  }
  const size = new DataView(framed.buffer).getBigUint64(0, true)
  const count = BigInt(parts.length)
  const expected = (size + BigInt(LENGTH_BYTES) + count - 1n) / count
  if (expected !== BigInt(length)) {
    throw mismatch('CONTENT_LENGTH', 'shards have the length that belongs to their bytes', expected, length)
  }
  const end = LENGTH_BYTES + Number(size)
  const place = framed.subarray(end).findIndex(byte => byte !== 0)
  if (place >= 0) {
    throw mismatch('PADDING_NONZERO', 'behind the bytes are zeros', Number(size), Number(size) + place)
  }
  return framed.slice(LENGTH_BYTES, end)
}

function checkCount(count: number): void {
  if (count === 0) throw new ZgkitError('RANGE', 'there is at least one shard')
  if (count > MAX_SHARDS) throw mismatch('LIMIT_EXCEEDED', `at most ${MAX_SHARDS} shards`, MAX_SHARDS, count)
}

function mismatch(code: ZgkitError['code'], rule: string, expected: number | bigint, got: number): ZgkitError {
  return new ZgkitError(code, `${rule}: expected ${expected}, got ${got}`, { expected, got })
}
