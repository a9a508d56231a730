import { HASH_BYTES } from '../limits.js'

/** The largest power of two below `leaves`, which is at least 2: the leaves of the left subtree. */
export function leftLeaves(leaves: number): number {
  let left = 1
  while (left * 2 < leaves) left *= 2
  return left
}

/** Directions from leaf `index` (below `leaves`) up to the root: `true` where the running node is the left child. */
export function path(index: number, leaves: number): boolean[] {
  const directions: boolean[] = []
  let [at, rest] = [index, leaves]
  while (rest > 1) {
    const left = leftLeaves(rest)
    const isLeft = at < left
    directions.push(isLeft)
    if (!isLeft) at -= left
    rest = isLeft ? left : rest - left
  }
  return directions.reverse()
}

/** The index that a path (1 = left child, bottom to top) leads to, or `undefined` if it does not end at a leaf. */
export function walk(directions: Uint8Array, leaves: number): number | undefined {
  let [index, rest] = [0, leaves]
  for (let k = directions.length - 1; k >= 0; k--) {
    if (rest <= 1) return undefined
    const left = leftLeaves(rest)
    if (directions[k] === 1) {
      rest = left
    } else {
      index += left
      rest -= left
    }
  }
  return rest === 1 ? index : undefined
}

/** Siblings of leaf `index`, bottom to top, from the leaves and all levels above them. Levels on which its node is alone add nothing. */
export function siblings(leaves: Uint8Array, levels: Uint8Array, index: number): Uint8Array[] {
  const found: Uint8Array[] = []
  let [level, above, at] = [leaves, levels, index]
  while (level.length > HASH_BYTES) {
    const sibling = at % 2 === 0 ? at + 1 : at - 1
    if (sibling * HASH_BYTES < level.length) found.push(hashAt(level, sibling))
    const length = Math.ceil(level.length / HASH_BYTES / 2) * HASH_BYTES
    level = above.subarray(0, length)
    above = above.subarray(length)
    at = Math.floor(at / 2)
  }
  return found
}

/** Node `index` of the level at this height, which has it, from the leaves and all levels above them. */
export function nodeAt(leaves: Uint8Array, levels: Uint8Array, height: number, index: number): Uint8Array {
  let [offset, length] = [0, leaves.length / HASH_BYTES]
  for (let below = 0; below < height; below++) {
    if (below > 0) offset += length
    length = Math.ceil(length / 2)
  }
  return height === 0 ? hashAt(leaves, index) : hashAt(levels, offset + index)
}

/** Hash `index` of hashes one after the other: memory of its own. */
export function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return hashes.slice(index * HASH_BYTES, (index + 1) * HASH_BYTES)
}
