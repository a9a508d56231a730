import { type FileHandle, open, rm } from 'node:fs/promises'
import { concatBytes } from '../../bytes.js'
import { HASH_BYTES } from '../../limits.js'
import type { FileProof } from '../../merkle/proof.js'
import { fileLayout } from '../../rules/layout.js'
import { hashAt, path } from '../../rules/path.js'

/**
 * The proofs of the segments that were written to an unfinished file, so that a later run can verify what it finds there.
 *
 * They lie in a file of their own, each at the place that follows from its index. Like the bytes that they are for they are evidence and
 * no more: notes that are damaged, or of another file, make segments be fetched again.
 */
export class ProofNotes {
  readonly #name: string
  readonly #file: FileHandle
  readonly #segments: number

  private constructor(name: string, file: FileHandle, segments: number) {
    this.#name = name
    this.#file = file
    this.#segments = segments
  }

  /** @param size the file's length in bytes */
  static async open(name: string, size: number): Promise<ProofNotes> {
    const file = await open(name, 'r+').catch(() => open(name, 'w+'))
    return new ProofNotes(name, file, fileLayout(size).segments)
  }

  /** What was noted of a segment, `undefined` where there is nothing. */
  async get(index: number): Promise<Pick<FileProof, 'lemma' | 'path'> | undefined> {
    const directions = path(index, this.#segments)
    const lemma = new Uint8Array(HASH_BYTES * (directions.length === 0 ? 1 : directions.length + 2))
    const { bytesRead } = await this.#file.read(lemma, 0, lemma.length, this.#place(index))
    if (bytesRead < lemma.length || lemma.every(byte => byte === 0)) return undefined
    return { lemma: Array.from({ length: lemma.length / HASH_BYTES }, (_, i) => hashAt(lemma, i)), path: directions }
  }

  async put(index: number, { lemma }: FileProof): Promise<void> {
    await this.#file.write(concatBytes(lemma), 0, lemma.length * HASH_BYTES, this.#place(index))
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.close()
    await rm(this.#name, { force: true })
  }

  /** The first segment's way up is the longest, so all proofs fit in places of its length. */
  #place(index: number): number {
    return index * HASH_BYTES * (path(0, this.#segments).length + 2)
  }
}
