import { toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'

/** How far a long operation is. */
export interface Progress {
  /** Bytes done. */
  readonly done: number
  /** Bytes in all, once that is known; equal to `done` in the one final event. */
  readonly total: number | undefined
}

/** Options of long operations. */
export interface RunOptions {
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Called at most 20 times a second, and once at the end with `done === total`. */
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Most kernel calls under way at once; by default what keeps every thread busy. */
  readonly concurrency?: number | undefined
}

/** Milliseconds between progress events. */
const PROGRESS_MS = 50

/** The caller's hold on a running operation. */
export class Control {
  readonly concurrency: number | undefined
  readonly signal: AbortSignal | undefined
  readonly #onProgress: ((progress: Progress) => void) | undefined
  #reported = Number.NEGATIVE_INFINITY

  constructor({ signal, onProgress, concurrency }: RunOptions) {
    if (concurrency !== undefined && toCount(concurrency, 'concurrency') === 0) {
      throw new ZgkitError('RANGE', 'concurrency must be at least 1', { got: concurrency })
    }
    this.concurrency = concurrency
    this.signal = signal
    this.#onProgress = onProgress
  }

  /** Throws the signal's reason if it was aborted. */
  check(): void {
    this.signal?.throwIfAborted()
  }

  /** `work`, unless the signal is aborted first: then a rejection with its reason, and `work` is left to end unheard. */
  async race<T>(work: Promise<T>): Promise<T> {
    const signal = this.signal
    if (!signal) return work
    work.catch(() => {})
    signal.throwIfAborted()
    let onAbort = () => {}
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason)
      signal.addEventListener('abort', onAbort, { once: true })
    })
    return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', onAbort))
  }

  report(done: number, total: number | undefined): void {
    const now = performance.now()
    if (!this.#onProgress || now - this.#reported < PROGRESS_MS || done === total) return
    this.#reported = now
    this.#onProgress({ done, total })
  }

  finish(total: number): void {
    this.check()
    this.#onProgress?.({ done: total, total })
  }
}
