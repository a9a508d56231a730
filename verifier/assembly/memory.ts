/**
 * Where things lie in the module's memory. There is no heap: every region is fixed, and the tables of keccak.ts and
 * blake2b.ts stand at 0x1000, where the build puts static data.
 */

/** What a call gives: up to 256 bytes. */
export const OUT: usize = 0x000
/** The running node of a climb, 32 bytes. */
export const NODE: usize = 0x100
/** Two nodes side by side, 64 bytes. */
export const PAIR: usize = 0x140
/** The zero root of the level that a climb is on, 32 bytes. */
export const ZERO_ROOT: usize = 0x180
/** Never written: a sector of zeros. */
export const ZEROS: usize = 0x200
/** The state of Keccak, 25 lanes. */
export const KECCAK: usize = 0x300
/** The state of BLAKE2b: chain value (64 bytes), working vector (128), last block (128). */
export const BLAKE2B: usize = 0x400
/** The nodes of a segment's tree (32 KiB), or the message of a PoRA hash (4224 bytes). */
export const NODES: usize = 0x2000
/** A scratch pad (16 KiB), or a seal's plain bytes. */
export const PAD: usize = 0xa000
/** Where the host puts what a call takes. */
export const INPUT: usize = 0xe000

/** Most bytes that a call takes: a proof of 2^20 leaves with 2^16 siblings has 44 MiB. */
const MAX_INPUT: u32 = 1 << 26
const PAGE: u32 = 1 << 16

/** Makes room for `bytes` of input; whether there is room. */
export function reserve(bytes: u32): bool {
  if (bytes > MAX_INPUT) return false
  const pages = (<u32>INPUT + bytes + PAGE - 1) / PAGE
  const missing = <i32>pages - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}

/** Whether the memory has `bytes` of input. */
export function holds(bytes: u64): bool {
  return <u64>INPUT + bytes <= <u64>memory.size() * PAGE
}

/** Copies `bytes`, a multiple of 8. */
export function copy(to: usize, from: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 8) store<u64>(to + i, load<u64>(from + i))
}

/** Writes the exclusive-or of two words of 32 bytes. */
export function mask(to: usize, word: usize, by: usize): void {
  for (let i: usize = 0; i < 32; i += 8) store<u64>(to + i, load<u64>(word + i) ^ load<u64>(by + i))
}

/** Whether two hashes are the same. */
export function same(a: usize, b: usize): bool {
  return (
    load<u64>(a) === load<u64>(b) &&
    load<u64>(a, 8) === load<u64>(b, 8) &&
    load<u64>(a, 16) === load<u64>(b, 16) &&
    load<u64>(a, 24) === load<u64>(b, 24)
  )
}
