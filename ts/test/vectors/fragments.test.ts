import { expect, it } from 'vitest'
import vectors from '../../../testdata/storage/client_features.json' with { type: 'json' }
import { equalBytes } from '../../dist/bytes.js'
import { FileTree, toHex } from '../../dist/index.js'
import { Download, fragmentSizeOf, type SegmentRequest, splitFragments } from '../../dist/transfer/index.js'
import { codeOf, painted, patternBytes } from '../patterns.js'
import { onEachTier } from '../tiers.js'

async function* portions(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 777) yield bytes.subarray(at, at + 777)
}

const files = vectors.fragments.map(({ pattern, size }) => patternBytes(pattern, size))

onEachTier(() => {
  it('splits and joins as the vectors say', async () => {
    expect(vectors.fragments.length).toBe(4)
    for (const [row, { requestedFragment, alignedFragment, fragments }] of vectors.fragments.entries()) {
      expect(fragmentSizeOf(requestedFragment)).toBe(alignedFragment)
      const bytes = files[row] as Uint8Array
      const trees: FileTree[] = []
      const offsets: number[] = []
      for await (const fragment of splitFragments(portions(bytes), { fragmentSize: requestedFragment })) {
        expect(fragment.index).toBe(offsets.length)
        offsets.push(fragment.offset)
        trees.push(await FileTree.build(fragment))
      }
      const rows = trees.map(({ root, layout }, i) => ({ offset: offsets[i], size: layout.size, root: toHex(root) }))
      expect(rows).toEqual(fragments)

      const fetchSegment = async ({ root, index }: SegmentRequest) => {
        const i = rows.findIndex(row => row.root === toHex(root))
        const { offset = 0, size = 0 } = rows[i] ?? {}
        const part = bytes.subarray(offset, offset + size)
        return {
          data: part.subarray(index * 262_144, (index + 1) * 262_144),
          proof: (trees[i] as FileTree).proveSegment(index),
        }
      }
      const joined = new Download({
        fragments: fragments.map(({ root, size }) => ({ root: root as `0x${string}`, size })),
        sources: [{ name: 'node', fetchSegment }],
      })
      expect(equalBytes(await joined.read(0, joined.size), bytes)).toBe(true)
    }
  })
})

it('gives fragments a length that is a power of two', async () => {
  expect([0, 1, 255, 256, 257, 2 ** 32 + 1].map(wanted => fragmentSizeOf(wanted))).toEqual([
    256,
    256,
    256,
    256,
    512,
    2 ** 33,
  ])
  expect(await codeOf(() => fragmentSizeOf(2 ** 53 - 1))).toBe('RANGE')
  expect(await codeOf(() => fragmentSizeOf(-1))).toBe('RANGE')
})

it('passes over what is not read of a fragment, and lets go of a source that is left', async () => {
  const bytes = painted(1000)
  let left = false
  async function* source() {
    try {
      yield* portions(bytes)
    } finally {
      left = true
    }
  }
  const begins: number[] = []
  for await (const fragment of splitFragments(source(), { fragmentSize: 256 })) {
    if (fragment.index === 3) break
    if (fragment.index === 1) for await (const part of fragment) begins.push(part[0] as number)
  }
  expect(begins).toEqual([bytes[256]])
  expect(left).toBe(true)
  expect(await codeOf(async () => (await splitFragments(new Uint8Array()).next()).value)).toBe('EMPTY_INPUT')
})
