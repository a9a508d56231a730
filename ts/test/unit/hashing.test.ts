import fc from 'fast-check'
import { expect, it } from 'vitest'
import { equalBytes } from '../../dist/bytes.js'
import { FileTree, fileRootSync, hashing, type Progress } from '../../dist/index.js'
import { codeOf, painted } from '../patterns.js'
import { streamOf } from '../sources.js'
import { onEachTier, runs } from '../tiers.js'

async function all(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return chunks
    chunks.push(value)
  }
}

const soon = (ms = 20) => new Promise(resolve => setTimeout(resolve, ms))

onEachTier(tier => {
  const file = painted(700_001)

  it('passes the very chunks on and says what they amount to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: tier === 'js' ? 200_000 : file.length }),
        fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 6 }),
        async (size, cuts) => {
          const edges = [0, ...cuts.map(cut => cut % (size + 1)).sort((a, b) => a - b), size]
          const portions = edges.slice(1).map((edge, i) => file.slice(edges[i], edge))
          const copies = portions.map(portion => portion.slice())
          const through = hashing()
          const chunks = await all(streamOf(portions).pipeThrough(through))
          expect(chunks.length).toBe(portions.length)
          chunks.forEach((chunk, i) => {
            expect(chunk).toBe(portions[i])
            expect(equalBytes(chunk, copies[i] as Uint8Array)).toBe(true)
          })
          const { root, layout, submission } = await through.result
          const tree = FileTree.buildSync(file.subarray(0, size))
          expect(root).toEqual(tree.root)
          expect(layout).toEqual(tree.layout)
          expect(submission).toEqual(tree.submission())
        },
      ),
      { numRuns: runs(8) },
    )
  })

  it('does not care what becomes of a chunk that was passed on', async () => {
    const portions = Array.from({ length: 30 }, (_, i) => file.slice(i * 20_000, (i + 1) * 20_000))
    const through = hashing()
    const reader = streamOf(portions).pipeThrough(through).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      // As a receiver may that sends it to a worker, or uses its memory again.
      if (value.length > 10_000) structuredClone(value, { transfer: [value.buffer] })
    }
    expect((await through.result).root).toEqual(fileRootSync(file.subarray(0, 600_000)))
  })

  it('reads no faster than the receiver does', async () => {
    let taken = 0
    const portions = Array.from({ length: 50 }, () => file.slice(0, 10_000))
    const stream = streamOf(portions, () => taken++)
    const through = hashing()
    const reader = stream.pipeThrough(through).getReader()
    await soon()
    expect(taken).toBeLessThanOrEqual(3)
    for (let i = 0; i < 10; i++) await reader.read()
    await soon()
    expect(taken).toBeGreaterThanOrEqual(10)
    expect(taken).toBeLessThanOrEqual(14)
    await reader.cancel()
  })

  it('fails for all when one of them fails or leaves, and nothing is unhandled', async () => {
    const reason = new Error('cable pulled')
    // The sender fails while the receiver reads, and while it does not.
    for (const reading of [true, false]) {
      const through = hashing()
      const writer = through.writable.getWriter()
      writer.closed.catch(() => {})
      const reader = through.readable.getReader()
      reader.closed.catch(() => {})
      const writing = [writer.write(file.slice(0, 1000)), writer.write(file.slice(0, 1000))]
      for (const write of writing) write.catch(() => {})
      if (reading) await reader.read()
      writer.abort(reason).catch(() => {})
      await expect(through.result).rejects.toBe(reason)
      await expect(reader.read().then(() => reader.read())).rejects.toBe(reason)
    }
    // The receiver leaves.
    const left = hashing()
    const writer = left.writable.getWriter()
    await left.readable.cancel(reason)
    await expect(left.result).rejects.toBe(reason)
    await expect(writer.closed).rejects.toBe(reason)
    // What comes are no bytes, or nothing.
    const odd = hashing()
    const text = new ReadableStream({ start: controller => controller.enqueue('text') })
    expect(await codeOf(() => all(text.pipeThrough(odd)))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => odd.result)).toBe('INVALID_ARGUMENT')
    const empty = hashing()
    expect(await codeOf(() => all(streamOf([]).pipeThrough(empty)))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => empty.result)).toBe('EMPTY_INPUT')
    // Nobody looks at this one.
    hashing({ concurrency: 0 })
    await soon()
  })

  it('is stopped with the pipe, and reports progress', async () => {
    const events: Progress[] = []
    const through = hashing({ onProgress: progress => events.push(progress) })
    const sink = () => new WritableStream<Uint8Array>()
    await streamOf([file, file]).pipeThrough(through).pipeTo(sink())
    expect(events.at(-1)).toEqual({ done: 2 * file.length, total: 2 * file.length })

    const controller = new AbortController()
    const stopped = hashing()
    const hangs = new ReadableStream<Uint8Array>({ start: source => source.enqueue(file.slice()) })
    const piping = hangs.pipeThrough(stopped, { signal: controller.signal }).pipeTo(sink())
    piping.catch(() => {})
    await soon()
    controller.abort(new Error('enough'))
    await expect(stopped.result).rejects.toThrow('enough')
  })
})
