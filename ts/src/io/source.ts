import { asBytes, isBuffer, ownBytes } from '../bytes.js'

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

/** Where pieces lie. */
export interface PieceMemory {
  /** Whether a piece is done with when the next one is asked for, so that one serves for all. */
  readonly copies: boolean
  /** A whole buffer's view with any content. */
  memory(length: number): Uint8Array
}
const FRESH: PieceMemory = { copies: false, memory: length => new Uint8Array(length) }

/** A source that can be read once, from front to back. */
export interface Opened {
  /** Bytes in all, if that is known beforehand. */
  readonly size: number | undefined
  /** Pieces of `length` bytes each, the last one shorter or none; each belongs to the receiver. */
  pieces(length: number, from?: PieceMemory): AsyncGenerator<Uint8Array>
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

/** Whether a source is bytes in memory. */
export function isMemory(source: unknown): source is ArrayBufferView | ArrayBufferLike {
  return ArrayBuffer.isView(source) || isBuffer(source)
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
    async *pieces(length, from = FRESH) {
      let piece = from.memory(length)
      for (let position = 0; ; position += length) {
        if (position > 0 && !from.copies) piece = from.memory(length)
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
    async *pieces(length, from) {
      const cutter = new Cutter(length, from)
      for await (const chunk of chunks) yield* cutter.cut(asBytes(chunk, 'stream chunk'))
      const rest = cutter.rest()
      if (rest.length > 0) yield rest
    },
  }
}

/** Cuts bytes that come in portions into pieces of one length, each of which belongs to the receiver. */
export class Cutter {
  readonly #length: number
  readonly #from: PieceMemory
  #piece: Uint8Array | undefined
  #filled: number

  /** @param begun the first piece, where it is of another length or has bytes already */
  constructor(length: number, from = FRESH, begun?: { readonly piece: Uint8Array; readonly filled: number }) {
    this.#length = length
    this.#from = from
    this.#piece = begun?.piece
    this.#filled = begun?.filled ?? 0
  }

  /** Copies a portion and gives the pieces that it completes. */
  *cut(portion: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let rest = portion; rest.length > 0; ) {
      this.#piece ??= this.#from.memory(this.#length)
      const piece = this.#piece
      const now = rest.subarray(0, piece.length - this.#filled)
      piece.set(now, this.#filled)
      this.#filled += now.length
      rest = rest.subarray(now.length)
      if (this.#filled < piece.length) return
      this.#piece = this.#from.copies ? piece : undefined
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
