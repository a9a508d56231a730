import type { RunOptions } from '../run/control.js'
import { FileHasher, type FileSummary } from './hasher.js'

/** Options of {@link hashing}. To stop it, stop the stream. */
export type HashingOptions = Omit<RunOptions, 'signal'>

/** A stream to pipe through, and what the bytes that passed amount to. */
export interface HashingStream {
  readonly writable: WritableStream<Uint8Array>
  readonly readable: ReadableStream<Uint8Array>
  /** Kept once the last byte has passed, before the readable side ends; broken with the reason if the stream fails or is left. */
  readonly result: Promise<FileSummary>
}

/**
 * A pass-through that hashes a file on its way: `source.pipeThrough(hashing())`; Node's `Duplex.fromWeb` takes it too.
 *
 * The chunks that come out are those that went in, unchanged; none is kept. The slower of the receiver and the hash sets the pace,
 * and memory is as for `fileRoot`. If nothing ever comes the stream fails: no file is empty.
 * @throws {ZgkitError} through `result` and the stream: `EMPTY_INPUT`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`; `RANGE`
 */
export function hashing(options: HashingOptions = {}): HashingStream {
  const hasher = FileHasher.create(options)
  const pass = new TransformStream<Uint8Array, Uint8Array>()
  const out = pass.writable.getWriter()
  let settle!: { resolve: (summary: FileSummary) => void; reject: (reason: unknown) => void }
  const result = new Promise<FileSummary>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Whoever fails or leaves first, sender, hasher or receiver, ends it for the others.
  const fail = (reason: unknown) => {
    settle.reject(reason)
    out.abort(reason).catch(() => {})
  }
  const step = async (work: (hasher: FileHasher) => Promise<void>) => {
    try {
      await work(await hasher)
    } catch (reason) {
      fail(reason)
      throw reason
    }
  }
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      out.closed.catch(reason => {
        settle.reject(reason)
        controller.error(reason)
      })
      // At once, while the sink's own `abort` would wait for a write that the receiver holds up.
      controller.signal.addEventListener('abort', () => fail(controller.signal.reason))
    },
    write: chunk =>
      step(async hasher => {
        await hasher.write(chunk)
        await out.write(chunk)
      }),
    close: () =>
      step(async hasher => {
        settle.resolve(await hasher.finish())
        await out.close()
      }),
  })
  // Who does not ask for them must not be told that nobody handled them.
  for (const promise of [hasher, result]) promise.catch(() => {})
  return { readable: pass.readable, writable, result }
}
