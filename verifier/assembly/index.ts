/**
 * Verification of 0G Storage proofs, written from SPEC.md.
 *
 * The host asks `reserve` for room, writes what a call takes from `INPUT` on, calls, and reads what it gives from `OUT` on
 * (memory.ts). Nothing here traps: lengths are checked before anything is read.
 */
import { blake2b } from './blake2b'
import { keccak } from './keccak'
import { copy, holds, INPUT, NODE, OUT } from './memory'
import { climb, HASH, leafRoot, MAX_LEAF_SECTORS, MAX_SIBLINGS, SECTOR } from './tree'

export { inclusion } from './inclusion'
export { INPUT, OUT, reserve } from './memory'
export { multiRoot } from './multi'
export { sealRoot, steps } from './pora'

/** Keccak-256 of the input's first `bytes` bytes. */
export function keccak256(bytes: u32): void {
  if (holds(bytes)) keccak(INPUT, bytes, OUT)
}

/** BLAKE2b-512 of the input's first `bytes` bytes. */
export function blake2b512(bytes: u32): void {
  if (holds(bytes)) blake2b(INPUT, bytes, OUT)
}

/** The root of the tree over `sectors` sectors, at most 1024: as many as the input has in `contentSectors`, then zeros. */
export function contentRoot(contentSectors: u32, sectors: u32): void {
  if (contentSectors > sectors || sectors - 1 >= MAX_LEAF_SECTORS) return
  leafRoot(INPUT, contentSectors, sectors)
  copy(OUT, NODE, HASH)
}

/** The flow root that a sector leads to. Input: its index as 32 big-endian bytes, its content, then siblings from the leaf up. */
export function sectorRoot(siblings: u32): void {
  if (siblings > MAX_SIBLINGS) return
  const content = INPUT + HASH
  leafRoot(content, 1, 1)
  climb(INPUT, 0, content + SECTOR, siblings)
  copy(OUT, NODE, HASH)
}
