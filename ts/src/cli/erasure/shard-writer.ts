import { HASH_BYTES } from '../../limits.js'
import type { PartFile } from '../part-file.js'

/** Chunk hashes that are written at once. */
const HASHES_AT_ONCE = 1024

/** Writes one shard file: chunks as they come, their hashes in portions before them, and the header last. */
export class ShardWriter {
  readonly #file: PartFile
  readonly #headerBytes: number
  readonly #stripes: number
  readonly #hashes = new Uint8Array(HASH_BYTES * HASHES_AT_ONCE)
  /** Chunks so far, and their bytes. */
  #count = 0
  #bytes = 0

  constructor(file: PartFile, headerBytes: number, stripes: number) {
    this.#file = file
    this.#headerBytes = headerBytes
    this.#stripes = stripes
  }

  /** Bytes that an earlier run had written. */
  get kept(): number {
    return this.#file.kept
  }

  /** Writes the next chunk. */
  async add(chunk: Uint8Array, hash: Uint8Array): Promise<void> {
    const position = this.#length
    this.#hashes.set(hash, (this.#count % HASHES_AT_ONCE) * HASH_BYTES)
    this.#count++
    this.#bytes += chunk.length
    await this.#file.put(chunk, position)
    if (this.#count % HASHES_AT_ONCE === 0) await this.#putHashes(HASHES_AT_ONCE)
  }

  /** Writes the header; the file then has its name. */
  async finish(header: Uint8Array): Promise<void> {
    const rest = this.#count % HASHES_AT_ONCE
    if (rest > 0) await this.#putHashes(rest)
    await this.#file.put(header, 0)
    await this.#file.finish(this.#length)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  discard(): Promise<void> {
    return this.#file.discard()
  }

  #putHashes(count: number): Promise<void> {
    const position = this.#headerBytes + HASH_BYTES * (this.#count - count)
    return this.#file.put(this.#hashes.slice(0, HASH_BYTES * count), position)
  }

  get #length(): number {
    return this.#headerBytes + HASH_BYTES * this.#stripes + this.#bytes
  }
}
