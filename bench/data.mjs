// @ts-check
/** The bytes that every subject works on, the same in every process, and what is compared of those that it gives. */
import { createHash } from 'node:crypto'

/**
 * Incompressible, with no zero sectors.
 * @param {number} length
 */
export function patternBytes(length) {
  const words = new Uint32Array(Math.ceil(length / 4))
  let x = 0x9e3779b9
  for (let i = 0; i < words.length; i += 1) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, length)
}

/**
 * SHA3-256 in hex: programs make it too.
 * @param {Uint8Array | readonly Uint8Array[]} result bytes or pieces of bytes
 */
export function checkValue(result) {
  const hash = createHash('sha3-256')
  for (const piece of result instanceof Uint8Array ? [result] : result) hash.update(piece)
  return hash.digest('hex')
}
