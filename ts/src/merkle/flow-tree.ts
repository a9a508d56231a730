import { keccak_256 } from '@noble/hashes/sha3.js'
import { syncEngine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { asBytes, concatBytes, equalBytes, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { gather, type LeafIndices, type NodePlace, siblingPlaces } from '../rules/climb.js'
import { flowDepth, type Placement, placeSubmission } from '../rules/flow.js'
import { hashAt } from '../rules/path.js'
import { zeroRoot } from '../rules/zero.js'
import type { FlowProof, FlowRangeProof } from './flow-range.js'
import type { MultiProof } from './multi.js'
import type { SubmissionNode } from './peaks.js'

/** A submission as the flow tree takes it. */
export interface FlowSubmission {
  /** Its nodes, highest first. */
  readonly nodes: readonly SubmissionNode[]
  /** Roots of its segments, as `FileTree` has them: needed for proofs that pass through a node of several segments. */
  readonly segmentRoots?: readonly Uint8Array[] | undefined
}

/** The flow's bytes of segment `index`: up to 262,144, zeros behind them. */
export type FlowSegments = (index: number) => ArrayBufferView | ArrayBufferLike

/** The flow after some number of submissions. */
interface Version {
  /** Sectors. */
  readonly length: number
  /** How many of the parts that were placed it has. */
  readonly parts: number
}

/** What was placed: a node of a submission, or a segment of one. */
interface Part {
  readonly start: number
  readonly end: number
}

/**
 * The tree over the whole flow, with its history: a perfect tree of the smallest depth that holds the flow, over a mark in sector 0,
 * submissions where the flow places them, and zero sectors elsewhere (SPEC.md section 7).
 *
 * Version 0 is the new flow, version `n` the flow after `n` submissions; submission `k` (the chain's index) makes version `k + 1`.
 * The history is complete, since a version is two numbers: what is complete in it never changes.
 *
 * The tree keeps 32 bytes for each segment that it is given, and what it hashed above them.
 */
export class FlowTree {
  /** Complete nodes, by height and index. */
  readonly #known: Map<number, Uint8Array>[] = [new Map([[0, new Uint8Array(HASH_BYTES)]])]
  /** In the order of their place. */
  readonly #parts: Part[] = [{ start: 0, end: 1 }]
  /** One for each version, never none. */
  readonly #versions: Version[] = [{ length: 1, parts: 1 }]

  /** How many submissions the flow has: its current version. */
  get version(): number {
    return this.#versions.length - 1
  }

  /** Sectors of the flow, its mark and the gaps included. */
  get length(): number {
    return (this.#versions.at(-1) as Version).length
  }

  /** Levels above the leaves. */
  get depth(): number {
    return flowDepth(this.length)
  }

  /** The flow root, 32 bytes. */
  get root(): Uint8Array {
    return this.#now().root
  }

  /**
   * Places a submission at the flow's end, which makes a new version.
   * @throws {ZgkitError} as {@link placeSubmission}, and `RANGE` past 2^53 - 1 sectors; `BUFFER_LENGTH` for roots that are no
   *   hashes; `CONTENT_LENGTH` and `CONTENT_MISMATCH` for segment roots that are not the nodes'
   */
  append({ nodes, segmentRoots }: FlowSubmission): Placement {
    const roots = nodes.map(({ root }) => toHash(root, 'node root'))
    const placement = placeSubmission(
      this.length,
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
      if (height <= SEGMENT_HEIGHT || !segmentRoots) return [{ start, height, root }]
      const count = 2 ** (height - SEGMENT_HEIGHT)
      const leaves = segmentRoots.slice(next, next + count).map(leaf => toHash(leaf, 'segment root'))
      next += count
      const got = fold(leaves)
      if (!equalBytes(got, root)) {
        throw new ZgkitError('CONTENT_MISMATCH', 'the segment roots are not those of the node', { expected: root, got })
      }
      return leaves.map((leaf, k) => ({ start: start + k * SEGMENT_SECTORS, height: SEGMENT_HEIGHT, root: leaf }))
    })
    for (const { start, height, root } of parts.flat()) {
      this.#parts.push({ start, end: start + 2 ** height })
      this.#keep(height, start / 2 ** height, root)
    }
    this.#versions.push({ length, parts: this.#parts.length })
    return placement
  }

  /**
   * Goes back to a version: the submissions after it never were. Views of later versions are of no use from then on.
   * @throws {ZgkitError} `INDEX_RANGE` above the current version
   */
  revertTo(version: number): void {
    const { length, parts } = this.#versionAt(version)
    this.#versions.length = version + 1
    this.#parts.length = parts
    for (const [height, level] of this.#known.entries()) {
      for (const index of level.keys()) if ((index + 1) * 2 ** height > length) level.delete(index)
    }
  }

  /**
   * The flow as it was at a version: its root, and proofs against it.
   * @throws {ZgkitError} `INDEX_RANGE` above the current version
   */
  at(version: number): FlowView {
    const at = this.#versionAt(version)
    return new FlowView(at.length, (height, index) => {
      if (this.#versions[version] !== at) {
        throw new ZgkitError('INVALID_ARGUMENT', `version ${version} was reverted since`, { version })
      }
      return this.#hash(at, height, index)
    })
  }

  /** As {@link FlowView.prove}, of the current version. */
  prove(sector: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array[] {
    return this.#now().prove(sector, segment)
  }

  /** As {@link FlowView.proveMulti}, of the current version. */
  proveMulti(indices: LeafIndices, segmentOf: FlowSegments): MultiProof {
    return this.#now().proveMulti(indices, segmentOf)
  }

  /** As {@link FlowView.proveRange}, of the current version. */
  proveRange(first: number, count: number, segmentOf: FlowSegments): FlowRangeProof {
    return this.#now().proveRange(first, count, segmentOf)
  }

  #now(): FlowView {
    return this.at(this.version)
  }

  #versionAt(version: number): Version {
    const known = this.#versions[toCount(version, 'version')]
    return known ?? fail('INDEX_RANGE', this.#versions.length, version)
  }

  #keep(height: number, index: number, hash: Uint8Array): void {
    while (this.#known.length <= height) this.#known.push(new Map())
    this.#known[height]?.set(index, hash)
  }

  #hash(version: Version, height: number, index: number): Uint8Array {
    const [start, end] = [index * 2 ** height, (index + 1) * 2 ** height]
    const isComplete = end <= version.length
    const known = isComplete ? this.#known[height]?.get(index) : undefined
    if (known) return known
    const around = this.#firstEndingAfter(start)
    if (!around || around.start >= Math.min(end, version.length)) return zeroRoot(height)
    if (around.start < start || around.end > end) {
      throw new ZgkitError('INVALID_ARGUMENT', 'a submission came without the segment roots that this proof takes', {
        sector: start,
      })
    }
    const below = [this.#hash(version, height - 1, 2 * index), this.#hash(version, height - 1, 2 * index + 1)]
    const hash = keccak_256(concatBytes(below))
    // What lies before the flow's end stays as it is.
    if (isComplete) this.#keep(height, index, hash)
    return hash
  }

  /** The first part that ends after a sector. */
  #firstEndingAfter(sector: number): Part | undefined {
    let [low, high] = [0, this.#parts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#parts[middle]?.end as number) > sector) high = middle
      else low = middle + 1
    }
    return this.#parts[low]
  }
}

/** The flow at one version, from {@link FlowTree.at}. Proofs are made on the calling thread: they hash the segments they are given. */
export class FlowView {
  /** Sectors of the flow, its mark and the gaps included. */
  readonly length: number
  readonly #nodeAt: (height: number, index: number) => Uint8Array

  /** @internal */
  constructor(length: number, nodeAt: (height: number, index: number) => Uint8Array) {
    this.length = length
    this.#nodeAt = nodeAt
  }

  /** Levels above the leaves. */
  get depth(): number {
    return flowDepth(this.length)
  }

  /** The flow root, 32 bytes. */
  get root(): Uint8Array {
    return this.#nodeAt(this.depth, 0).slice()
  }

  /**
   * The siblings of a sector, from the leaf up: as many as the tree is deep. Those of a seal in an answer are these from the fifth
   * on, for any of its sectors.
   * @param segment the flow's bytes of segment `floor(sector / 1024)`: up to 262,144, zeros behind them; bytes past the flow's end
   *   are not read
   * @throws {ZgkitError} `INDEX_RANGE` past the flow's end; `CONTENT_LENGTH` for a segment that is too long; `CONTENT_MISMATCH` if it
   *   is not what was placed; `INVALID_ARGUMENT` where a submission came without the segment roots that it takes; `NOT_READY`
   */
  prove(sector: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array[] {
    this.#checkSector(sector)
    return this.#leafAndSiblings(sector, segment).slice(1)
  }

  /**
   * The multi-proof of sectors, for `verifyMulti`.
   * @param segmentOf asked once for each segment of which some, but not all sectors are proven
   * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 2^20 sectors or a proof of more than 2^16 siblings, `EMPTY_INPUT`,
   *   `INDEX_ORDER`; as {@link FlowView.prove}
   */
  proveMulti(indices: LeafIndices, segmentOf: FlowSegments): MultiProof {
    const above = ({ height, index }: NodePlace) => this.#nodeAt(height, index).slice()
    const siblings = gather(siblingPlaces(indices, this.length), above, segment => {
      const levels = this.#segmentLevels(segment, segmentOf(segment))
      return ({ height, index }) => hashAt(levels[height] as Uint8Array, index)
    })
    return { kind: 'flow', siblings }
  }

  /**
   * The network's proof of `count` sectors from `first` on, for `verifyFlowRange`: the flow proofs of the first and the last of them.
   * @param segmentOf asked for the segments of those two
   * @throws {ZgkitError} `EMPTY_INPUT` for no sectors; as {@link FlowView.prove}
   */
  proveRange(first: number, count: number, segmentOf: FlowSegments): FlowRangeProof {
    if (toCount(count, 'count') === 0) fail('EMPTY_INPUT', 1, 0)
    const last = toCount(first, 'first') + count - 1
    this.#checkSector(last)
    const end = (sector: number): FlowProof => {
      const lemma = this.#leafAndSiblings(sector, segmentOf(Math.floor(sector / SEGMENT_SECTORS)))
      const path = Array.from({ length: this.depth }, (_, height) => Math.floor(sector / 2 ** height) % 2 === 0)
      return { lemma: [...lemma, this.root], path }
    }
    return { leftProof: end(first), rightProof: end(last) }
  }

  #checkSector(sector: number): void {
    if (toCount(sector, 'sector') >= this.length) fail('INDEX_RANGE', this.length, sector)
  }

  /** The hash of a sector, then its siblings. */
  #leafAndSiblings(sector: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array[] {
    const levels = this.#segmentLevels(Math.floor(sector / SEGMENT_SECTORS), segment)
    const place = sector % SEGMENT_SECTORS
    const hashes = [hashAt(levels[0] as Uint8Array, place)]
    for (let height = 0; height < this.depth; height++) {
      const sibling = (index: number) => beside(Math.floor(index / 2 ** height))
      hashes.push(
        height < SEGMENT_HEIGHT
          ? hashAt(levels[height] as Uint8Array, sibling(place))
          : this.#nodeAt(height, sibling(sector)).slice(),
      )
    }
    return hashes
  }

  /** The levels of a segment's tree, or of the whole flow if that is smaller, from the leaves to the root. */
  #segmentLevels(segment: number, given: ArrayBufferView | ArrayBufferLike): Uint8Array[] {
    const data = asBytes(given, 'segment')
    if (data.length > SEGMENT_BYTES) fail('CONTENT_LENGTH', SEGMENT_BYTES, data.length)
    const top = Math.min(this.depth, SEGMENT_HEIGHT)
    const sectors = Math.min(this.length - segment * SEGMENT_SECTORS, SEGMENT_SECTORS)
    const bytes = new Uint8Array(2 ** top * SECTOR_BYTES)
    bytes.set(data.subarray(0, sectors * SECTOR_BYTES))
    const { backend } = syncEngine()
    const hash = (inputs: Uint8Array, length: number) =>
      backend.call({ kernel: 'keccak256', inputs: [inputs], params: [length] })
    let level = hash(bytes, SECTOR_BYTES)
    if (segment === 0) level.fill(0, 0, HASH_BYTES)
    const levels = [level]
    while (level.length > HASH_BYTES) {
      level = hash(level, 2 * HASH_BYTES)
      levels.push(level)
    }
    const expected = this.#nodeAt(top, segment)
    if (!equalBytes(level, expected)) {
      throw new ZgkitError('CONTENT_MISMATCH', 'these bytes are not what the flow has there', { expected, got: level })
    }
    return levels
  }
}

/** The index of a node's sibling. */
function beside(index: number): number {
  return index % 2 === 0 ? index + 1 : index - 1
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
