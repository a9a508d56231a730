import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Engine } from '../../dist/backend/choose.js'
import { stripeBytes, stripesOf } from '../../dist/merkle/scanner.js'
import { runs } from '../tiers.js'

const SEGMENT = 262_144
const bytes = new Uint8Array(64 * SEGMENT)

const engineOf = (tier: string, copies: boolean, threads: number) =>
  ({ backend: { tier }, executor: { copies, threads } }) as Engine

it('stripes are whole segments, cover all, and get smaller toward the end for workers only', () => {
  const engines = fc.record({
    tier: fc.constantFrom('wasm-simd', 'wasm', 'js'),
    copies: fc.boolean(),
    threads: fc.integer({ min: 0, max: 9 }),
    segments: fc.integer({ min: 0, max: 64 }),
  })
  let smaller = 0
  fc.assert(
    fc.property(engines, ({ tier, copies, threads, segments }) => {
      const engine = engineOf(tier, copies, threads)
      const all = bytes.subarray(0, segments * SEGMENT)
      const most = stripeBytes(engine)
      const lengths: number[] = []
      let end = 0
      for (const stripe of stripesOf(engine, all)) {
        expect(stripe.byteOffset).toBe(end)
        expect(stripe.length % Math.min(most, SEGMENT)).toBe(0)
        lengths.push(stripe.length)
        end += stripe.length
      }
      expect(end).toBe(all.length)
      expect(lengths).toEqual(lengths.toSorted((a, b) => b - a))
      const [first = most, last = most] = [lengths[0], lengths.at(-1)]
      expect(first).toBeLessThanOrEqual(most)
      if (copies || threads === 0) expect(lengths.slice(0, -1).every(length => length === most)).toBe(true)
      else if (most > SEGMENT && segments > 0) {
        expect(last).toBe(SEGMENT)
        smaller += 1
      }
    }),
    { numRuns: runs(200) },
  )
  expect(smaller).toBeGreaterThan(0)
})

it('what two workers take of 16 MiB in stripes of 1 MiB', () => {
  const lengths = Array.from(stripesOf(engineOf('wasm-simd', false, 2), bytes), ({ length }) => length / SEGMENT)
  expect(lengths).toEqual([...new Array(13).fill(4), 2, 2, 2, 1, 1, 1, 1, 1, 1])
})
