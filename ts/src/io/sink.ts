import { asObject } from '../bytes.js'
import { ZgkitError } from '../errors.js'

/** Node's `Writable`, as far as it is used. */
export interface WritableLike {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): unknown
  end(done: (error?: Error | null) => void): unknown
  destroy(error?: Error): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Where bytes go: a Web or a Node stream. */
export type ByteSink = WritableStream<Uint8Array> | WritableLike

/** A sink that is written from front to back. Each promise is kept when there is room for more: that is the back-pressure. */
export interface Sink {
  write(bytes: Uint8Array): Promise<void>
  /** Says that this was all. */
  close(): Promise<void>
  /** Says that nothing more comes and what came is not all. */
  abort(reason: unknown): void
}

/**
 * Opens a sink.
 * @throws {ZgkitError} `INVALID_ARGUMENT`; `TypeError` for a Web stream that is locked
 */
export function openSink(sink: ByteSink): Sink {
  const given = asObject(sink, 'sink')
  if ('getWriter' in given) return openWeb(given)
  if ('write' in given && 'end' in given) return openNode(given)
  throw new ZgkitError('INVALID_ARGUMENT', 'a sink must be a Web or Node stream')
}

function openWeb(stream: WritableStream<Uint8Array>): Sink {
  const writer = stream.getWriter()
  return {
    write: bytes => writer.write(bytes),
    close: () => writer.close(),
    abort(reason) {
      writer.abort(reason).catch(() => {})
    },
  }
}

function openNode(stream: WritableLike): Sink {
  // Failures reach us by the callbacks; without a listener the event would end the process.
  stream.on('error', () => {})
  const settled = (start: (done: (error?: Error | null) => void) => unknown) =>
    new Promise<void>((resolve, reject) => start(error => (error ? reject(error) : resolve())))
  return {
    write: bytes => settled(done => stream.write(bytes, done)),
    close: () => settled(done => stream.end(done)),
    abort(reason) {
      stream.destroy(reason instanceof Error ? reason : undefined)
    },
  }
}
