import type { Engine } from '../backend/choose.js'
import { equalBytes } from '../bytes.js'
import type { KernelCode } from '../errors.js'
import { HashList } from '../hash-list.js'
import type { RandomAccess } from '../io/random.js'
import { HASH_BYTES } from '../limits.js'
import {
  HEADER_START_BYTES,
  type Header,
  headerBytes,
  MAX_HEADER_BYTES,
  readHeader,
  readHeaderStart,
} from '../rules/erasure/header.js'
import { chunkBytes } from '../rules/erasure/layout.js'
import { hashAt } from '../rules/erasure/tree.js'
import { MAX_STRIPES, rootOf, WINDOW } from './trees.js'

/** A shard file whose header, length and chunk hashes fit the commitment. Its chunks are still to be checked. */
export class ShardReader {
  readonly header: Header
  /** Roots of the windows of its chunk hashes, one after the other. */
  readonly windowRoots: Uint8Array
  readonly #access: RandomAccess
  readonly #engine: Engine
  /** The hashes of a stream, which cannot be read again. */
  readonly #kept: readonly Uint8Array[] | undefined

  private constructor(
    header: Header,
    access: RandomAccess,
    engine: Engine,
    windowRoots: Uint8Array,
    kept: readonly Uint8Array[] | undefined,
  ) {
    this.header = header
    this.windowRoots = windowRoots
    this.#access = access
    this.#engine = engine
    this.#kept = kept
  }

  /**
   * Reads the header, checked against the commitment.
   * @returns the header, or why it was refused
   */
  static async header(access: RandomAccess, commitment: Uint8Array): Promise<Header | KernelCode> {
    const bytes = new Uint8Array(MAX_HEADER_BYTES)
    let filled = await access.read(bytes.subarray(0, HEADER_START_BYTES), 0)
    const start = readHeaderStart(bytes.subarray(0, filled))
    if (start) {
      const rest = bytes.subarray(HEADER_START_BYTES, headerBytes(start.descriptor, start.index))
      filled += await access.read(rest, HEADER_START_BYTES)
    }
    const header = readHeader(commitment, bytes.subarray(0, filled))
    return 'refused' in header ? header.refused : header
  }

  /**
   * Checks length and chunk hashes behind a header.
   * @returns the shard, or why it was refused
   */
  static async open(header: Header, access: RandomAccess, engine: Engine): Promise<ShardReader | KernelCode> {
    const { layout } = header.descriptor
    if (layout.stripes > MAX_STRIPES) return 'LIMIT_EXCEEDED'
    const hashesAt = headerBytes(header.descriptor, header.index)
    const length = hashesAt + HASH_BYTES * layout.stripes + layout.shardBytes
    if (access.size !== undefined && access.size !== length) return 'CONTENT_LENGTH'
    const roots = new HashList()
    const kept: Uint8Array[] = []
    for (let first = 0; first < layout.stripes; first += WINDOW) {
      const hashes = new Uint8Array(HASH_BYTES * Math.min(WINDOW, layout.stripes - first))
      const filled = await access.read(hashes, hashesAt + HASH_BYTES * first)
      if (filled < hashes.length) return 'CONTENT_LENGTH'
      roots.push(await rootOf(engine, hashes))
      if (access.size === undefined) kept.push(hashes)
    }
    const windowRoots = roots.bytes()
    if (!equalBytes(await rootOf(engine, windowRoots), header.root)) return 'ROOT_MISMATCH'
    return new ShardReader(header, access, engine, windowRoots, access.size === undefined ? kept : undefined)
  }

  /** The chunk hashes of a window; `undefined` where they are no longer what they were. */
  async hashes(window: number): Promise<Uint8Array | undefined> {
    if (this.#kept) return this.#kept[window]
    const first = window * WINDOW
    const hashes = new Uint8Array(HASH_BYTES * Math.min(WINDOW, this.header.descriptor.layout.stripes - first))
    const filled = await this.#access.read(hashes, this.#hashesAt + HASH_BYTES * first)
    const same =
      filled === hashes.length && equalBytes(await rootOf(this.#engine, hashes), hashAt(this.windowRoots, window))
    return same ? hashes : undefined
  }

  /** Reads the chunk of a stripe into memory of its length; `false` where it is not there in full. */
  async chunk(stripe: number, into: Uint8Array): Promise<boolean> {
    const { layout } = this.header.descriptor
    const position = this.#hashesAt + HASH_BYTES * layout.stripes + layout.chunk * stripe
    return (await this.#access.read(into, position)) === chunkBytes(layout, stripe)
  }

  /** Whether nothing follows the last chunk; only to be asked at the end. */
  async ends(): Promise<boolean> {
    const { layout } = this.header.descriptor
    const length = this.#hashesAt + HASH_BYTES * layout.stripes + layout.shardBytes
    return this.#access.size === length || (await this.#access.read(new Uint8Array(1), length)) === 0
  }

  close(): void {
    this.#access.close()
  }

  get #hashesAt(): number {
    return headerBytes(this.header.descriptor, this.header.index)
  }
}
