import type { Control } from './control.js'
import { Turns } from './turns.js'

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
  const pending: Promise<R>[] = []
  // Short work on bytes in memory never waits for anything: without turns no timer would fire and nothing could abort it.
  const turns = new Turns()
  const next = async () => {
    await turns.offer()
    return control.race(pending.shift() as Promise<R>)
  }
  try {
    for (;;) {
      const { done, value } = await control.race(items.next())
      if (done) break
      const result = work(value)
      // If an earlier item fails, nobody waits for this one.
      result.catch(() => {})
      pending.push(result)
      if (pending.length >= most) yield await next()
    }
    while (pending.length > 0) yield await next()
  } finally {
    // A source that is left early gets to know it; one that hangs does not hold us up.
    items.return?.(undefined).catch(() => {})
  }
}
