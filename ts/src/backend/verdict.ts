import { codeNumber, codeOf, type KernelCode } from '../errors.js'
import { HASH_BYTES } from '../limits.js'
import { fail } from './fail.js'

/** Bytes of a verdict record; its layout stands at `VERDICT_BYTES` of the crate zgkit-merkle. */
export const VERDICT_BYTES = 88

/** Why a proof was rejected: the first check that failed and the two values that it compared. */
export interface Rejection {
  readonly code: KernelCode
  readonly expected?: number | Uint8Array | undefined
  readonly got?: number | Uint8Array | undefined
}

/** "No number": a path that ends at no leaf has no index. */
const NONE = 2n ** 64n - 1n

export function encodeVerdict(rejection: Rejection | undefined, out: Uint8Array): void {
  if (out.length !== VERDICT_BYTES) fail('BUFFER_LENGTH', VERDICT_BYTES, out.length)
  out.fill(0)
  if (!rejection) return
  const { code, expected, got } = rejection
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
  view.setUint32(0, codeNumber(code), true)
  if (expected instanceof Uint8Array && got instanceof Uint8Array) {
    out[4] = 1
    out.set(expected, 24)
    out.set(got, 24 + HASH_BYTES)
  } else {
    view.setBigUint64(8, expected === undefined ? NONE : BigInt(expected as number), true)
    view.setBigUint64(16, got === undefined ? NONE : BigInt(got as number), true)
  }
}

export function decodeVerdict(record: Uint8Array): Rejection | undefined {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const number = view.getUint32(0, true)
  if (number === 0) return undefined
  if (record[4] === 1) {
    return { code: codeOf(number), expected: record.slice(24, 56), got: record.slice(56) }
  }
  const value = (offset: number) => {
    const value = view.getBigUint64(offset, true)
    return value === NONE ? undefined : Number(value)
  }
  return { code: codeOf(number), expected: value(8), got: value(16) }
}
