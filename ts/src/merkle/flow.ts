import { keccak_256 } from '@noble/hashes/sha3.js'
import { syncEngine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { concatBytes, equalBytes, stableBytes, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { flowDepth, type Placement, placeSubmission, sectorRoot } from '../rules/flow.js'
import { zeroRoot } from '../rules/zero.js'
import { checkFlowSector, type FlowClaim, type FlowVerdict } from './flow-claim.js'
import type { SubmissionNode } from './peaks.js'

/** A submission as the flow tree takes it. */
export interface FlowSubmission {
  /** Its nodes, highest first. */
  readonly nodes: readonly SubmissionNode[]
  /** Roots of its segments, as `FileTree` has them: needed for proofs that pass through a node of several segments. */
  readonly segmentRoots?: readonly Uint8Array[] | undefined
}

/**
 * The tree over the whole flow: a perfect tree of the smallest depth that holds it, over a mark in sector 0, submissions where the
 * flow places them, and zero sectors elsewhere (SPEC.md section 7).
 *
 * It keeps 32 bytes for each segment that it is given, and what it hashed above them.
 */
export class FlowTree {
  #length = 1
  /** Hashes by height and index. */
  readonly #known = new Map<string, Uint8Array>([[key(0, 0), new Uint8Array(HASH_BYTES)]])
  /** What was placed, by position: first sector and sectors. */
  readonly #placed: { readonly start: number; readonly end: number }[] = [{ start: 0, end: 1 }]

  /** Sectors of the flow, its mark and the gaps included. */
  get length(): number {
    return this.#length
  }

  /** Levels above the leaves. */
  get depth(): number {
    return flowDepth(this.#length)
  }

  /** The flow root, 32 bytes. */
  get root(): Uint8Array {
    return this.#hash(this.depth, 0).slice()
  }

  /**
   * Places a submission at the flow's end.
   * @throws {ZgkitError} as {@link placeSubmission}, and `RANGE` past 2^53 - 1 sectors; `BUFFER_LENGTH` for roots that are no
   *   hashes; `CONTENT_LENGTH` and `CONTENT_MISMATCH` for segment roots that are not the nodes'
   */
  append({ nodes, segmentRoots }: FlowSubmission): Placement {
    const roots = nodes.map(({ root }) => toHash(root, 'node root'))
    const placement = placeSubmission(
      this.#length,
      nodes.map(({ height }) => height),
    )
    const length = toCount(placement.length, 'flow length')
    const sectors = nodes.reduce((sum, { height }) => sum + 2 ** height, 0)
    const segments = Math.ceil(sectors / SEGMENT_SECTORS)
    if (segmentRoots && segmentRoots.length !== segments) fail('CONTENT_LENGTH', segments, segmentRoots.length)
    let next = 0
    const parts = nodes.map(({ height }, i) => {
      const start = Number(placement.positions[i])
      const root = roots[i] as Uint8Array
      if (height <= SEGMENT_HEIGHT || !segmentRoots) return [{ start, end: start + 2 ** height, height, root }]
      const count = 2 ** (height - SEGMENT_HEIGHT)
      const leaves = segmentRoots.slice(next, next + count).map(leaf => toHash(leaf, 'segment root'))
      next += count
      const got = fold(leaves)
      if (!equalBytes(got, root)) {
        throw new ZgkitError('CONTENT_MISMATCH', 'the segment roots are not those of the node', { expected: root, got })
      }
      return leaves.map((leaf, k) => {
        const at = start + k * SEGMENT_SECTORS
        return { start: at, end: at + SEGMENT_SECTORS, height: SEGMENT_HEIGHT, root: leaf }
      })
    })
    for (const { start, end, height, root } of parts.flat()) {
      this.#placed.push({ start, end })
      this.#known.set(key(height, start / 2 ** height), root)
    }
    this.#length = length
    return placement
  }

  /**
   * The siblings of a sector, from the leaf up: as many as the tree is deep. Those of a seal in an answer are these from the fifth
   * on, for any of its sectors. On the calling thread: it hashes one segment.
   * @param segment the flow's bytes of segment `floor(sector / 1024)`: up to 262,144, zeros behind them
   * @throws {ZgkitError} `INDEX_RANGE` past the flow's end; `CONTENT_LENGTH` for a segment that is too long; `CONTENT_MISMATCH` if it
   *   is not what was placed; `INVALID_ARGUMENT` where a submission came without the segment roots that it takes; `NOT_READY`
   */
  prove(sector: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array[] {
    if (toCount(sector, 'sector') >= this.#length) fail('INDEX_RANGE', this.#length, sector)
    const height = Math.min(this.depth, SEGMENT_HEIGHT)
    const data = stableBytes(segment, 'segment')
    if (data.length > SEGMENT_BYTES) fail('CONTENT_LENGTH', SEGMENT_BYTES, data.length)
    const sectors = new Uint8Array(SEGMENT_BYTES)
    sectors.set(data)
    const { backend } = syncEngine()
    const hash = (inputs: Uint8Array, length: number) =>
      backend.call({ kernel: 'keccak256', inputs: [inputs], params: [length] })
    let level = hash(sectors, SECTOR_BYTES)
    if (sector < SEGMENT_SECTORS) level.fill(0, 0, HASH_BYTES)
    const siblings: Uint8Array[] = []
    let at = sector % SEGMENT_SECTORS
    for (let h = 0; h < height; h++) {
      siblings.push(level.slice((at ^ 1) * HASH_BYTES, ((at ^ 1) + 1) * HASH_BYTES))
      level = hash(level, 2 * HASH_BYTES)
      at = Math.floor(at / 2)
    }
    const [got, expected] = [level.slice(0, HASH_BYTES), this.#hash(height, Math.floor(sector / 2 ** height))]
    if (!equalBytes(got, expected)) {
      throw new ZgkitError('CONTENT_MISMATCH', 'these bytes are not what the flow has there', { expected, got })
    }
    for (let h = height; h < this.depth; h++) {
      const index = Math.floor(sector / 2 ** h)
      siblings.push(this.#hash(h, index % 2 === 0 ? index + 1 : index - 1).slice())
    }
    return siblings
  }

  #hash(height: number, index: number): Uint8Array {
    const known = this.#known.get(key(height, index))
    if (known) return known
    const [start, end] = [index * 2 ** height, (index + 1) * 2 ** height]
    const around = this.#firstEndingAfter(start)
    if (!around || around.start >= end) return zeroRoot(height)
    if (around.start < start || around.end > end) {
      throw new ZgkitError('INVALID_ARGUMENT', 'a submission came without the segment roots that this proof takes', {
        sector: start,
      })
    }
    const hash = keccak_256(concatBytes([this.#hash(height - 1, 2 * index), this.#hash(height - 1, 2 * index + 1)]))
    // What lies before the flow's end stays as it is.
    if (end <= this.#length) this.#known.set(key(height, index), hash)
    return hash
  }

  /** The first that was placed and ends after a sector. */
  #firstEndingAfter(sector: number): { readonly start: number; readonly end: number } | undefined {
    let [low, high] = [0, this.#placed.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#placed[middle]?.end as number) > sector) high = middle
      else low = middle + 1
    }
    return this.#placed[low]
  }
}

/**
 * Verifies that a sector of the flow has these bytes, on the calling thread. Sector 0 is a mark without bytes: none are right.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `ROOT_MISMATCH` (SPEC.md section 7).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifyFlowSector(claim: FlowClaim): FlowVerdict {
  return checkFlowSector(claim, sectorRoot)
}

/** The root over a power of two of hashes. */
function fold(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes
  while (level.length > 1) {
    const pairs = Array.from({ length: level.length / 2 }, (_, i) => level.slice(2 * i, 2 * i + 2))
    level = pairs.map(pair => keccak_256(concatBytes(pair)))
  }
  return level[0] as Uint8Array
}

function key(height: number, index: number): string {
  return `${height}/${index}`
}
