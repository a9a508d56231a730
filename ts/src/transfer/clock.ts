import { toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { Turns } from '../run/turns.js'

/** What a download measures time by. Tests give their own: see `virtualClock` of `zgkit/testing`. */
export interface Clock {
  /** Milliseconds since any moment; never less than before. */
  now(): number
  /** Calls `then` after so many milliseconds; gives what cancels that. */
  after(ms: number, then: () => void): () => void
  /** Told of every computation under way, it gives its result on: a virtual clock does not move on before. */
  work?<T>(pending: Promise<T>): Promise<T>
}

const turns = new Turns()

/** The real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
  async work(pending) {
    pending.catch(() => {})
    // With sources that never wait for anything no timer would fire, and nothing could abort the download.
    await turns.offer()
    return pending
  },
}

/**
 * A time in whole milliseconds that timers can take.
 * @throws {ZgkitError} `RANGE`
 */
export function toMs(value: number, name: string): number {
  const ms = toCount(value, name)
  if (ms === 0 || ms >= 2 ** 31) {
    throw new ZgkitError('RANGE', `${name} must be from 1 to 2^31 - 1`, { name, got: value })
  }
  return ms
}
