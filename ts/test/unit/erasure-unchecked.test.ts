import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../../dist/bytes.js'
import { ErasureCode, UncheckedCodec } from '../../dist/index.js'
import { allShards, codesOf } from '../erasure.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { onEachTier, runs } from '../tiers.js'

const codes = codesOf(4, 2)
const cauchy = codes[1] as (typeof codes)[number]

/** Copies in a buffer of their own each: nothing lies one after the other. */
const apart = (shards: readonly Uint8Array[]) => shards.map(shard => shard.slice())
/** Copies one after the other in one buffer, in the middle of it. */
const together = (shards: readonly Uint8Array[]) => {
  const length = shards[0]?.length ?? 0
  const memory = new Uint8Array(64 + shards.length * length)
  return shards.map((shard, i) => {
    const view = memory.subarray(32 + i * length, 32 + (i + 1) * length)
    view.set(shard)
    return view
  })
}
const same = (got: readonly Uint8Array[], expected: readonly Uint8Array[]) =>
  got.length === expected.length && got.every((shard, i) => equalBytes(shard, expected[i] as Uint8Array))

onEachTier(() => {
  it('encodes shards that lie apart and together, at once and on all threads', async () => {
    for (const code of codes) {
      const codec = new UncheckedCodec(code)
      for (const length of [1, 65, 5000]) {
        const all = allShards(code, painted(4 * length))
        for (const place of [apart, together]) {
          const data = place(all.slice(0, 4))
          expect(same(codec.encodeSync(data), all.slice(4))).toBe(true)
          expect(same(await codec.encode(data), all.slice(4))).toBe(true)
          for (const placeOut of [apart, together]) {
            const parity = placeOut(all.slice(4).map(shard => shard.map(byte => ~byte)))
            codec.encodeIntoSync(data, parity)
            expect(same(parity, all.slice(4))).toBe(true)
            for (const shard of parity) shard.fill(7)
            await codec.encodeInto(data, parity)
            expect(same(parity, all.slice(4))).toBe(true)
          }
        }
      }
    }
  })

  it('works through long shards in pieces', async () => {
    const codec = new UncheckedCodec(ErasureCode.cauchy(3, 2))
    const length = 300_001
    const data = [0, 1, 2].map(i => painted(length).map(byte => byte * (i + 2)))
    const parity = codec.encodeSync(together(data))
    expect(same(codec.encodeSync(data), parity)).toBe(true)
    const done: number[] = []
    const onProgress = ({ done: now, total }: { done: number; total: number | undefined }) => {
      expect(total).toBe(3 * length)
      done.push(now)
    }
    expect(same(await codec.encode(data, { onProgress }), parity)).toBe(true)
    expect(done.at(-1)).toBe(3 * length)
    expect(done).toEqual([...done].sort((a, b) => a - b))

    const spoiled = apart([...data, ...parity])
    const last = spoiled[4] as Uint8Array
    last[299_999] = (last[299_999] as number) ^ 1
    expect(codec.verifySync(spoiled)).toEqual({ place: 299_999, index: 4 })
    expect(await codec.verify(spoiled)).toEqual({ place: 299_999, index: 4 })
    expect(codec.verifySync(together(spoiled))).toEqual({ place: 299_999, index: 4 })
    expect(codec.verifySync([...data, ...parity])).toBe(undefined)
    expect(await codec.verify([...data, ...parity])).toBe(undefined)
  })

  it('reconstructs all, data only and some, of every loss', async () => {
    for (const code of codes) {
      const codec = new UncheckedCodec(code)
      const all = allShards(code, painted(4 * 70))
      let losses = 0
      for (let lost = 0; lost < 64; lost++) {
        const shards = all.map((shard, i) => ((lost >> i) & 1 ? undefined : shard))
        const there = shards.filter(shard => shard !== undefined).length
        if (there < 4) {
          expect(await codeOf(() => codec.reconstructSync(shards))).toBe('TOO_FEW_SHARDS')
          expect(await codeOf(() => codec.reconstructData(shards))).toBe('TOO_FEW_SHARDS')
          continue
        }
        losses++
        expect(same(codec.reconstructSync(shards), all)).toBe(true)
        expect(same(await codec.reconstruct(shards), all)).toBe(true)
        expect(same(codec.reconstructDataSync(shards), all.slice(0, 4))).toBe(true)
        expect(same(await codec.reconstructData(shards), all.slice(0, 4))).toBe(true)
        const some = [5, 1, 3]
        const expected = some.map(index => all[index] as Uint8Array)
        expect(same(codec.reconstructSomeSync(shards, some), expected)).toBe(true)
        expect(same(await codec.reconstructSome(shards, some), expected)).toBe(true)
        expect(codec.reconstructSomeSync(shards, [])).toEqual([])
      }
      expect(losses).toBe(22)
    }
  })

  it('encodes and decodes a shard at a time', async () => {
    for (const code of codes) {
      const codec = new UncheckedCodec(code)
      const all = allShards(code, painted(4 * 100))
      const at = (index: number) => all[index] as Uint8Array
      const encoder = codec.encoder(100)
      encoder.addSync(2, at(2))
      await encoder.add(0, at(0))
      expect(encoder.missing).toEqual([1, 3])
      expect(await codeOf(() => encoder.shards())).toBe('TOO_FEW_SHARDS')
      expect(await codeOf(() => encoder.addSync(2, at(2)))).toBe('DUPLICATE_SHARD')
      expect(await codeOf(() => encoder.add(2, at(2)))).toBe('DUPLICATE_SHARD')
      expect(await codeOf(() => encoder.add(4, at(4)))).toBe('INDEX_RANGE')
      expect(await codeOf(() => encoder.add(1.5, at(1)))).toBe('INDEX_RANGE')
      expect(await codeOf(() => encoder.add(1, new Uint8Array(99)))).toBe('BUFFER_LENGTH')
      // Additions under way at once take their turns.
      const both = [encoder.add(3, at(3)), encoder.add(1, at(1))]
      expect(await codeOf(() => encoder.shards())).toBe('INVALID_ARGUMENT')
      await Promise.all(both)
      expect(same(encoder.shards(), all.slice(4))).toBe(true)

      const decoder = codec.decoder([5, 3, 4, 0, 1], [2, 5], 100)
      for (const index of [4, 0, 5, 1, 3]) decoder.addSync(index, at(index))
      expect(decoder.missing).toEqual([])
      expect(same(decoder.shards(), [at(2), at(5)])).toBe(true)
    }
    const codec = new UncheckedCodec(ErasureCode.vandermonde(2, 1))
    expect(await codeOf(() => codec.decoder([0], [1], 5))).toBe('TOO_FEW_SHARDS')
    expect(await codeOf(() => codec.decoder([0, 256], [1], 5))).toBe('INDEX_RANGE')
    expect(await codeOf(() => codec.decoder([0, 0], [1], 5))).toBe('DUPLICATE_SHARD')
    expect(await codeOf(() => codec.decoder([0, 2], [], 5))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => codec.encoder(0))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => codec.encoder(2 ** 30 + 1))).toBe('LIMIT_EXCEEDED')
    expect(await codeOf(() => codec.encoder(-1))).toBe('RANGE')
  })

  it('brings parity up to date', async () => {
    for (const code of codes) {
      const codec = new UncheckedCodec(code)
      const before = allShards(code, painted(4 * 77))
      const changed = painted(4 * 77).map((byte, i) => (i >= 3 * 77 ? byte + i : byte))
      const after = allShards(code, changed)
      const change = [before[3], after[3]] as [Uint8Array, Uint8Array]
      expect(same(codec.updateParitySync(before.slice(4), 3, ...change), after.slice(4))).toBe(true)
      expect(same(await codec.updateParity(apart(before.slice(4)), 3, ...change), after.slice(4))).toBe(true)
      expect(await codeOf(() => codec.updateParitySync(before.slice(4), 4, ...change))).toBe('INDEX_RANGE')
    }
  })

  it('copies what an asynchronous call gets, and leaves it alone', async () => {
    const codec = new UncheckedCodec(cauchy)
    const all = allShards(cauchy, painted(4 * 50))
    const data = together(all.slice(0, 4))
    const running = codec.encode(data)
    for (const shard of data) shard.fill(0)
    expect(same(await running, all.slice(4))).toBe(true)
    expect(data.every(shard => shard.every(byte => byte === 0))).toBe(true)
  })

  it('reads shared memory, and writes to it', async () => {
    const codec = new UncheckedCodec(cauchy)
    const all = allShards(cauchy, painted(4 * 50))
    const memory = sharedBytes(6 * 50)
    const shards = Array.from({ length: 6 }, (_, i) => memory.subarray(50 * i, 50 * i + 50))
    shards.slice(0, 4).forEach((shard, i) => void shard.set(all[i] as Uint8Array))
    codec.encodeIntoSync(shards.slice(0, 4), shards.slice(4))
    expect(same(shards, all)).toBe(true)
    expect(await codec.verify(shards)).toBe(undefined)
  })

  it('refuses shards that do not belong together, and writes nothing then', async () => {
    const codec = new UncheckedCodec(ErasureCode.vandermonde(2, 2))
    const [a, b, c, d] = [1, 2, 3, 4].map(byte => new Uint8Array(8).fill(byte)) as [
      Uint8Array<ArrayBuffer>,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    const memory = new Uint8Array(40)
    const view = (start: number) => memory.subarray(start, start + 8)
    const gone = new Uint8Array(8)
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    const cases: [() => unknown, string][] = [
      [() => codec.encodeSync([a]), 'BUFFER_LENGTH'],
      [() => codec.encodeSync([a, b, c]), 'BUFFER_LENGTH'],
      [() => codec.encodeSync([a, new Uint8Array(7)]), 'BUFFER_LENGTH'],
      [() => codec.encodeSync([new Uint8Array(), new Uint8Array()]), 'EMPTY_INPUT'],
      [() => codec.encodeSync('ab' as never), 'INVALID_ARGUMENT'],
      [() => codec.encodeSync([a, 'b' as never]), 'INVALID_ARGUMENT'],
      [() => codec.encode([a, gone]), 'DETACHED_BUFFER'],
      [() => codec.encodeIntoSync([a, b], [c]), 'BUFFER_LENGTH'],
      [() => codec.encodeIntoSync([a, b], [c, new Uint8Array(9)]), 'BUFFER_LENGTH'],
      [() => codec.encodeIntoSync([a, b], [new Uint8Array(9), new Uint8Array(9)]), 'BUFFER_LENGTH'],
      [() => codec.encodeIntoSync([a, b], [c, c]), 'BUFFER_OVERLAP'],
      [() => codec.encodeIntoSync([a, b], [c, a]), 'BUFFER_OVERLAP'],
      [() => codec.encodeIntoSync([view(0), view(8)], [view(16), view(23)]), 'BUFFER_OVERLAP'],
      [() => codec.encodeInto([view(0), view(8)], [view(15), view(30)]), 'BUFFER_OVERLAP'],
      [() => codec.verifySync([a, b, c]), 'BUFFER_LENGTH'],
      [() => codec.reconstructSync([a, b, c]), 'BUFFER_LENGTH'],
      [() => codec.reconstructSomeSync([a, b, c, d], [4]), 'INDEX_RANGE'],
      [() => codec.reconstructSomeSync([a, b, c, d], [-1]), 'INDEX_RANGE'],
      [() => codec.reconstructSomeSync([a, undefined, c, d], [1, 1]), 'DUPLICATE_SHARD'],
      [() => codec.encode([a, b], { concurrency: 0 }), 'RANGE'],
    ]
    for (const [call, code] of cases) expect(await codeOf(call), String(call)).toBe(code)
    expect(cases.length).toBe(20)
    expect([a, b, c, d].map(shard => shard[0])).toEqual([1, 2, 3, 4])
    expect(memory.every(byte => byte === 0)).toBe(true)
    codec.encodeIntoSync([view(0), view(8)], [view(16), view(24)])

    const reason = new Error('enough')
    await expect(codec.encode([a, b], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(codec.verify([a, b, c, d], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('random shapes, lengths and losses come back', async () => {
    const cases = fc.record({
      data: fc.integer({ min: 1, max: 40 }),
      parity: fc.integer({ min: 1, max: 20 }),
      length: fc.integer({ min: 1, max: 3000 }),
      order: fc.array(fc.integer(), { minLength: 60, maxLength: 60 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ data, parity, length, order }) => {
        const codec = new UncheckedCodec(ErasureCode.vandermonde(data, parity))
        const shards = Array.from({ length: data }, (_, i) => painted(length).map(byte => byte * (2 * i + 1) + i))
        const all = [...shards, ...codec.encodeSync(shards)]
        const lost = new Set(
          all
            .map((_, i) => i)
            .sort((a, b) => (order[a] as number) - (order[b] as number))
            .slice(0, parity),
        )
        const left = all.map((shard, i) => (lost.has(i) ? undefined : shard))
        expect(same(await codec.reconstruct(left), all)).toBe(true)
        expect(codec.verifySync(codec.reconstructSync(left))).toBe(undefined)
      }),
      { numRuns: runs(10) },
    )
  })
})

describe('ErasureCode', () => {
  it('knows its shape, and its matrix stays its own', async () => {
    const code = ErasureCode.custom(2, 1, Uint8Array.of(1, 2))
    expect([code.name, code.data, code.parity, code.shards]).toEqual(['rs8-custom', 2, 1, 3])
    code.matrix.fill(0)
    expect(code.matrix).toEqual(Uint8Array.of(1, 2))
    expect(ErasureCode.vandermonde(10, 4).matrix.length).toBe(0)
    const cases: [() => unknown, string][] = [
      [() => ErasureCode.vandermonde(0, 1), 'RANGE'],
      [() => ErasureCode.cauchy(1, 0), 'RANGE'],
      [() => ErasureCode.cauchy(1.5, 1), 'RANGE'],
      [() => ErasureCode.cauchy('2' as never, 1), 'RANGE'],
      [() => ErasureCode.vandermonde(200, 57), 'LIMIT_EXCEEDED'],
      [() => ErasureCode.vandermonde(2 ** 53 - 1, 2 ** 53 - 1), 'LIMIT_EXCEEDED'],
      [() => ErasureCode.custom(2, 1, new Uint8Array(3)), 'BUFFER_LENGTH'],
      [() => ErasureCode.custom(2, 1, new Uint8Array(2)), 'MATRIX_SINGULAR'],
      [() => ErasureCode.custom(2, 1, [1, 2] as never), 'INVALID_ARGUMENT'],
      [() => new ErasureCode({ name: 'rs8-cauchy', data: 2, parity: 1, matrix: Uint8Array.of(1, 2) }), 'BUFFER_LENGTH'],
      [() => new ErasureCode({ name: 'rs16' as never, data: 2, parity: 1 }), 'INVALID_ARGUMENT'],
      [() => new ErasureCode(undefined as never), 'INVALID_ARGUMENT'],
    ]
    for (const [call, expected] of cases) expect(await codeOf(call), String(call)).toBe(expected)
  })
})
