/** Proofs of file sectors and segments: checks 1 to 8 of SPEC.md section 4, and the verdict record of section 6. */
import { copy, INPUT, NODE, OUT, same } from './memory'
import { HASH, isCount, join, leafRoot, MAX_LEAF_SECTORS, MAX_SIBLINGS, SECTOR } from './tree'

const PROOF_FORMAT: u32 = 1
const INDEX_RANGE: u32 = 2
const CONTENT_LENGTH: u32 = 3
const PROOF_DEPTH: u32 = 4
const INDEX_MISMATCH: u32 = 5
const CONTENT_MISMATCH: u32 = 6
const ROOT_MISMATCH: u32 = 7
const LIMIT_EXCEEDED: u32 = 10
const RANGE: u32 = 11

/** A path that ends at no leaf leads nowhere. */
const NOWHERE: u64 = u64.MAX_VALUE

/**
 * Writes a verdict record (88 bytes) on a proof, and returns its code. Input, in a row: root, `entries` hashes of the lemma,
 * `steps` directions, the content of `bytes` bytes.
 * @param due how many bytes the content must have, a multiple of 256
 * @param leafSectors how many sectors, 1 to 1024, lie under the leaf
 */
export function inclusion(
  entries: u32,
  steps: u32,
  bytes: u32,
  index: f64,
  leafCount: f64,
  due: u32,
  leafSectors: u32,
): u32 {
  const room = leafSectors - 1 < MAX_LEAF_SECTORS && due <= leafSectors * SECTOR && due % SECTOR === 0
  if (!room || !isCount(index) || !isCount(leafCount)) return numbers(RANGE, 0, 0)
  if (steps > MAX_SIBLINGS) return numbers(LIMIT_EXCEEDED, MAX_SIBLINGS, steps)
  if (entries > MAX_SIBLINGS + 2) return numbers(LIMIT_EXCEEDED, MAX_SIBLINGS + 2, entries)
  const dueEntries = steps === 0 ? 1 : steps + 2
  if (entries !== dueEntries) return numbers(PROOF_FORMAT, dueEntries * HASH, entries * HASH)
  const lemma = INPUT + HASH
  const path = lemma + entries * HASH
  const content = path + steps
  for (let k: u32 = 0; k < steps; k++) {
    const direction = load<u8>(path + k)
    if (direction > 1) return numbers(PROOF_FORMAT, 1, direction)
  }
  const at = <u64>index
  const count = <u64>leafCount
  if (at >= count) return numbers(INDEX_RANGE, count, at)
  if (bytes !== due) return numbers(CONTENT_LENGTH, due, bytes)
  const depth = depthOf(at, count)
  if (steps !== depth) return numbers(PROOF_DEPTH, depth, steps)
  const reached = follow(path, steps, count)
  if (reached !== at) return numbers(INDEX_MISMATCH, at, reached)

  leafRoot(content, bytes / SECTOR, leafSectors)
  if (!same(lemma, NODE)) return hashes(CONTENT_MISMATCH, lemma, NODE)
  for (let k: u32 = 0; k < steps; k++) join(load<u8>(path + k) === 1, lemma + (k + 1) * HASH)
  const top = lemma + (entries - 1) * HASH
  if (!same(top, INPUT)) return hashes(ROOT_MISMATCH, INPUT, top)
  if (!same(NODE, INPUT)) return hashes(ROOT_MISMATCH, INPUT, NODE)
  return numbers(0, 0, 0)
}

/** How many levels up to the root have a sibling. */
function depthOf(index: u64, count: u64): u32 {
  let depth: u32 = 0
  for (; count > 1; count = (count + 1) >> 1) {
    const alone = (index & 1) === 0 && index + 1 === count
    if (!alone) depth++
    index >>= 1
  }
  return depth
}

/** The leaf that a path leads to, from the root down. */
function follow(path: usize, steps: u32, count: u64): u64 {
  let index: u64 = 0
  for (let k = steps; k > 0; k--) {
    if (count < 2) return NOWHERE
    // The largest power of two below the count.
    const left = (<u64>1) << (63 - clz<u64>(count - 1))
    if (load<u8>(path + k - 1)) {
      count = left
    } else {
      index += left
      count -= left
    }
  }
  return count === 1 ? index : NOWHERE
}

function numbers(code: u32, expected: u64, got: u64): u32 {
  for (let i: usize = 0; i < 88; i += 8) store<u64>(OUT + i, 0)
  store<u32>(OUT, code)
  store<u64>(OUT, expected, 8)
  store<u64>(OUT, got, 16)
  return code
}

function hashes(code: u32, expected: usize, got: usize): u32 {
  numbers(code, 0, 0)
  store<u32>(OUT, 1, 4)
  copy(OUT + 24, expected, HASH)
  copy(OUT + 56, got, HASH)
  return code
}
