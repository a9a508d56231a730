import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_NODE_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { toUint, type Uint } from './uint.js'

/** Where the flow puts a submission; everything in sectors. */
export interface Placement {
  /** The first node's position, `startIndex` on the chain. */
  readonly start: bigint
  /** The position of each node. */
  readonly positions: readonly bigint[]
  /** The flow's length afterwards. */
  readonly length: bigint
}

/**
 * Where a flow of `length` sectors puts a submission with nodes of these heights (SPEC.md section 7): each node at a multiple of
 * its size, the whole not across a segment border if it would begin in the midst of one. What is skipped are zero sectors.
 * @param length sectors so far: 1 for a new flow, whose sector 0 is its mark
 * @throws {ZgkitError} `EMPTY_INPUT` without nodes, `LIMIT_EXCEEDED` for more than 64, `RANGE` for heights of 64 and more and
 *   for a length past 2^256
 */
export function placeSubmission(length: Uint, heights: readonly number[]): Placement {
  let end = toUint(length, 256, 'length')
  if (heights.length === 0) throw new ZgkitError('EMPTY_INPUT', 'a submission has at least one node')
  if (heights.length > MAX_NODE_HEIGHT) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_NODE_HEIGHT} nodes, got ${heights.length}`)
  }
  const sizes = heights.map(height => {
    if (!Number.isInteger(height) || height < 0 || height >= MAX_NODE_HEIGHT) {
      throw new ZgkitError('RANGE', `height must be an integer below ${MAX_NODE_HEIGHT}, got ${height}`, {
        got: height,
      })
    }
    return 1n << BigInt(height)
  })
  const segment = BigInt(SEGMENT_SECTORS)
  const start = alignUp(end, sizes[0] as bigint)
  const sectors = sizes.reduce((sum, size) => sum + size, 0n)
  const inside = start % segment
  if (inside !== 0n && start / segment !== (start + sectors - 1n) / segment) end = start + segment - inside
  const positions = sizes.map(size => {
    const position = alignUp(end, size)
    end = position + size
    return position
  })
  return { start: positions[0] as bigint, positions, length: toUint(end, 256, 'length') }
}

/** Levels of the flow tree above its leaves: the smallest d with 2^d >= `length`. */
export function flowDepth(length: Uint): number {
  const sectors = toUint(length, 256, 'length')
  return sectors <= 1n ? 0 : (sectors - 1n).toString(2).length
}

/**
 * The root that node `index` of its level and its siblings, bottom to top, lead to. In the flow tree no node is ever alone, so that
 * the index alone says on which side each sibling is.
 */
export function flowRoot(
  node: Uint8Array,
  index: Uint,
  siblings: readonly Uint8Array[],
  hash: (pair: Uint8Array) => Uint8Array = keccak_256,
): Uint8Array {
  const at = BigInt(index)
  return siblings.reduce((root, sibling, level) => {
    const isRight = (at >> BigInt(level)) & 1n
    return hash(concatBytes(isRight ? [sibling, root] : [root, sibling]))
  }, node)
}

/** The flow root that a sector's bytes and its siblings lead to. */
export function sectorRoot(content: Uint8Array, sector: number, siblings: readonly Uint8Array[]): Uint8Array {
  return flowRoot(keccak_256(content), sector, siblings)
}

function alignUp(position: bigint, size: bigint): bigint {
  return ((position + size - 1n) / size) * size
}
