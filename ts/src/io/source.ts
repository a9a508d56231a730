import { asBytes, ownBytes } from '../bytes.js'

/** Node's `FileHandle`, as far as it is used. */
export interface FileHandleLike {
  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
}

/** Where bytes come from: memory, `Blob` or `File`, Web or Node streams, any async iterable of bytes, a Node file handle. */
export type ByteSource =
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | FileHandleLike

/** A source that can be read once, from front to back. */
export interface Opened {
  /** Bytes in all, if that is known beforehand. */
  readonly size: number | undefined
  /**
   * Pieces of `length` bytes each, the last one shorter or none; each belongs to the receiver.
   * @param reuse each is the receiver's until it asks for the next one only, so that few are made
   */
  pieces(length: number, reuse?: boolean): AsyncGenerator<Uint8Array>
}

/**
 * Opens a source. Bytes in memory are taken over here: copied, or with `transfer` taken away from the caller.
 * @throws {ZgkitError} `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function open(source: ByteSource, transfer = false): Opened {
  if (typeof source === 'object' && source !== null) {
    if (isBlob(source)) return openBlob(source)
    if (Symbol.asyncIterator in source) return openStream(source as AsyncIterable<Uint8Array>)
    if ('getReader' in source) return openStream(iterate(source as unknown as ReadableStream<Uint8Array>))
    if ('read' in source) return openFile(source as FileHandleLike)
  }
  const bytes = ownBytes(source, 'source', transfer)
  return {
    size: bytes.length,
    async *pieces(length) {
      for (let offset = 0; offset < bytes.length; offset += length) yield bytes.subarray(offset, offset + length)
    },
  }
}

function openBlob(blob: Blob): Opened {
  return {
    size: blob.size,
    async *pieces(length) {
      for (let offset = 0; offset < blob.size; offset += length) {
        yield new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      }
    },
  }
}

function openFile(file: FileHandleLike): Opened {
  return {
    size: undefined,
    async *pieces(length, reuse = false) {
      let piece = new Uint8Array(length)
      for (let position = 0; ; position += length) {
        if (position > 0 && !reuse) piece = new Uint8Array(length)
        let filled = 0
        while (filled < length) {
          const { bytesRead } = await file.read(piece, filled, length - filled, position + filled)
          if (bytesRead === 0) break
          filled += bytesRead
        }
        if (filled > 0) yield filled === length ? piece : piece.subarray(0, filled)
        if (filled < length) return
      }
    },
  }
}

function openStream(chunks: AsyncIterable<Uint8Array>): Opened {
  return {
    size: undefined,
    async *pieces(length, reuse = false) {
      const cutter = new Cutter(length, { reuse })
      for await (const chunk of chunks) yield* cutter.cut(asBytes(chunk, 'stream chunk'))
      const rest = cutter.rest()
      if (rest.length > 0) yield rest
    },
  }
}

/** Cuts bytes that come in portions into pieces of one length, each of which belongs to the receiver. */
export class Cutter {
  readonly #length: number
  readonly #reuse: boolean
  #piece: Uint8Array | undefined
  #filled: number

  /**
   * @param options.first the first piece, where it is of another length or has bytes already: `filled`
   * @param options.reuse a piece is the receiver's until it asks for the next one only
   */
  constructor(
    length: number,
    { first, filled = 0, reuse = false }: { first?: Uint8Array; filled?: number; reuse?: boolean },
  ) {
    this.#length = length
    this.#reuse = reuse
    this.#piece = first
    this.#filled = filled
  }

  /** Copies a portion and gives the pieces that it completes. */
  *cut(portion: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let rest = portion; rest.length > 0; ) {
      this.#piece ??= new Uint8Array(this.#length)
      const piece = this.#piece
      const now = rest.subarray(0, piece.length - this.#filled)
      piece.set(now, this.#filled)
      this.#filled += now.length
      rest = rest.subarray(now.length)
      if (this.#filled < piece.length) return
      this.#piece = this.#reuse ? piece : undefined
      this.#filled = 0
      yield piece
    }
  }

  /** A copy of the bytes that make no piece yet. */
  rest(): Uint8Array {
    return this.#piece?.slice(0, this.#filled) ?? new Uint8Array()
  }
}

/** Not every browser can iterate its own streams. */
export async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => {})
    reader.releaseLock()
  }
}

/** Of any realm: `instanceof` knows only its own. */
export function isBlob(source: object): source is Blob {
  return ['[object Blob]', '[object File]'].includes(Object.prototype.toString.call(source))
}
