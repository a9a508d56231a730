/** The largest power of two below `leaves`, which is at least 2: the leaves of the left subtree. */
function leftLeaves(leaves: number): number {
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
