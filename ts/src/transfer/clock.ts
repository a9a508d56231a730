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
