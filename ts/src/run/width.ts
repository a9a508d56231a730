import type { Engine } from '../backend/choose.js'

/**
 * Items in one call, so that it takes about `seconds`.
 * @param each seconds that one item takes on one thread
 */
export function widthOf({ backend, executor }: Engine, seconds: number, each: number): number {
  // The addon shares one call among its threads; workers and the calling thread take one each.
  const threads = backend.tier === 'native' ? Math.max(executor.threads, 1) : 1
  return Math.max(1, Math.floor((seconds * threads) / each))
}

/** Calls that keep every thread busy: a worker has one and the next, and a third makes up for results that come out of order. */
export function atOnce({ backend, executor }: Engine): number {
  return backend.tier === 'native' ? 3 : Math.max(1, 3 * executor.threads)
}
