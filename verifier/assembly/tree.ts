/** Trees over sectors, and ways up from a node (SPEC.md sections 3, 4 and 7). */
import { keccak } from './keccak'
import { copy, NODE, NODES, PAIR, ZERO_ROOT, ZEROS } from './memory'

export const HASH: u32 = 32
export const SECTOR: u32 = 256
/** Most sectors under one leaf: a segment. */
export const MAX_LEAF_SECTORS: u32 = 1024
/** Most siblings on the way from one leaf. */
export const MAX_SIBLINGS: u32 = 64
const MAX_COUNT: f64 = 9007199254740991

/** Whether a number of the host's is an integer from 0 to 2^53 - 1. */
export function isCount(number: f64): bool {
  return number >= 0 && number <= MAX_COUNT && Math.floor(number) === number
}

/** Puts the root of a tree over `sectors` sectors in NODE: those of the content, then zeros. */
export function leafRoot(content: usize, contentSectors: u32, sectors: u32): void {
  if (contentSectors < sectors) keccak(ZEROS, SECTOR, ZERO_ROOT)
  for (let i: u32 = 0; i < sectors; i++) {
    if (i < contentSectors) keccak(content + i * SECTOR, SECTOR, NODES + i * HASH)
    else copy(NODES + i * HASH, ZERO_ROOT, HASH)
  }
  for (let width = sectors; width > 1; width = (width + 1) >> 1) {
    const pairs = width >> 1
    for (let i: u32 = 0; i < pairs; i++) keccak(NODES + 2 * i * HASH, 2 * HASH, NODES + i * HASH)
    // An unpaired last node goes up unchanged.
    if (width & 1) copy(NODES + pairs * HASH, NODES + (width - 1) * HASH, HASH)
  }
  copy(NODE, NODES, HASH)
}

/** The parent of NODE and a sibling becomes NODE. */
export function join(isLeft: bool, sibling: usize): void {
  copy(PAIR, isLeft ? NODE : sibling, HASH)
  copy(PAIR + HASH, isLeft ? sibling : NODE, HASH)
  keccak(PAIR, 2 * HASH, NODE)
}

/**
 * Takes NODE up a tree that is filled to a power of two: bit `bit` of the position, 32 big-endian bytes, says which child it is
 * first, and so on.
 */
export function climb(position: usize, bit: u32, siblings: usize, count: u32): void {
  for (let k: u32 = 0; k < count; k++, bit++) {
    const isRight = (load<u8>(position + 31 - (bit >> 3)) >> <u8>(bit & 7)) & 1
    join(!isRight, siblings + k * HASH)
  }
}
