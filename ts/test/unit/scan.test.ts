import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ByteSource, backend, FileTree, fileRoot, fileRootSync, type Progress, toHex } from '../../dist/index.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { fileHandle, generate, streamOf } from '../sources.js'
import { onEachTier, runs } from '../tiers.js'

onEachTier(() => {
  const file = painted(9 * 65_536)

  it('gives one root for every kind of source', async () => {
    const root = toHex(fileRootSync(file))
    const portions = [file.subarray(0, 1), file.subarray(1, 1), file.subarray(1, 300_000), file.subarray(300_000)]
    const framed = new Uint8Array(file.length + 7)
    framed.set(file, 3)
    const shared = sharedBytes(file.length)
    shared.set(file)
    const sources: Record<string, ByteSource> = {
      Uint8Array: file,
      ArrayBuffer: file.slice().buffer,
      'view at an offset': framed.subarray(3, 3 + file.length),
      DataView: new DataView(framed.buffer, 3, file.length),
      Uint16Array: new Uint16Array(file.slice().buffer),
      SharedArrayBuffer: shared.buffer,
      'shared view': shared,
      Blob: new Blob([file as Uint8Array<ArrayBuffer>]),
      ReadableStream: streamOf(portions),
      'async iterable': generate(portions),
      'file handle': fileHandle(file),
    }
    for (const [kind, source] of Object.entries(sources)) expect(toHex(await fileRoot(source)), kind).toBe(root)
    expect(toHex(fileRootSync(shared))).toBe(root)
    expect(toHex(fileRootSync(file.slice().buffer))).toBe(root)
  })

  it('reads bytes in memory before it returns, in whatever memory it has used before', async () => {
    // More stripes than are begun at once.
    const size = backend().tier === 'js' ? 300_000 : 18_000_000
    const bytes = painted(size)
    const root = toHex(fileRootSync(bytes))
    for (const length of [size, size - 1, size]) {
      const copy = bytes.slice(0, length)
      const expected = length === size ? root : toHex(fileRootSync(copy))
      const pending = fileRoot(copy)
      copy.fill(0xff)
      expect(toHex(await pending)).toBe(expected)
    }
  })

  it('does not care how a stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: file.length }),
        fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 6 }),
        async (size, cuts) => {
          const bytes = file.subarray(0, size)
          const edges = [0, ...cuts.map(cut => cut % (size + 1)).sort((a, b) => a - b), size]
          const portions = edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge))
          const tree = await FileTree.build(streamOf(portions))
          const sync = FileTree.buildSync(bytes)
          expect(tree.root).toEqual(sync.root)
          expect(tree.segmentRoots()).toEqual(sync.segmentRoots())
        },
      ),
      { numRuns: runs(12) },
    )
  })

  it('refuses what is no file', async () => {
    expect(await codeOf(() => fileRoot(new Uint8Array()))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => fileRootSync(new Uint8Array()))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => fileRoot(new Blob([])))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => fileRoot(streamOf([])))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => FileTree.build(generate([new Uint8Array()])))).toBe('EMPTY_INPUT')
    for (const bad of [undefined, null, 5, 'text', {}, [1, 2]]) {
      expect(await codeOf(() => fileRoot(bad as never)), String(bad)).toBe('INVALID_ARGUMENT')
      expect(await codeOf(() => fileRootSync(bad as never)), String(bad)).toBe('INVALID_ARGUMENT')
    }
    expect(await codeOf(() => fileRoot(generate(['text' as never])))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => fileRoot(file, { concurrency: 0 }))).toBe('RANGE')
    const detached = new Uint8Array(1000)
    structuredClone(detached, { transfer: [detached.buffer] })
    expect(await codeOf(() => fileRoot(detached))).toBe('DETACHED_BUFFER')
    expect(await codeOf(() => fileRootSync(detached))).toBe('DETACHED_BUFFER')
  })

  it('passes on the errors of a source', async () => {
    async function* broken() {
      yield file
      throw new Error('cable pulled')
    }
    await expect(fileRoot(broken())).rejects.toThrow('cable pulled')
  })

  it('owns its bytes: what is written after the call does not count', async () => {
    const bytes = file.slice()
    const expected = fileRootSync(bytes)
    const rooting = fileRoot(bytes)
    bytes.fill(0)
    expect(await rooting).toEqual(expected)

    const given = file.slice()
    const transferred = fileRoot(given, { transfer: true })
    expect(given.length).toBe(0)
    expect(await transferred).toEqual(expected)
  })

  it('reports progress, at most 20 times a second and once at the end', async () => {
    const events: Progress[] = []
    const started = performance.now()
    await fileRoot(file, { onProgress: progress => events.push(progress) })
    const seconds = (performance.now() - started) / 1000
    expect(events.length).toBeLessThanOrEqual(20 * seconds + 2)
    expect(events.at(-1)).toEqual({ done: file.length, total: file.length })
    expect(events.filter(({ done, total }) => done === total).length).toBe(1)
    events.slice(1).forEach((event, i) => {
      expect(event.done).toBeGreaterThan((events[i] as Progress).done)
    })
  })

  it('stops when it is told to, with the reason it was given', async () => {
    const reason = new Error('enough')
    await expect(fileRoot(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)

    // A source that never ends, and one that never answers.
    let returned = false
    async function* endless() {
      try {
        for (;;) yield painted(100_000)
      } finally {
        returned = true
      }
    }
    for (const source of [endless(), new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) })]) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(reason), 20)
      await expect(fileRoot(source, { signal: controller.signal })).rejects.toBe(reason)
    }
    await expect.poll(() => returned).toBe(true)
  })

  it('gives the same root at any concurrency', async () => {
    const root = fileRootSync(file)
    for (const concurrency of [1, 2, 7]) expect(await fileRoot(file, { concurrency })).toEqual(root)
  })
})
