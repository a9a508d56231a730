import { asBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { type ByteSource, type FileHandleLike, isBlob, iterate } from './source.js'

/** Bytes of which any can be read at any time. */
export interface RandomAccess {
  /** Bytes in all; not known of a stream. */
  readonly size: number | undefined
  /**
   * Fills `into` with the bytes from `position` on.
   * @returns how many there were: fewer at the end, and where a source fails
   */
  read(into: Uint8Array, position: number): Promise<number>
  /** Lets a stream know that nothing more is read. What the caller opened stays open. */
  close(): void
}

/** Node's `FileHandle`, as far as it is used here. */
export interface SizedFileLike extends FileHandleLike {
  stat(): Promise<{ readonly size: number }>
}

/** What can be opened for {@link RandomAccess}: a stream too, whose bytes can be had once, from front to back. */
export type RandomSource = Exclude<ByteSource, FileHandleLike> | SizedFileLike

/**
 * Opens a source. Bytes in memory are not copied: each reading sees what they are then.
 * @throws {ZgkitError} `INVALID_ARGUMENT`, `DETACHED_BUFFER`; what `stat` throws
 */
export async function openRandom(source: RandomSource): Promise<RandomAccess> {
  if (typeof source === 'object' && source !== null) {
    if (isBlob(source)) return openBlob(source)
    if (Symbol.asyncIterator in source) return new Forward(source as AsyncIterable<Uint8Array>)
    if ('getReader' in source) return new Forward(iterate(source as unknown as ReadableStream<Uint8Array>))
    if ('read' in source) return openFile(source as SizedFileLike)
  }
  const bytes = asBytes(source, 'source')
  return {
    size: bytes.length,
    async read(into, position) {
      const found = bytes.subarray(position, position + into.length)
      into.set(found)
      return found.length
    },
    close() {},
  }
}

function openBlob(blob: Blob): RandomAccess {
  return {
    size: blob.size,
    async read(into, position) {
      try {
        const found = await blob.slice(position, position + into.length).arrayBuffer()
        into.set(new Uint8Array(found))
        return found.byteLength
      } catch {
        return 0
      }
    },
    close() {},
  }
}

async function openFile(file: SizedFileLike): Promise<RandomAccess> {
  if (typeof file.stat !== 'function') throw new ZgkitError('INVALID_ARGUMENT', 'a file must have read and stat')
  const { size } = await file.stat()
  return {
    size,
    async read(into, position) {
      let filled = 0
      try {
        while (filled < into.length) {
          const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
      } catch {
        // A bad block is a chunk that is missing: what was asked for is not there.
      }
      return filled
    },
    close() {},
  }
}

/** A stream: readings take their turns, and each begins where the one before ended. */
class Forward implements RandomAccess {
  readonly size = undefined
  readonly #portions: AsyncIterator<Uint8Array>
  #portion: Uint8Array = new Uint8Array()
  #position = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#portions = source[Symbol.asyncIterator]()
  }

  read(into: Uint8Array, position: number): Promise<number> {
    const reading = this.#turn.then(() => this.#read(into, position))
    this.#turn = reading
    return reading
  }

  async #read(into: Uint8Array, position: number): Promise<number> {
    if (position !== this.#position) return 0
    let filled = 0
    while (filled < into.length) {
      if (this.#portion.length === 0) {
        const next = await this.#portions.next().catch(() => undefined)
        if (!next || next.done) break
        this.#portion = asBytes(next.value, 'stream chunk')
        continue
      }
      const now = this.#portion.subarray(0, into.length - filled)
      into.set(now, filled)
      filled += now.length
      this.#portion = this.#portion.subarray(now.length)
    }
    this.#position += filled
    return filled
  }

  close(): void {
    this.#portions.return?.().catch(() => {})
  }
}
