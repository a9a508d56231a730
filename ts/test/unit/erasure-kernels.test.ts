import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import type { KernelName } from '../../dist/kernels.js'
import { type Code, codeNumberOf } from '../../dist/rules/erasure/code.js'
import { planOf } from '../../dist/rules/erasure/solve.js'
import { allShards, codesOf, customMatrix, hash, indices, treeLevels } from '../erasure.js'
import { codeOf, painted } from '../patterns.js'
import { kernel, onEachTier, runs } from '../tiers.js'

const none = new Uint8Array()
const shape = ({ name, data, parity }: Code, length: number) => [codeNumberOf(name), data, parity, length]
const bytes = (...list: number[]) => Uint8Array.from(list)

function solve(code: Code, shards: readonly Uint8Array[], present: Uint8Array, wanted: Uint8Array) {
  const given = concatBytes([...present].map(index => shards[index] as Uint8Array))
  return kernel('erasureSolve', [given, present, wanted, code.matrix], shape(code, given.length / present.length))
}

/** All ways to lose up to `most` of `count`: what is left. */
function* remainders(count: number, most: number): Generator<Uint8Array> {
  for (let lost = 0; lost < 2 ** count; lost++) {
    const left = indices(0, count).filter(index => ((lost >> index) & 1) === 0)
    if (left.length >= count - most) yield left
  }
}

onEachTier(tier => {
  it('parity follows from the definition, at every length around the widths of registers', async () => {
    for (const [data, parity] of [
      [1, 1],
      [3, 2],
      [5, 7],
    ] as const) {
      for (const code of codesOf(data, parity)) {
        for (const length of [1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 200, 511, 513]) {
          const shards = allShards(code, painted(data * length))
          const parityOf = await solve(code, shards, indices(0, data), indices(data, data + parity))
          expect(
            equalBytes(parityOf, concatBytes(shards.slice(data))),
            `${code.name} ${data}+${parity} ${length}`,
          ).toBe(true)
        }
      }
    }
  })

  it('every loss of 4+2 and 3+3 is undone, whatever is wanted', async () => {
    let cases = 0
    for (const [data, parity] of [
      [4, 2],
      [3, 3],
    ] as const) {
      for (const code of codesOf(data, parity)) {
        const shards = allShards(code, painted(data * 70))
        const all = concatBytes(shards)
        for (const present of remainders(data + parity, parity)) {
          expect(equalBytes(await solve(code, shards, present, indices(0, data + parity)), all)).toBe(true)
          cases++
        }
      }
    }
    expect(cases).toBe(3 * (22 + 42))
  })

  it('losses of 6+4 are undone, a sample', async () => {
    for (const code of codesOf(6, 4)) {
      const shards = allShards(code, painted(6 * 100))
      const patterns = [...remainders(10, 4)].filter((_, i) => i % 9 === 4)
      expect(patterns.length).toBe(43)
      for (const present of patterns) {
        const wanted = indices(0, 10).reverse()
        const solved = await solve(code, shards, present, wanted)
        expect(equalBytes(solved, concatBytes([...shards].reverse()))).toBe(true)
      }
    }
  })

  it('random codes and losses are as the definition has them', async () => {
    const cases = fc.record({
      data: fc.integer({ min: 1, max: 20 }),
      parity: fc.integer({ min: 1, max: 12 }),
      kind: fc.integer({ min: 0, max: 2 }),
      length: fc.integer({ min: 1, max: 150 }),
      order: fc.array(fc.integer(), { minLength: 32, maxLength: 32 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ data, parity, kind, length, order }) => {
        const code = codesOf(data, parity)[kind] as ReturnType<typeof codesOf>[number]
        const shards = allShards(code, painted(data * length))
        const shuffled = indices(0, data + parity).sort((a, b) => (order[a] as number) - (order[b] as number))
        const [present, wanted] = [shuffled.slice(0, data), shuffled.slice(-parity)]
        const expected = concatBytes([...wanted].map(index => shards[index] as Uint8Array))
        expect(equalBytes(await solve(code, shards, present, wanted), expected)).toBe(true)
      }),
      { numRuns: runs(20) },
    )
  })

  it('adds a shard at a time, in any order, and what is not used adds nothing', async () => {
    for (const code of codesOf(4, 3)) {
      const shards = allShards(code, painted(4 * 100))
      const [present, wanted] = [bytes(6, 2, 1, 5, 0), bytes(3, 4)]
      const { used } = planOf(code, present, wanted)
      let sums: Uint8Array = new Uint8Array(200)
      for (const index of [2, 6, 5, 0, 1]) {
        const inputs = [sums, shards[index] as Uint8Array, bytes(index), present, wanted, code.matrix]
        const next = await kernel('erasureAdd', inputs, shape(code, 100))
        expect(equalBytes(next, sums)).toBe(!used.includes(index))
        sums = next
      }
      expect(equalBytes(sums, concatBytes([shards[3] as Uint8Array, shards[4] as Uint8Array]))).toBe(true)
    }
  })

  it('replaces a data shard by its old and new bytes, given together', async () => {
    for (const code of codesOf(5, 3)) {
      const before = allShards(code, painted(5 * 64))
      const changed = painted(5 * 64).map((byte, i) => (i >= 128 && i < 192 ? byte ^ i : byte))
      const after = allShards(code, changed)
      const change = concatBytes([before[2] as Uint8Array, after[2] as Uint8Array])
      const inputs = [concatBytes(before.slice(5)), change, bytes(2, 2), indices(0, 5), indices(5, 8), code.matrix]
      expect(await kernel('erasureAdd', inputs, shape(code, 64))).toEqual(concatBytes(after.slice(5)))
    }
  })

  it('finds the lowest place where parity differs, and there the lowest shard', async () => {
    const length = 70_000
    for (const code of codesOf(2, 3)) {
      const data = painted(2 * length)
      const all = concatBytes([
        data,
        await kernel('erasureSolve', [data, bytes(0, 1), bytes(2, 3, 4), code.matrix], shape(code, length)),
      ])
      const differs = async (...places: [index: number, at: number][]) => {
        const spoiled = all.slice()
        for (const [index, at] of places) spoiled[index * length + at] = (spoiled[index * length + at] as number) ^ 0x80
        const view = new DataView((await kernel('erasureVerify', [spoiled, code.matrix], shape(code, length))).buffer)
        return [Number(view.getBigUint64(0, true)), view.getUint32(8, true), view.getUint32(12, true)]
      }
      expect(await differs()).toEqual([0, 0, 0])
      expect(await differs([4, 0])).toEqual([0, 4, 1])
      expect(await differs([3, 69_999])).toEqual([69_999, 3, 1])
      expect(await differs([2, 40_000], [4, 39_999], [3, 39_999])).toEqual([39_999, 3, 1])
      expect(await differs([1, 65_536])).toEqual([65_536, 2, 1])
    }
  })

  it('hashes chunks and the levels above them as the specification says', async () => {
    for (const [count, length] of [
      [1, 1],
      [3, 128],
      [7, 129],
      [70, 64],
      [2, 5000],
    ] as const) {
      const chunks = painted(count * length)
      const expected = Array.from({ length: count }, (_, i) => hash(chunks.subarray(i * length, (i + 1) * length)))
      expect(await kernel('erasureChunkHashes', [chunks], [length])).toEqual(concatBytes(expected))
    }
    const leaves = Array.from({ length: 200 }, (_, i) => hash(bytes(i)))
    for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 64, 65, 127, 128, 129, 200]) {
      const levels = treeLevels(leaves.slice(0, count))
      const got = await kernel('erasureLevels', [concatBytes(leaves.slice(0, count))], [])
      expect(equalBytes(got, concatBytes(levels.slice(1).flat())), `${count} leaves`).toBe(true)
    }
  })

  it('checks the minors of a matrix', async () => {
    const check = (matrix: Uint8Array, data: number, parity: number) =>
      codeOf(() => kernel('erasureCheck', [matrix], [3, data, parity]))
    for (const [data, parity] of [
      [1, 1],
      [4, 3],
      [8, 8],
    ] as const) {
      const matrix = customMatrix(data, parity)
      expect(await check(matrix, data, parity)).toBe('nothing was thrown')
      matrix[matrix.length - 1] = 0
      expect(await check(matrix, data, parity)).toBe('MATRIX_SINGULAR')
    }
    // Two rows that are multiples of each other: no entry is 0, but minors of two rows are.
    expect(await check(bytes(1, 2, 3, 2, 4, 6), 3, 2)).toBe('MATRIX_SINGULAR')
    // Too many minors to be checked: taken as it is.
    expect(await check(new Uint8Array(100), 10, 10)).toBe('nothing was thrown')
    expect(await codeOf(() => kernel('erasureCheck', [none], [1, 10, 4]))).toBe('nothing was thrown')
  })

  it('takes what can be solved of a matrix with minors of 0, and refuses the rest', async () => {
    // Parity 2 is a multiple of parity 1: of the three shards 1, 3, 4 two are independent only.
    const code: Code = { name: 'rs8-custom', data: 2, parity: 3, matrix: bytes(1, 1, 2, 2, 1, 3) }
    const parity = await kernel('erasureSolve', [bytes(7, 9), bytes(0, 1), bytes(2, 3, 4), code.matrix], shape(code, 1))
    const shards = [bytes(7), bytes(9), ...[...parity].map(byte => bytes(byte))]
    expect(await codeOf(() => solve(code, shards, bytes(2, 3), bytes(0)))).toBe('MATRIX_SINGULAR')
    expect(await solve(code, shards, bytes(2, 3, 4), bytes(0, 1))).toEqual(bytes(7, 9))
  })

  it('refuses what does not fit, with the same code on every tier', async () => {
    const [data, parity] = [bytes(0, 1), bytes(2)]
    const four = new Uint8Array(4)
    const cases: [KernelName, Uint8Array[], number[], string][] = [
      ['erasureSolve', [four, data, parity, none], [0, 2, 1, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [4, 2, 1, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [1, 0, 1, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [1, 2, 0, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [1, 2, 0.5, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [1, 2, -1, 2], 'RANGE'],
      ['erasureSolve', [four, data, parity, none], [1, 200, 57, 2], 'LIMIT_EXCEEDED'],
      ['erasureSolve', [four, data, parity, none], [1, 2 ** 53 - 1, 1, 2], 'LIMIT_EXCEEDED'],
      ['erasureSolve', [four, data, parity, none], [1, 2 ** 53 - 1, 2 ** 53 - 1, 2], 'LIMIT_EXCEEDED'],
      ['erasureSolve', [four, data, parity, bytes(1)], [1, 2, 1, 2], 'BUFFER_LENGTH'],
      ['erasureSolve', [four, data, parity, none], [3, 2, 1, 2], 'BUFFER_LENGTH'],
      ['erasureSolve', [none, data, parity, none], [1, 2, 1, 0], 'EMPTY_INPUT'],
      ['erasureSolve', [four, data, none, none], [1, 2, 1, 2], 'EMPTY_INPUT'],
      ['erasureSolve', [four, data, parity, none], [1, 2, 1, 3], 'BUFFER_LENGTH'],
      ['erasureSolve', [four, data, parity, none], [1, 2, 1, 2 ** 31], 'LIMIT_EXCEEDED'],
      ['erasureSolve', [four, data, parity, none], [1, 2, 1, 2 ** 53 - 1], 'LIMIT_EXCEEDED'],
      ['erasureSolve', [four, bytes(0, 3), parity, none], [1, 2, 1, 2], 'INDEX_RANGE'],
      ['erasureSolve', [four, data, bytes(3), none], [1, 2, 1, 2], 'INDEX_RANGE'],
      ['erasureSolve', [four, bytes(1, 1), parity, none], [1, 2, 1, 2], 'DUPLICATE_SHARD'],
      ['erasureSolve', [four, data, bytes(2, 2), none], [1, 2, 1, 2], 'DUPLICATE_SHARD'],
      ['erasureSolve', [bytes(1, 2), bytes(0), parity, none], [1, 2, 1, 2], 'TOO_FEW_SHARDS'],
      ['erasureSolve', [none, none, parity, none], [1, 2, 1, 2], 'TOO_FEW_SHARDS'],
      ['erasureSolve', [four, bytes(1, 2), bytes(0), bytes(0, 1)], [3, 2, 1, 2], 'MATRIX_SINGULAR'],
      ['erasureAdd', [bytes(1, 2), bytes(1, 2), none, data, parity, none], [1, 2, 1, 2], 'EMPTY_INPUT'],
      ['erasureAdd', [none, bytes(1, 2), bytes(0), data, none, none], [1, 2, 1, 2], 'EMPTY_INPUT'],
      ['erasureAdd', [bytes(1, 2), bytes(1, 2), bytes(2), data, parity, none], [1, 2, 1, 2], 'INDEX_RANGE'],
      ['erasureAdd', [bytes(1), bytes(1, 2), bytes(0), data, parity, none], [1, 2, 1, 2], 'BUFFER_LENGTH'],
      ['erasureAdd', [bytes(1, 2), bytes(1), bytes(0), data, parity, none], [1, 2, 1, 2], 'BUFFER_LENGTH'],
      ['erasureAdd', [bytes(1, 2), bytes(1, 2), bytes(0), bytes(0), parity, none], [1, 2, 1, 2], 'TOO_FEW_SHARDS'],
      ['erasureVerify', [new Uint8Array(5), none], [1, 2, 1, 2], 'BUFFER_LENGTH'],
      ['erasureVerify', [none, none], [1, 2, 1, 0], 'EMPTY_INPUT'],
      ['erasureVerify', [none, none], [1, 2, 1, 2 ** 40], 'LIMIT_EXCEEDED'],
      ['erasureCheck', [none], [3, 1, 1], 'BUFFER_LENGTH'],
      ['erasureCheck', [none], [5, 1, 1], 'RANGE'],
      ['erasureChunkHashes', [four], [0], 'RANGE'],
      ['erasureChunkHashes', [four], [2 ** 20 + 1], 'RANGE'],
      ['erasureChunkHashes', [none], [4], 'EMPTY_INPUT'],
      ['erasureChunkHashes', [four], [3], 'BUFFER_LENGTH'],
      ['erasureLevels', [none], [], 'EMPTY_INPUT'],
      ['erasureLevels', [new Uint8Array(33)], [], 'BUFFER_LENGTH'],
    ]
    for (const [name, inputs, params, code] of cases) {
      expect(
        await codeOf(() => kernel(name, inputs, params)),
        `${tier} ${name} ${JSON.stringify([inputs, params])}`,
      ).toBe(code)
    }
    expect(cases.length).toBe(40)
  })
})
