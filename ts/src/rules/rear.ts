import { SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import type { FileLayout } from './layout.js'
import { leftLeaves } from './path.js'
import { zeroRoot } from './zero.js'

/** A sibling that must be a zero root. */
export interface ZeroSibling {
  /** Its number among the siblings, bottom to top. */
  readonly number: number
  readonly zero: Uint8Array
}

/** The siblings of segment `index` that lie wholly past the file's data, from the root down. */
export function rearSiblings(layout: FileLayout, index: number): ZeroSibling[] {
  const dataSegments = Math.ceil(layout.sectors / SEGMENT_SECTORS)
  const rights: (Uint8Array | undefined)[] = []
  let [first, leaves] = [0, layout.segments]
  while (leaves > 1) {
    const left = leftLeaves(leaves)
    const right = leaves - left
    const isLeft = index < first + left
    // Padding is less than the unit that files are padded to, so that a subtree within it is a perfect one.
    const isPast = isLeft && first + left >= dataSegments
    rights.push(isPast ? zeroRoot(SEGMENT_HEIGHT + Math.floor(Math.log2(right))) : undefined)
    if (!isLeft) first += left
    leaves = isLeft ? left : right
  }
  return rights.flatMap((zero, i) => (zero ? [{ number: rights.length - 1 - i, zero }] : []))
}
