import { ZgkitError } from '../errors.js'

/** An unsigned integer of the chain's: a bigint, or a number where that is exact. */
export type Uint = bigint | number

/**
 * An unsigned integer of `bits` bits as a bigint.
 * @throws {ZgkitError} `RANGE`
 */
export function toUint(value: Uint, bits: 16 | 40 | 64 | 128 | 256, name: string): bigint {
  const uint = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof uint !== 'bigint' || uint < 0n || uint >> BigInt(bits) !== 0n) {
    throw new ZgkitError('RANGE', `${name} must be an integer from 0 to 2^${bits} - 1, got ${String(value)}`, {
      name,
      got: value,
    })
  }
  return uint
}

/** The 32 big-endian bytes of an integer below 2^256: a word of the EVM. */
export function word(uint: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < 4; i++) view.setBigUint64(8 * i, (uint >> BigInt(64 * (3 - i))) & (2n ** 64n - 1n))
  return bytes
}

/** The big-endian integer that bytes spell. */
export function uintOf(bytes: Uint8Array): bigint {
  return bytes.reduce((uint, byte) => (uint << 8n) | BigInt(byte), 0n)
}

/** The 8 bytes of an integer below 2^64, big-endian unless `little`. */
export function bytes8(uint: bigint, little = false): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, uint, little)
  return bytes
}
