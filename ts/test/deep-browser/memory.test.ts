import { expect, it } from 'vitest'
import { fileRoot, hashing, toHex, zeroRoot } from '../../dist/index.js'
import { onEachTier } from '../tiers.js'

const [MIB, GIB] = [2 ** 20, 2 ** 30]

// What this Chromium has beside the standard: --expose-gc and --enable-precise-memory-info.
const { gc } = globalThis as unknown as { gc: () => void }
const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } }

/** A GiB of zero bytes; `at` hears how many were taken. */
async function* zeros(at: (done: number) => void): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < GIB; done += MIB) {
    yield new Uint8Array(MIB)
    at(done + MIB)
  }
}

const WAYS: Record<string, (source: AsyncGenerator<Uint8Array>) => Promise<Uint8Array>> = {
  fileRoot,
  async hashing(source) {
    const through = hashing()
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await source.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
    })
    await stream.pipeThrough(through).pipeTo(new WritableStream())
    return (await through.result).root
  },
}

onEachTier(tier => {
  // JavaScript alone would take minutes.
  it.runIf(tier !== 'js').each(Object.keys(WAYS))(
    '%s: 1 GiB in the memory of 64 MiB',
    { timeout: 600_000 },
    async way => {
      const used: number[] = []
      const root = await (WAYS[way] as (typeof WAYS)[string])(
        zeros(done => {
          if (done !== 64 * MIB && done !== GIB) return
          gc()
          used.push(memory.usedJSHeapSize)
        }),
      )
      expect(toHex(root)).toBe(toHex(zeroRoot(22)))
      const [first, last] = used as [number, number]
      console.log(`${tier}, ${way}: JS heap ${used.map(bytes => (bytes / MIB).toFixed(1)).join(' and ')} MiB`)
      expect(last - first).toBeLessThanOrEqual(16 * MIB)
    },
  )
})
