import { toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { SECTOR_BYTES, SEGMENT_SECTORS } from '../limits.js'

/** Sectors are padded to a multiple of the next power of two divided by this. */
const PADDING_PARTS = 16

/** The sizes that follow from a file's length (SPEC.md section 2). */
export interface FileLayout {
  /** Length of the file in bytes, at least 1. */
  readonly size: number
  /** Sectors with file bytes; the last is filled with zero bytes. */
  readonly sectors: number
  /** Sectors after flow padding: the leaves of the file tree. */
  readonly paddedSectors: number
  /** Segments of the padded file: the leaves of segment proofs. */
  readonly segments: number
}

/**
 * The smallest power of two that is not below `n`.
 * @throws {ZgkitError} `EMPTY_INPUT` for 0, `RANGE` if `n` is no count
 */
export function nextPow2(n: number | bigint): number {
  const count = toCount(n, 'n')
  if (count === 0) throw new ZgkitError('EMPTY_INPUT', 'zero has no next power of two')
  let power = 1
  while (power < count) power *= 2
  return power
}

/**
 * Sectors of a file after flow padding: `sectors` rounded up to a sixteenth of {@link nextPow2}.
 * @throws {ZgkitError} `EMPTY_INPUT` for 0, `RANGE` if `sectors` or the result is no count
 */
export function paddedSectors(sectors: number | bigint): number {
  const count = toCount(sectors, 'sectors')
  // Divisions by a power of two are exact, so nothing is rounded but what `ceil` is meant to round.
  const unit = Math.max(nextPow2(count) / PADDING_PARTS, 1)
  return toCount(Math.ceil(count / unit) * unit, 'padded sectors')
}

/**
 * The layout of a file of `size` bytes.
 * @throws {ZgkitError} `EMPTY_INPUT` for 0, `RANGE` if `size` is no count
 */
export function fileLayout(size: number | bigint): FileLayout {
  const bytes = toCount(size, 'size')
  if (bytes === 0) throw new ZgkitError('EMPTY_INPUT', 'a file has at least one byte')
  const sectors = Math.ceil(bytes / SECTOR_BYTES)
  const padded = paddedSectors(sectors)
  return { size: bytes, sectors, paddedSectors: padded, segments: Math.ceil(padded / SEGMENT_SECTORS) }
}

/** Leaves of segment `index`: 1024, fewer in the last segment, 0 past the end. */
export function segmentLeaves(layout: FileLayout, index: number): number {
  return sectorsWithin(layout.paddedSectors, index)
}

/** Sectors of segment `index` that hold file bytes. */
export function segmentSectors(layout: FileLayout, index: number): number {
  return sectorsWithin(layout.sectors, index)
}

/** The place in the file of the first byte of `content`, which begins at byte `start`, that lies past its size and is not zero. */
export function firstPast(size: number, start: number, content: Uint8Array): number | undefined {
  const fileBytes = Math.max(0, Math.min(size - start, content.length))
  const offset = content.subarray(fileBytes).findIndex(byte => byte !== 0)
  return offset < 0 ? undefined : start + fileBytes + offset
}

function sectorsWithin(total: number, segment: number): number {
  return Math.max(0, Math.min(SEGMENT_SECTORS, total - segment * SEGMENT_SECTORS))
}
