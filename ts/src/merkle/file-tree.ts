import type { Engine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { asBytes, equalBytes, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { ByteSource } from '../io/source.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, SECTOR_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { gather, type LeafIndices, type NodePlace, siblingPlaces } from '../rules/climb.js'
import { type FileLayout, segmentLeaves, segmentSectors } from '../rules/layout.js'
import { hashAt, nodeAt, path, siblings } from '../rules/path.js'
import { dispatch } from '../run/dispatch.js'
import type { MultiProof } from './multi.js'
import type { SubmissionNode } from './peaks.js'
import type { FileProof } from './proof.js'
import { type ScanOptions, scan, scanSync } from './scan.js'
import type { Scan } from './scanner.js'
import { type Submission, submissionOf } from './submission.js'

/**
 * The file's root: Keccak-256 Merkle root over its padded sectors (SPEC.md section 3), 32 bytes.
 *
 * Whatever the file's size, memory stays within O(log n) hashes and the stripes under way: at most 4 MiB each, three of them
 * natively, otherwise three for each worker. Bytes in memory are copied once unless they are transferred.
 * @throws {ZgkitError} `EMPTY_INPUT`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`; the signal's reason when aborted
 */
export async function fileRoot(source: ByteSource, options: ScanOptions = {}): Promise<Uint8Array> {
  return (await scan(source, options, false)).root
}

/** As {@link fileRoot} for bytes in memory, on the calling thread: it blocks for as long as it takes. */
export function fileRootSync(bytes: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return scanSync(bytes, false).root
}

/** A file's tree from the segment roots up: 64 bytes for each 256 KiB of file. */
export class FileTree {
  /** The sizes that follow from the file's length. */
  readonly layout: FileLayout
  readonly #root: Uint8Array
  readonly #nodes: readonly SubmissionNode[]
  readonly #engine: Engine
  readonly #leaves: Uint8Array
  readonly #levels: Uint8Array

  private constructor(scanned: Scan, leaves: Uint8Array, levels: Uint8Array) {
    this.layout = scanned.layout
    this.#root = scanned.root
    this.#nodes = scanned.nodes
    this.#engine = scanned.engine
    this.#leaves = leaves
    this.#levels = levels
  }

  /**
   * Reads a source and keeps its segment roots.
   * @throws {ZgkitError} as {@link fileRoot}
   */
  static async build(source: ByteSource, options: ScanOptions = {}): Promise<FileTree> {
    const scanned = await scan(source, options, true)
    const leaves = scanned.segmentRoots()
    return new FileTree(scanned, leaves, await dispatch(scanned.engine, levelsCall(leaves), false))
  }

  /** As {@link FileTree.build} for bytes in memory, on the calling thread. */
  static buildSync(bytes: ArrayBufferView | ArrayBufferLike): FileTree {
    const scanned = scanSync(bytes, true)
    const leaves = scanned.segmentRoots()
    return new FileTree(scanned, leaves, scanned.engine.backend.call(levelsCall(leaves)))
  }

  /** The file root, 32 bytes. */
  get root(): Uint8Array {
    return this.#root.slice()
  }

  /**
   * Root of a segment, 32 bytes.
   * @throws {ZgkitError} `INDEX_RANGE`
   */
  segmentRoot(index: number): Uint8Array {
    return hashAt(this.#leaves, checkIndex(index, this.layout.segments))
  }

  /** Roots of all segments, padding segments included. */
  segmentRoots(): Uint8Array[] {
    return Array.from({ length: this.layout.segments }, (_, index) => this.segmentRoot(index))
  }

  /** The file's submission. */
  submission(): Submission {
    return submissionOf(this.layout.size, this.#nodes)
  }

  /**
   * Proof that segment `index` is part of the file.
   * @throws {ZgkitError} `INDEX_RANGE`
   */
  proveSegment(index: number): FileProof {
    const leaf = this.segmentRoot(index)
    return this.#proof('segment', leaf, [], index, index, this.layout.segments)
  }

  /**
   * Proof that sector `index` of the padded file is part of it.
   * @param segment the file's bytes of segment `floor(index / 1024)`: 262,144 bytes except at the file's end, none for a
   *   padding segment
   * @throws {ZgkitError} `INDEX_RANGE`; `CONTENT_LENGTH` if `segment` is too long for its place; `CONTENT_MISMATCH` if it is
   *   not what the tree was built from
   */
  async proveSector(index: number, segment: ArrayBufferView | ArrayBufferLike): Promise<FileProof> {
    const sectors = this.#sectorsAround(index, segment)
    const leaves = await dispatch(this.#engine, leavesCall(sectors), false)
    return this.#sectorProof(index, leaves, await dispatch(this.#engine, levelsCall(leaves), false))
  }

  /** As {@link FileTree.proveSector} on the calling thread: it hashes one segment. */
  proveSectorSync(index: number, segment: ArrayBufferView | ArrayBufferLike): FileProof {
    const { backend } = this.#engine
    const leaves = backend.call(leavesCall(this.#sectorsAround(index, segment)))
    return this.#sectorProof(index, leaves, backend.call(levelsCall(leaves)))
  }

  /**
   * The multi-proof of segments, for `verifyMulti`.
   * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 2^20 segments or a proof of more than 2^16 siblings, `EMPTY_INPUT`,
   *   `INDEX_ORDER`, `INDEX_RANGE`
   */
  proveSegments(indices: LeafIndices): MultiProof {
    const places = siblingPlaces(indices, this.layout.segments)
    return { kind: 'segment', siblings: places.map(place => this.#nodeAt(place)) }
  }

  /**
   * The multi-proof of padded sectors, for `verifyMulti`, on the calling thread.
   * @param segmentOf gives the file's bytes of a segment as {@link FileTree.proveSector} takes them; asked once for each segment of
   *   which some, but not all sectors are proven
   * @throws {ZgkitError} as {@link FileTree.proveSegments} and {@link FileTree.proveSector}
   */
  proveSectorsSync(indices: LeafIndices, segmentOf: (index: number) => ArrayBufferView | ArrayBufferLike): MultiProof {
    const { backend } = this.#engine
    const above = ({ height, index }: NodePlace) => this.#nodeAt({ height: height - SEGMENT_HEIGHT, index })
    const siblings = gather(siblingPlaces(indices, this.layout.paddedSectors), above, segment => {
      const leaves = backend.call(leavesCall(this.#wholeSegment(segment, segmentOf(segment))))
      const levels = backend.call(levelsCall(leaves))
      this.#checkSegment(segment, leaves, levels)
      return ({ height, index }) => nodeAt(leaves, levels, height, index)
    })
    return { kind: 'sector', siblings }
  }

  /** A node above the segments. */
  #nodeAt({ height, index }: NodePlace): Uint8Array {
    return nodeAt(this.#leaves, this.#levels, height, index)
  }

  /** The segment that sector `index` lies in, completed to all its leaves: memory of its own. */
  #sectorsAround(index: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array {
    checkIndex(index, this.layout.paddedSectors)
    return this.#wholeSegment(Math.floor(index / SEGMENT_SECTORS), segment)
  }

  #wholeSegment(segmentIndex: number, segment: ArrayBufferView | ArrayBufferLike): Uint8Array {
    const data = asBytes(segment, 'segment')
    const room = segmentSectors(this.layout, segmentIndex) * SECTOR_BYTES
    if (data.length > room) fail('CONTENT_LENGTH', room, data.length)
    const sectors = new Uint8Array(segmentLeaves(this.layout, segmentIndex) * SECTOR_BYTES)
    sectors.set(data)
    return sectors
  }

  #sectorProof(index: number, leaves: Uint8Array, levels: Uint8Array): FileProof {
    const segment = Math.floor(index / SEGMENT_SECTORS)
    this.#checkSegment(segment, leaves, levels)
    const place = index % SEGMENT_SECTORS
    const below = siblings(leaves, levels, place)
    return this.#proof('sector', hashAt(leaves, place), below, segment, index, this.layout.paddedSectors)
  }

  #checkSegment(segment: number, leaves: Uint8Array, levels: Uint8Array): void {
    const root = (levels.length > 0 ? levels : leaves).slice(-HASH_BYTES)
    const expected = this.segmentRoot(segment)
    if (!equalBytes(root, expected)) {
      throw new ZgkitError('CONTENT_MISMATCH', 'these bytes are not what the tree was built from', {
        segment,
        expected,
        got: root,
      })
    }
  }

  /** The proof of a leaf with siblings `below` its segment's root. */
  #proof(
    kind: FileProof['kind'],
    leaf: Uint8Array,
    below: Uint8Array[],
    segment: number,
    index: number,
    leaves: number,
  ): FileProof {
    const lemma = [leaf, ...below, ...siblings(this.#leaves, this.#levels, segment)]
    // A single leaf is the root and stands alone.
    if (lemma.length > 1) lemma.push(this.root)
    return { kind, index, lemma, path: path(index, leaves) }
  }
}

function leavesCall(sectors: Uint8Array): KernelCall {
  return { kernel: 'keccak256', inputs: [sectors], params: [SECTOR_BYTES] }
}

function levelsCall(leaves: Uint8Array): KernelCall {
  return { kernel: 'merkleLevels', inputs: [leaves], params: [] }
}

function checkIndex(index: number, count: number): number {
  if (toCount(index, 'index') >= count) fail('INDEX_RANGE', count, index)
  return index
}
