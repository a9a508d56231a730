import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FileHasher, FileTree, type Progress, toHex } from '../../dist/index.js'
import { codeOf, painted } from '../patterns.js'
import { onEachTier, runs } from '../tiers.js'

onEachTier(tier => {
  const file = painted(5 * 262_144 + 7777)

  it('suspended and resumed anywhere, equals one pass', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: tier === 'js' ? 300_000 : file.length }),
        fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 400_000 }),
        async (size, cuts, portion) => {
          const bytes = file.subarray(0, size)
          const places = [...cuts.map(cut => cut % (size + 1)).sort((a, b) => a - b), size]
          let hasher = await FileHasher.create()
          for (const place of places) {
            while (hasher.size < place)
              await hasher.write(bytes.subarray(hasher.size, Math.min(hasher.size + portion, place)))
            hasher = await FileHasher.resume(await hasher.suspend())
            expect(hasher.size).toBe(place)
          }
          const { root, layout, submission } = await hasher.finish()
          const tree = FileTree.buildSync(bytes)
          expect(toHex(root)).toBe(toHex(tree.root))
          expect(layout).toEqual(tree.layout)
          expect(submission).toEqual(tree.submission())
        },
      ),
      { numRuns: runs(15) },
    )
  })

  it('goes on after it was suspended, as if nothing had been', async () => {
    const [hasher, other] = [await FileHasher.create(), await FileHasher.create()]
    const states: Uint8Array[] = []
    for (let at = 0; at < 600_000; at += 100_000) {
      await hasher.write(file.subarray(at, at + 100_000))
      states.push(await hasher.suspend())
      expect(await hasher.suspend()).toEqual(states.at(-1))
    }
    await other.write(file.subarray(0, 600_000))
    expect(await other.suspend()).toEqual(states.at(-1))
    expect((await hasher.finish()).root).toEqual(FileTree.buildSync(file.subarray(0, 600_000)).root)
    // Every one of them is still good.
    const early = await FileHasher.resume(states[1] as Uint8Array)
    await early.write(file.subarray(200_000, 600_000))
    expect((await early.finish()).root).toEqual((await other.finish()).root)
  })

  it('owns its bytes and keeps the order of calls that nobody awaits', async () => {
    const [hasher, scratch] = [await FileHasher.create({ concurrency: 1 }), new Uint8Array(90_001)]
    const calls: Promise<unknown>[] = []
    let state: Promise<Uint8Array> | undefined
    for (let at = 0; at < file.length; at += scratch.length) {
      const part = file.subarray(at, at + scratch.length)
      scratch.set(part)
      calls.push(hasher.write(scratch.subarray(0, part.length)))
      scratch.fill(0)
      if (at === 5 * scratch.length) state = hasher.suspend()
    }
    const { root } = await hasher.finish()
    await Promise.all(calls)
    expect(root).toEqual(FileTree.buildSync(file).root)
    const resumed = await FileHasher.resume((await state) as Uint8Array)
    await resumed.write(file.subarray(6 * scratch.length))
    expect((await resumed.finish()).root).toEqual(root)
  })

  it('refuses what is no state, no bytes, no file, and what comes after the end', async () => {
    const state = await (await FileHasher.create()).suspend()
    expect(state.length).toBe(56)
    expect(await codeOf(() => FileHasher.resume(state.subarray(1)))).toBe('STATE_FORMAT')
    expect(await codeOf(() => FileHasher.resume(new Uint8Array(2 ** 20)))).toBe('STATE_FORMAT')
    expect(await codeOf(() => FileHasher.resume('state' as never))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => FileHasher.create({ concurrency: 0 }))).toBe('RANGE')
    const hasher = await FileHasher.resume(state)
    expect(await codeOf(() => hasher.write('text' as never))).toBe('INVALID_ARGUMENT')
    await hasher.write(new Uint8Array())
    expect(await codeOf(() => hasher.finish())).toBe('EMPTY_INPUT')
    for (const call of [hasher.write(new Uint8Array(1)), hasher.suspend(), hasher.finish()]) {
      expect(await codeOf(() => call)).toBe('INVALID_ARGUMENT')
    }
  })

  it('reports progress and stops when it is told to', async () => {
    const events: Progress[] = []
    const hasher = await FileHasher.create({ onProgress: progress => events.push(progress) })
    await hasher.write(file)
    await hasher.finish()
    expect(events.at(-1)).toEqual({ done: file.length, total: file.length })

    const controller = new AbortController()
    const stopped = await FileHasher.create({ signal: controller.signal })
    await stopped.write(file.subarray(0, 1000))
    const state = await stopped.suspend()
    const reason = new Error('enough')
    controller.abort(reason)
    for (const call of [stopped.write(file), stopped.suspend(), stopped.finish()])
      await expect(call).rejects.toBe(reason)
    const resumed = await FileHasher.resume(state)
    await resumed.write(file.subarray(1000))
    expect((await resumed.finish()).root).toEqual(FileTree.buildSync(file).root)
  })
})
