/** Proofs of many leaves at once (SPEC.md section 13). */

import { keccak } from './keccak'
import { copy, holds, INPUT, NODE, OUT, PAIR, ZERO_ROOT, ZEROS } from './memory'
import { HASH, isCount, join, SECTOR } from './tree'

/**
 * Gives the root that leaves and siblings lead to, and returns how many siblings that takes: with any other number the root means
 * nothing. -1 for leaves that are not in order within the tree, or do not fit the memory.
 *
 * Input: the leaves' indices (u64, little-endian), their hashes, the siblings.
 * @param count leaves of the tree
 * @param filled whether zero sectors fill the tree up to a power of two; otherwise an unpaired node goes up unchanged
 */
export function multiRoot(count: f64, filled: bool, leaves: u32, siblings: u32): i32 {
  const hashes = INPUT + 8 * leaves
  if (leaves === 0 || !isCount(count)) return -1
  if (!holds(40 * <u64>leaves + 32 * <u64>siblings)) return -1
  let width = <u64>count
  for (let i: u32 = 0; i < leaves; i++) {
    const next = i + 1 < leaves ? indexOf(i + 1) : width
    if (indexOf(i) >= next) return -1
  }
  let sibling = hashes + HASH * leaves
  const end = sibling + HASH * siblings
  let taken = 0
  keccak(ZEROS, SECTOR, ZERO_ROOT)
  for (; width > 1; width = (width + 1) >> 1) {
    let parents: u32 = 0
    for (let i: u32 = 0; i < leaves; i++) {
      const index = indexOf(i)
      copy(NODE, hashes + i * HASH, HASH)
      if (i + 1 < leaves && indexOf(i + 1) === (index | 1) && (index & 1) === 0) {
        i++
        join(true, hashes + i * HASH)
      } else if ((index | 1) === width) {
        // The last node has nothing beside it.
        if (filled) join(true, ZERO_ROOT)
      } else {
        taken++
        if (sibling < end) join((index & 1) === 0, sibling)
        sibling += HASH
      }
      store<u64>(INPUT + 8 * parents, index >> 1)
      copy(hashes + parents * HASH, NODE, HASH)
      parents++
    }
    leaves = parents
    copy(PAIR, ZERO_ROOT, HASH)
    copy(PAIR + HASH, ZERO_ROOT, HASH)
    keccak(PAIR, 2 * HASH, ZERO_ROOT)
  }
  copy(OUT, hashes, HASH)
  return taken
}

function indexOf(i: u32): u64 {
  return load<u64>(INPUT + 8 * i)
}
