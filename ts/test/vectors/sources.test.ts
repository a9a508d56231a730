import fc from 'fast-check'
import { expect, it } from 'vitest'
import features from '../../../testdata/storage/client_features.json' with { type: 'json' }
import vectors from '../../../testdata/storage/file_merkle.json' with { type: 'json' }
import { concatBytes } from '../../dist/bytes.js'
import { FileHasher, fileRoot, fromHex, hashing, toHex } from '../../dist/index.js'
import { patternFile } from '../patterns.js'
import { cut, SOURCES, streamOf } from '../sources.js'
import { onEachTier, runs } from '../tiers.js'

/** Every way to a file root of bytes that come in portions. */
const WAYS: Readonly<Record<string, (bytes: Uint8Array, portions: readonly Uint8Array[]) => Promise<Uint8Array>>> = {
  ...Object.fromEntries(
    Object.entries(SOURCES).map(([kind, open]) => [
      kind,
      (bytes: Uint8Array, portions: readonly Uint8Array[]) => fileRoot(open(bytes, portions)),
    ]),
  ),
  async FileHasher(_, portions) {
    const hasher = await FileHasher.create()
    for (const portion of portions) await hasher.write(portion)
    return (await hasher.finish()).root
  },
  async hashing(_, portions) {
    const through = hashing()
    await streamOf(portions).pipeThrough(through).pipeTo(new WritableStream())
    return (await through.result).root
  },
}

const lengths = fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 5 })
/** So that a byte a time is among them where it does not take long. */
const portionsOf = (bytes: Uint8Array, lengths: readonly number[]) =>
  cut(bytes, bytes.length < 1000 ? lengths.map(length => 1 + (length % 300)) : lengths.map(length => 700 + length))

onEachTier(tier => {
  // Long files come by one way each, another in every run, of which deep runs have many. JavaScript takes seconds for the longest.
  const short = tier === 'js' ? 10_000 : 300_000
  const longest = tier === 'js' && runs(1) === 1 ? 2 ** 21 : Number.POSITIVE_INFINITY
  const check = async (root: string, bytes: Uint8Array, lengths: readonly number[], turn: number) => {
    const ways = Object.entries(WAYS)
    const one = turn % ways.length
    for (const [kind, rootOf] of bytes.length <= short ? ways : ways.slice(one, one + 1)) {
      expect(toHex(await rootOf(bytes, portionsOf(bytes, lengths))), `${kind} of ${bytes.length}`).toBe(root)
    }
  }

  it('file_merkle: every file by every kind of source, the long ones by one kind each', async () => {
    const files = vectors.cases.filter(({ size }) => size <= longest)
    expect(files.length).toBe(longest === Number.POSITIVE_INFINITY ? 65 : 60)
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), async (lengths, turn) => {
        for (const [i, { pattern, size, root }] of files.entries()) {
          await check(root, patternFile(pattern, size), lengths, turn + i)
        }
      }),
      { numRuns: runs(1) },
    )
  })

  it('client_features: 8 encrypted files and 27 fragments by every kind of source', async () => {
    const files: [string, Uint8Array][] = []
    for (const { plainPattern, size, aesKey, nonce, header, fileRoot } of features.encryption) {
      const key = await crypto.subtle.importKey('raw', fromHex(aesKey) as Uint8Array<ArrayBuffer>, 'AES-CTR', false, [
        'encrypt',
      ])
      const counter = { name: 'AES-CTR', counter: fromHex(nonce) as Uint8Array<ArrayBuffer>, length: 128 }
      const plain = patternFile(plainPattern, size) as Uint8Array<ArrayBuffer>
      const encrypted = new Uint8Array(await crypto.subtle.encrypt(counter, key, plain))
      files.push([fileRoot, concatBytes([fromHex(header), encrypted])])
    }
    for (const { pattern, size, fragments } of features.fragments) {
      const bytes = patternFile(pattern, size)
      for (const { offset, size, root } of fragments) files.push([root, bytes.subarray(offset, offset + size)])
    }
    expect([features.encryption.length, files.length]).toEqual([8, 35])
    await fc.assert(
      fc.asyncProperty(lengths, fc.nat(), async (lengths, turn) => {
        for (const [i, [root, bytes]] of files.entries()) await check(root, bytes, lengths, turn + i)
      }),
      { numRuns: runs(1) },
    )
  })
})
