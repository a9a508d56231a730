import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import { fileLayout } from '../../dist/index.js'
import { codeOf, painted } from '../patterns.js'
import { kernel, onEachTier, runs } from '../tiers.js'

/** The tree by its definition: the left part holds the largest power of two below the number of leaves. */
function naiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0] as Uint8Array
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return keccak_256(concatBytes([naiveRoot(leaves.slice(0, left)), naiveRoot(leaves.slice(left))]))
}

const sectorsOf = (bytes: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const sector = new Uint8Array(256)
    sector.set(bytes.subarray(i * 256, (i + 1) * 256))
    return keccak_256(sector)
  })

onEachTier(() => {
  it('hashes every length around the block sizes like noble', async () => {
    const bytes = painted(4225)
    const lengths = [
      0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 135, 136, 137, 255, 256, 257, 271, 272, 273, 4096, 4224,
    ]
    for (const length of lengths) {
      const message = bytes.subarray(0, length)
      // A message of no bytes cannot be told from no message in a batch: there are none then.
      if (length === 0) continue
      expect(await kernel('keccak256', [message], [length]), `keccak ${length}`).toEqual(keccak_256(message))
      expect(await kernel('blake2b512', [message], [length]), `blake2b ${length}`).toEqual(blake2b(message))
    }
  })

  it('hashes random batches like noble', async () => {
    const batch = fc
      .integer({ min: 1, max: 300 })
      .chain(length => fc.tuple(fc.constant(length), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 255 })))
    await fc.assert(
      fc.asyncProperty(batch, async ([length, count, seed]) => {
        const messages = painted(length * count).map(byte => byte ^ seed)
        const parts = Array.from({ length: count }, (_, i) => messages.subarray(i * length, (i + 1) * length))
        expect(await kernel('keccak256', [messages], [length])).toEqual(
          concatBytes(parts.map(part => keccak_256(part))),
        )
        expect(await kernel('blake2b512', [messages], [length])).toEqual(concatBytes(parts.map(part => blake2b(part))))
      }),
      { numRuns: runs(30) },
    )
  })

  it('reduces segments of every interesting number of leaves to the root of the definition', async () => {
    const bytes = painted(262_144)
    for (const leaves of [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100, 511, 512, 513, 1000, 1023, 1024]) {
      for (const length of new Set([0, 1, leaves * 256 - 1, leaves * 256])) {
        const data = bytes.subarray(0, length)
        const expected = naiveRoot(sectorsOf(data, leaves))
        expect(await kernel('segmentRoots', [data], [leaves]), `${leaves} leaves, ${length} bytes`).toEqual(expected)
        const peaks = await kernel('peaks', [data], [leaves])
        let folded = peaks.slice(-32)
        for (let end = peaks.length - 32; end > 0; end -= 32) {
          folded = keccak_256(concatBytes([peaks.subarray(end - 32, end), folded]))
        }
        expect(folded).toEqual(expected)
      }
    }
  })

  it('cuts several segments, the last one short', async () => {
    const bytes = painted(2 * 262_144 + 1000)
    const roots = await kernel('segmentRoots', [bytes], [2 * 1024 + 7])
    const expected = [0, 1].map(i => naiveRoot(sectorsOf(bytes.subarray(i * 262_144), 1024)))
    expect(roots).toEqual(concatBytes([...expected, naiveRoot(sectorsOf(bytes.subarray(2 * 262_144), 7))]))
  })

  it('refuses wrong lengths and huge counts before it allocates', async () => {
    const byte = new Uint8Array(1)
    const cases: [Parameters<typeof kernel>, string][] = [
      [['segmentRoots', [byte], [0]], 'EMPTY_INPUT'],
      [['segmentRoots', [new Uint8Array(257)], [1]], 'BUFFER_LENGTH'],
      [['peaks', [byte], [0]], 'EMPTY_INPUT'],
      [['peaks', [byte], [1025]], 'LIMIT_EXCEEDED'],
      [['peaks', [new Uint8Array(257)], [1]], 'BUFFER_LENGTH'],
      [['merkleLevels', [new Uint8Array(0)], []], 'EMPTY_INPUT'],
      [['merkleLevels', [new Uint8Array(33)], []], 'BUFFER_LENGTH'],
      [['keccak256', [new Uint8Array(65)], [64]], 'BUFFER_LENGTH'],
      [['blake2b512', [new Uint8Array(65)], [64]], 'BUFFER_LENGTH'],
      [['verifyInclusion', [byte, byte, byte, byte], [0, 1, 256, 1]], 'BUFFER_LENGTH'],
      [['verifyInclusion', [new Uint8Array(32), byte, byte, byte], [0, 1, 257, 1]], 'RANGE'],
      [['verifyInclusion', [new Uint8Array(32), byte, byte, byte], [0, 1, 0, 0]], 'RANGE'],
      [['verifyInclusion', [new Uint8Array(32), byte, byte, byte], [0, 1, 0, 1025]], 'RANGE'],
    ]
    for (const count of [2 ** 31, 2 ** 32, 2 ** 49 + 1, 2 ** 53 - 1]) {
      cases.push([['segmentRoots', [byte], [count]], 'LIMIT_EXCEEDED'])
      cases.push([['peaks', [byte], [count]], 'LIMIT_EXCEEDED'])
    }
    for (const count of [2 ** 53, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const name of ['segmentRoots', 'peaks', 'keccak256', 'blake2b512'] as const) {
        cases.push([[name, [byte], [count]], 'RANGE'])
      }
    }
    for (const [args, code] of cases) expect(await codeOf(() => kernel(...args)), JSON.stringify(args)).toBe(code)
  })

  it('gives results that are nobody else’s memory', async () => {
    const first = await kernel('keccak256', [painted(64)], [64])
    const copy = first.slice()
    await kernel('keccak256', [painted(128)], [64])
    expect(first).toEqual(copy)
    expect(first.byteLength).toBe(first.buffer.byteLength)
  })

  it('answers alike for a place at huge counts', async () => {
    for (const leafCount of [2 ** 31, 2 ** 32, 2 ** 49 + 1, 2 ** 53 - 1]) {
      const record = await kernel(
        'verifyInclusion',
        [new Uint8Array(32), new Uint8Array(256), new Uint8Array(32), new Uint8Array(0)],
        [leafCount - 1, leafCount, 256, 1],
      )
      expect(new DataView(record.buffer).getUint32(0, true)).toBe(4) // PROOF_DEPTH: an empty path is no path here
    }
    expect(fileLayout(2 ** 49 + 1).segments).toBe(2 ** 31 + 2 ** 28)
  })
})
