import { concatBytes, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { ADDRESS_BYTES } from './task.js'
import { uintOf, word } from './uint.js'

/** Bytes of a word of the contract ABI. */
export const WORD = 32

/** An address as a word. */
export function addressWord(address: Uint8Array): Uint8Array {
  return concatBytes([new Uint8Array(WORD - ADDRESS_BYTES), address])
}

/** `bytes` as the ABI has them: their length, then they, continued with zeros to whole words. */
export function bytesWords(bytes: Uint8Array): Uint8Array {
  const padding = new Uint8Array(wholeWords(bytes.length) - bytes.length)
  return concatBytes([word(BigInt(bytes.length)), bytes, padding])
}

/** The smallest multiple of a word that is not below `length`. */
export function wholeWords(length: number): number {
  return Math.ceil(length / WORD) * WORD
}

/** The error of bytes that are not the one canonical form of what they stand for. */
export function malformed(what: string, expected: unknown, got: unknown): ZgkitError {
  return new ZgkitError('DATA_FORMAT', `${what} must be ${String(expected)}, got ${String(got)}`, { expected, got })
}

/** Requires a length to be exactly the one that follows from what was read. */
export function requireLength(expected: number, got: number): void {
  if (got === expected) return
  throw new ZgkitError('BUFFER_LENGTH', `the data must be ${expected} bytes, got ${got}`, { expected, got })
}

/** Reads encoded bytes in order, and nothing twice. Running out of them is `BUFFER_LENGTH`. */
export class Reader {
  /** How many bytes were read. */
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#bytes.length - this.at
  }

  /** The next bytes, copied. */
  bytes(length: number): Uint8Array {
    if (length > this.left) requireLength(this.at + length, this.#bytes.length)
    this.at += length
    return this.#bytes.slice(this.at - length, this.at)
  }

  /** The next big-endian integer of `bytes` bytes. */
  uint(bytes: number): bigint {
    return uintOf(this.bytes(bytes))
  }

  /**
   * A word that holds an integer of fewer bits.
   * @throws {ZgkitError} `RANGE` above `most`
   */
  word(name: string, most: bigint): bigint {
    const got = this.uint(WORD)
    if (got > most) {
      throw new ZgkitError('RANGE', `${name} must be at most ${most}, got ${got}`, { name, expected: most, got })
    }
    return got
  }

  /** A word that can only be this: an offset. */
  offset(expected: number): void {
    const got = this.uint(WORD)
    if (got !== BigInt(expected)) throw malformed('an offset', expected, got)
  }

  /** A word that holds an address. */
  address(): Uint8Array {
    this.zeros(WORD - ADDRESS_BYTES)
    return this.bytes(ADDRESS_BYTES)
  }

  /** Bytes that can only be zero. */
  zeros(length: number): void {
    const got = this.bytes(length)
    if (got.some(byte => byte !== 0)) throw malformed('padding', 'zero', toHex(got))
  }

  /** That everything was read. */
  end(): void {
    requireLength(this.at, this.#bytes.length)
  }
}
