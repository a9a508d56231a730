import { ZgkitError } from './errors.js'
import { HASH_BYTES } from './limits.js'

/** `0x` and two lower- or upper-case digits for each byte. */
export type Hex = `0x${string}`

/** A 32-byte hash: bytes, or hex text at the edge of a program. */
export type HashLike = Uint8Array | Hex

/** Bytes as `0x` and lower-case digits. */
export function toHex(bytes: Uint8Array): Hex {
  let text = ''
  for (const byte of asBytes(bytes, 'bytes')) text += byte.toString(16).padStart(2, '0')
  return `0x${text}`
}

/**
 * Bytes of `0x` hex text, either case.
 * @throws {ZgkitError} `INVALID_HEX`
 */
export function fromHex(text: string): Uint8Array {
  if (typeof text !== 'string' || !/^0x(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw new ZgkitError('INVALID_HEX', 'expected 0x and an even number of hex digits')
  }
  const bytes = new Uint8Array(text.length / 2 - 1)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16)
  return bytes
}

function wrongLength(name: string, got: number): ZgkitError {
  return new ZgkitError('BUFFER_LENGTH', `${name} must be ${HASH_BYTES} bytes, got ${got}`, {
    name,
    expected: HASH_BYTES,
    got,
  })
}

/**
 * A hash as 32 bytes of its own.
 * @throws {ZgkitError} `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER` or, for another length, `BUFFER_LENGTH`
 */
export function toHash(hash: HashLike, name: string): Uint8Array {
  // Text or bytes that are far too long are not worth reading.
  if (hash?.length > 4 * HASH_BYTES) throw wrongLength(name, hash.length)
  const bytes = typeof hash === 'string' ? fromHex(hash) : asBytes(hash, name).slice()
  if (bytes.length !== HASH_BYTES) throw wrongLength(name, bytes.length)
  return bytes
}

/**
 * The caller's bytes as a plain `Uint8Array` view: any typed array or `DataView` of any realm, or a buffer.
 * @throws {ZgkitError} `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function asBytes(value: unknown, name: string): Uint8Array {
  const view = ArrayBuffer.isView(value)
  const buffer = view ? value.buffer : value
  if (!isBuffer(buffer)) {
    throw new ZgkitError('INVALID_ARGUMENT', `${name} must be bytes`, { name })
  }
  try {
    // Over a detached buffer a view cannot be made; on Node 20 there is no other way to ask.
    const whole = new Uint8Array(buffer)
    if (!view) return whole
    const { byteOffset, byteLength } = value
    return whole.subarray(byteOffset, byteOffset + byteLength)
  } catch (cause) {
    throw new ZgkitError('DETACHED_BUFFER', `${name} was transferred elsewhere`, { name }, cause)
  }
}

/**
 * An object whose fields are about to be read.
 * @throws {ZgkitError} `INVALID_ARGUMENT`
 */
export function asObject<T>(value: T, name: string): T {
  if (typeof value === 'object' && value !== null) return value
  throw new ZgkitError('INVALID_ARGUMENT', `${name} must be an object`, { name })
}

/** Bytes that nobody else writes: a copy, or with `transfer` the caller's own buffer, taken away from it. */
export function ownBytes(value: unknown, name: string, transfer = false): Uint8Array {
  const bytes = asBytes(value, name)
  if (!transfer || isShared(bytes.buffer)) return bytes.slice()
  const { byteOffset, byteLength } = bytes
  const buffer = structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] })
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Bytes that no other thread writes: shared memory is copied, everything else is not. */
export function stableBytes(value: unknown, name: string): Uint8Array {
  const bytes = asBytes(value, name)
  return isShared(bytes.buffer) ? bytes.slice() : bytes
}

/**
 * The caller's memory for a result of `length` bytes, or new memory.
 * @param inputs what the result is made of: it must not lie there
 * @throws {ZgkitError} `BUFFER_LENGTH`, `BUFFER_OVERLAP`, `DETACHED_BUFFER`; `INVALID_ARGUMENT` for no bytes and for shared memory
 */
export function outBytes(value: unknown, length: number, ...inputs: Uint8Array[]): Uint8Array {
  if (value === undefined) return new Uint8Array(length)
  const out = asBytes(value, 'out')
  if (isShared(out.buffer)) throw new ZgkitError('INVALID_ARGUMENT', 'out must not be shared memory', { name: 'out' })
  if (out.length !== length) {
    throw new ZgkitError('BUFFER_LENGTH', `out must be ${length} bytes, got ${out.length}`, {
      name: 'out',
      expected: length,
      got: out.length,
    })
  }
  const [start, end] = [out.byteOffset, out.byteOffset + length]
  for (const input of inputs) {
    if (input.buffer !== out.buffer || start >= input.byteOffset + input.length || input.byteOffset >= end) continue
    throw new ZgkitError('BUFFER_OVERLAP', 'out overlaps the input', { name: 'out' })
  }
  return out
}

/** Whether two byte strings are equal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Byte strings one after the other. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** One view of parts that lie one after the other in one buffer, `undefined` of others and of memory that other threads may write. */
export function adjacentBytes(parts: readonly Uint8Array[]): Uint8Array | undefined {
  const [first] = parts
  if (!first || isShared(first.buffer)) return undefined
  let end = first.byteOffset
  for (const { buffer, byteOffset, byteLength } of parts) {
    if (buffer !== first.buffer || byteOffset !== end) return undefined
    end += byteLength
  }
  return new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset)
}

/** Whether two views have bytes in common. */
export function overlaps(a: Uint8Array, b: Uint8Array): boolean {
  const apart = a.byteOffset + a.length <= b.byteOffset || b.byteOffset + b.length <= a.byteOffset
  return a.buffer === b.buffer && !apart
}

/**
 * A count: an integer from 0 to 2^53 - 1, given as number or bigint.
 * @throws {ZgkitError} `RANGE`
 */
export function toCount(value: number | bigint, name: string): number {
  const number = typeof value === 'bigint' && value >= 0n && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0) {
    throw new ZgkitError('RANGE', `${name} must be an integer from 0 to 2^53 - 1, got ${String(value)}`, {
      name,
      got: value,
    })
  }
  return number
}

/** Whether it is a buffer, shared or not, of any realm: `Object.prototype.toString` answers where `instanceof` does not. */
export function isBuffer(value: unknown): value is ArrayBuffer {
  const tag = Object.prototype.toString.call(value)
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]'
}

function isShared(buffer: ArrayBufferLike): boolean {
  return Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
}
