// @ts-check
/** The bytes that every subject works on: the same in every process, incompressible, with no zero sectors. */

/** @param {number} length */
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
