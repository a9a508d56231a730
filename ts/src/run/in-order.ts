import type { Control } from './control.js'
import { Turns } from './turns.js'

/** Work under way, whose results are given in the order in which it began. */
export class Ordered<R> {
  readonly #pending: Promise<R>[] = []
  // Short work on bytes in memory never waits for anything: without turns no timer would fire and nothing could abort it.
  readonly #turns = new Turns()
  readonly #most: number
  readonly #control: Control

  /** @param most that is under way at once */
  constructor(most: number, control: Control) {
    this.#most = most
    this.#control = control
  }

  get empty(): boolean {
    return this.#pending.length === 0
  }

  /** Whether no more may begin before the {@link next} result is taken. */
  get full(): boolean {
    return this.#pending.length >= this.#most
  }

  /** Adds work that began. */
  add(result: Promise<R>): void {
    // If earlier work fails, nobody waits for this.
    result.catch(() => {})
    this.#pending.push(result)
  }

  /** The result of what began first. */
  async next(): Promise<R> {
    await this.#turns.offer()
    return this.#control.race(this.#pending.shift() as Promise<R>)
  }
}

/**
 * Works on items as they come, up to `most` at once, and gives the results in the order of the items. Nothing is read ahead of what
 * the receiver took, but for those under way.
 */
export async function* inOrder<T, R>(
  items: AsyncIterator<T>,
  most: number,
  work: (item: T) => Promise<R>,
  control: Control,
): AsyncGenerator<R, void, undefined> {
  const pending = new Ordered<R>(most, control)
  try {
    for (;;) {
      const { done, value } = await control.race(items.next())
      if (done) break
      pending.add(work(value))
      if (pending.full) yield await pending.next()
    }
    while (!pending.empty) yield await pending.next()
  } finally {
    // A source that is left early gets to know it; one that hangs does not hold us up.
    items.return?.(undefined).catch(() => {})
  }
}
