import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, type HashLike, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_NODE_HEIGHT, SECTOR_BYTES } from '../limits.js'
import { type FileLayout, fileLayout } from './layout.js'

/** Heights of one submission span less than this. */
const MAX_HEIGHT_SPREAD = 4

/** What a submission of a file amounts to, known from its length alone. */
export interface SubmissionPlan extends FileLayout {
  /** Bytes that the network stores: padded sectors times 256. */
  readonly paddedSize: number
  /** Bytes of it that are padding. */
  readonly paddingBytes: number
  /** The submission's nodes, highest first: each covers 2^`height` sectors from `firstSector` on. */
  readonly nodes: readonly { readonly height: number; readonly firstSector: number; readonly sectors: number }[]
}

/**
 * Plans the submission of a file of `size` bytes: padding and nodes (SPEC.md section 5).
 * @throws {ZgkitError} `EMPTY_INPUT` for 0, `RANGE` if `size` is no count
 */
export function planSubmission(size: number | bigint): SubmissionPlan {
  const layout = fileLayout(size)
  const nodes = []
  let firstSector = 0
  for (const height of peakHeights(layout.paddedSectors)) {
    const sectors = 2 ** height
    nodes.push({ height, firstSector, sectors })
    firstSector += sectors
  }
  const paddedSize = layout.paddedSectors * SECTOR_BYTES
  return { ...layout, paddedSize, paddingBytes: paddedSize - layout.size, nodes }
}

/** Heights of the perfect subtrees that make up `leaves` leaves, highest first. */
export function peakHeights(leaves: number): number[] {
  const heights = []
  for (let [height, rest] = [0, leaves]; rest > 0; height++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) heights.push(height)
  }
  return heights.reverse()
}

/** The submission's identity: Keccak-256 over its nodes' roots, one after the other. */
export function submissionDigest(roots: readonly HashLike[]): Uint8Array {
  return keccak_256(concatBytes(roots.map(root => toHash(root, 'node root'))))
}

/** The file root that the roots of a submission's nodes, at least one, fold to, from the right. */
export function fileRootOf(roots: readonly Uint8Array[]): Uint8Array {
  return roots.reduceRight((right, left) => keccak_256(concatBytes([left, right])))
}

/**
 * Sectors that nodes of these heights take up.
 * @throws {ZgkitError} `RANGE` for a height above 64, `LIMIT_EXCEEDED` above 64 nodes
 */
export function submissionCapacity(heights: readonly number[]): bigint {
  if (heights.length > MAX_NODE_HEIGHT) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_NODE_HEIGHT} nodes, got ${heights.length}`)
  }
  return heights.reduce((sum, height) => {
    if (toCount(height, 'height') > MAX_NODE_HEIGHT) {
      throw new ZgkitError('RANGE', `height must be at most ${MAX_NODE_HEIGHT}, got ${height}`, { got: height })
    }
    return sum + (1n << BigInt(height))
  }, 0n)
}

/**
 * Whether the flow contract accepts a submission of `length` bytes with nodes of these heights.
 * @throws {ZgkitError} `RANGE` where the contract's subtraction reverts: the last node is higher than the first
 */
export function isValidSubmission(length: number | bigint, heights: readonly number[]): boolean {
  const [first, last] = [heights[0], heights.at(-1)]
  if (first === undefined || last === undefined) return false
  if (last > first) throw new ZgkitError('RANGE', 'the last node is higher than the first', { first, last })
  const descending = heights.every((height, i) => i === 0 || height < (heights[i - 1] as number))
  if (first - last >= MAX_HEIGHT_SPREAD || first >= MAX_NODE_HEIGHT || !descending) return false
  const capacity = submissionCapacity(heights)
  // The capacity that the next smaller padded file would have had.
  let smaller = capacity - 1n
  if (capacity >= 16n) {
    smaller = capacity - (heights.length === 1 ? capacity / 16n : 1n << BigInt(first - 3))
  }
  const bytes = BigInt(typeof length === 'bigint' ? length : toCount(length, 'length'))
  const sector = BigInt(SECTOR_BYTES)
  return smaller * sector < bytes && bytes <= capacity * sector
}
