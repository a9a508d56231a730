/** BLAKE2b with 64 bytes of output, no key, no salt (SPEC.md, notation; RFC 7693). */
import { BLAKE2B, copy } from './memory'

const BLOCK: u32 = 128
const CHAIN: usize = BLAKE2B
const VECTOR: usize = BLAKE2B + 64
const LAST: usize = BLAKE2B + 192

/** Length of the output, no key, one leaf. */
const PARAMETERS: u64 = 0x01010040

/** The fractional parts of the square roots of the first eight primes. */
const IV: usize = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
  0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
])

/** Which word of the message each step of a round takes; rounds 10 and 11 are 0 and 1 again. */
const SIGMA: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3, 11, 8, 12,
  0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4, 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8, 9, 0, 5, 7, 2, 4, 10,
  15, 14, 1, 11, 12, 6, 8, 3, 13, 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9, 12, 5, 1, 15, 14, 13, 4, 10, 0,
  7, 6, 3, 9, 2, 8, 11, 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10, 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7,
  1, 4, 10, 5, 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
])

/** Hashes `length` bytes; the 64 of the digest may lie over them. */
export function blake2b(from: usize, length: u32, to: usize): void {
  copy(CHAIN, IV, 64)
  store<u64>(CHAIN, load<u64>(CHAIN) ^ PARAMETERS)
  let done: u32 = 0
  for (; length - done > BLOCK; done += BLOCK) compress(from + done, done + BLOCK, false)
  for (let i: u32 = 0; i < BLOCK; i++) {
    store<u8>(LAST + i, done + i < length ? load<u8>(from + done + i) : 0)
  }
  compress(LAST, length, true)
  copy(to, CHAIN, 64)
}

/** One block; `counter` is how many bytes of the message there are up to its end. */
function compress(block: usize, counter: u64, last: bool): void {
  copy(VECTOR, CHAIN, 64)
  copy(VECTOR + 64, IV, 64)
  store<u64>(VECTOR, load<u64>(VECTOR, 8 * 12) ^ counter, 8 * 12)
  if (last) store<u64>(VECTOR, ~load<u64>(VECTOR, 8 * 14), 8 * 14)
  for (let round: u32 = 0; round < 12; round++) {
    const order = SIGMA + 16 * (round % 10)
    for (let column: usize = 0; column < 4; column++) {
      mix(block, order + 2 * column, column, column + 4, column + 8, column + 12)
    }
    for (let row: usize = 0; row < 4; row++) {
      mix(block, order + 8 + 2 * row, row, 4 + ((row + 1) & 3), 8 + ((row + 2) & 3), 12 + ((row + 3) & 3))
    }
  }
  for (let i: usize = 0; i < 64; i += 8) {
    store<u64>(CHAIN + i, load<u64>(CHAIN + i) ^ load<u64>(VECTOR + i) ^ load<u64>(VECTOR + 64 + i))
  }
}

/** The function G of four words of the vector and two of the message. */
function mix(block: usize, order: usize, i: usize, j: usize, k: usize, l: usize): void {
  let a = load<u64>(VECTOR + 8 * i)
  let b = load<u64>(VECTOR + 8 * j)
  let c = load<u64>(VECTOR + 8 * k)
  let d = load<u64>(VECTOR + 8 * l)
  a += b + load<u64>(block + 8 * <usize>load<u8>(order))
  d = rotr<u64>(d ^ a, 32)
  c += d
  b = rotr<u64>(b ^ c, 24)
  a += b + load<u64>(block + 8 * <usize>load<u8>(order, 1))
  d = rotr<u64>(d ^ a, 16)
  c += d
  b = rotr<u64>(b ^ c, 63)
  store<u64>(VECTOR + 8 * i, a)
  store<u64>(VECTOR + 8 * j, b)
  store<u64>(VECTOR + 8 * k, c)
  store<u64>(VECTOR + 8 * l, d)
}
