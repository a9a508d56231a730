import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import { chunkBytes, joinShards, splitShards, stripeBytes, stripeLayout } from '../../dist/index.js'
import { MAX_CHUNK_BYTES } from '../../dist/limits.js'
import { decodeDescriptor, encodeDescriptor } from '../../dist/rules/erasure/descriptor.js'
import { decodeEvidence, encodeEvidence } from '../../dist/rules/erasure/evidence.js'
import {
  encodeHeader,
  type Header,
  headerBytes,
  MAX_HEADER_BYTES,
  readHeader,
  readHeaderStart,
} from '../../dist/rules/erasure/header.js'
import { codesOf, commitTo } from '../erasure.js'
import { codeOf, painted } from '../patterns.js'
import { runs } from '../tiers.js'

it('stripes cover a file without gaps', async () => {
  const sizes = fc.record({
    data: fc.integer({ min: 1, max: 255 }),
    power: fc.integer({ min: 12, max: 20 }),
    size: fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.maxSafeInteger().map(Math.abs)),
  })
  fc.assert(
    fc.property(sizes, ({ data, power, size }) => {
      const bytes = Math.max(size, 1)
      const layout = stripeLayout(data, 2 ** power, BigInt(bytes))
      const stride = BigInt(data) * 2n ** BigInt(power)
      const stripes = (BigInt(bytes) + stride - 1n) / stride
      expect(BigInt(layout.stripes)).toBe(stripes)
      const last = layout.stripes - 1
      const rest = Number(BigInt(bytes) - BigInt(last) * stride)
      expect(stripeBytes(layout, last)).toBe(rest)
      expect(chunkBytes(layout, last)).toBe(Math.ceil(rest / data))
      expect(BigInt(layout.shardBytes)).toBe(BigInt(last) * 2n ** BigInt(power) + BigInt(Math.ceil(rest / data)))
      if (last > 0) expect(stripeBytes(layout, last - 1)).toBe(Number(stride))
      expect([stripeBytes(layout, layout.stripes), chunkBytes(layout, layout.stripes)]).toEqual([0, 0])
    }),
    { numRuns: runs(300) },
  )
  // Where the quotient comes closest to a whole number.
  for (const [data, chunk] of [
    [3, 4096],
    [255, 4096],
    [255, MAX_CHUNK_BYTES],
    [129, MAX_CHUNK_BYTES],
  ] as const) {
    const whole = Math.floor((2 ** 53 - 2) / (data * chunk))
    expect(stripeLayout(data, chunk, whole * data * chunk).stripes).toBe(whole)
    expect(stripeLayout(data, chunk, whole * data * chunk + 1).stripes).toBe(whole + 1)
    expect(stripeLayout(data, chunk, whole * data * chunk - 1).stripes).toBe(whole)
  }
  for (const chunk of [
    0,
    1,
    2048,
    4097,
    6144,
    2 * MAX_CHUNK_BYTES,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '4096' as never,
  ]) {
    expect(await codeOf(() => stripeLayout(2, chunk, 5)), String(chunk)).toBe('RANGE')
  }
  expect(await codeOf(() => stripeLayout(0, 4096, 5))).toBe('RANGE')
  expect(await codeOf(() => stripeLayout(2, 4096, 0))).toBe('EMPTY_INPUT')
  expect(await codeOf(() => stripeLayout(2, 4096, 2n ** 53n))).toBe('RANGE')
})

it('split and join have one form', async () => {
  for (const count of [1, 2, 3, 7, 8, 9, 255, 256]) {
    for (const size of [0, 1, 7, 8, 9, 248, 1000]) {
      const shards = splitShards(painted(size), count)
      const length = Math.ceil((8 + size) / count)
      expect(shards.map(shard => shard.length)).toEqual(new Array(count).fill(length))
      expect(joinShards(shards)).toEqual(painted(size))
    }
  }
  expect(splitShards(new TextEncoder().encode('hello, 0G'), 3)[0]).toEqual(Uint8Array.of(9, 0, 0, 0, 0, 0))

  const shards = () => splitShards(painted(100), 4)
  const changed = (place: number, value: number) => {
    const list = shards()
    const length = list[0]?.length ?? 1
    ;(list[Math.floor(place / length)] as Uint8Array)[place % length] = value
    return list
  }
  const cases: [() => unknown, string][] = [
    [() => splitShards(painted(5), 0), 'RANGE'],
    [() => splitShards(painted(5), 1.5), 'RANGE'],
    [() => splitShards(painted(5), 257), 'LIMIT_EXCEEDED'],
    [() => splitShards('text' as never, 2), 'INVALID_ARGUMENT'],
    [() => joinShards([]), 'RANGE'],
    [() => joinShards(new Array(257).fill(new Uint8Array(1))), 'LIMIT_EXCEEDED'],
    [() => joinShards(undefined as never), 'INVALID_ARGUMENT'],
    [() => joinShards([painted(4), painted(5)]), 'BUFFER_LENGTH'],
    [() => joinShards([painted(3), painted(3)]), 'CONTENT_LENGTH'],
    [() => joinShards(shards().map(shard => concatBytes([shard, Uint8Array.of(0)]))), 'CONTENT_LENGTH'],
    // 100 bytes fill four shards of 27 exactly; with 99 the last byte is padding.
    [() => joinShards(changed(0, 101)), 'CONTENT_LENGTH'],
    [() => joinShards(changed(0, 99)), 'PADDING_NONZERO'],
    [() => joinShards(changed(0, 105)), 'CONTENT_LENGTH'],
    [() => joinShards(changed(0, 90)), 'CONTENT_LENGTH'],
    [() => joinShards(changed(7, 255)), 'CONTENT_LENGTH'],
  ]
  expect(shards()[0]?.length).toBe(27)
  for (const [call, code] of cases) expect(await codeOf(call), String(call)).toBe(code)
  await expect(async () => joinShards(changed(0, 98))).rejects.toMatchObject({ details: { expected: 98, got: 98 } })
})

/** Headers of five shards of a small file, with their commitment. */
function headers(kind: number) {
  const code = codesOf(3, 2)[kind] as ReturnType<typeof codesOf>[number]
  const chunks = [1, 2, 3, 4, 5].map(factor => painted(100).map(byte => byte * factor))
  const { commitment, files } = commitTo(code, 4096, 300, [chunks])
  return { code, commitment, files }
}

it('headers are refused at the first check that fails', () => {
  for (const kind of [0, 1, 2]) {
    const { code, commitment, files } = headers(kind)
    files.forEach((file, index) => {
      const length = headerBytes(code, index)
      expect(length).toBeLessThanOrEqual(MAX_HEADER_BYTES)
      const header = readHeader(commitment, file) as Header
      expect(header.index).toBe(index)
      expect(equalBytes(encodeHeader(header), file.subarray(0, length))).toBe(true)
      const refusal = (bytes: Uint8Array, trusted = commitment) => {
        const read = readHeader(trusted, bytes)
        return 'refused' in read ? read.refused : 'taken'
      }
      for (let cut = 0; cut < length; cut++) expect(refusal(file.subarray(0, cut))).toBe('HEADER_FORMAT')
      expect(
        refusal(
          file,
          commitment.map(byte => byte ^ 1),
        ),
      ).toBe('COMMITMENT_MISMATCH')
      for (let place = 0; place < length; place++) {
        const changed = file.slice(0, MAX_HEADER_BYTES)
        changed[place] = (changed[place] as number) ^ 1
        const inside = place < 128 ? 'COMMITMENT_MISMATCH' : 'ROOT_MISMATCH'
        const expected = place >= length - code.matrix.length ? 'COMMITMENT_MISMATCH' : inside
        // What is no descriptor or no index is found before.
        expect(['HEADER_FORMAT', expected], `${place}`).toContain(refusal(changed))
      }
    })
  }
})

it('descriptors have one form', () => {
  const { files } = headers(0)
  const bytes = (files[0] as Uint8Array).slice(0, 128)
  const descriptor = decodeDescriptor(bytes)
  expect(descriptor && encodeDescriptor(descriptor)).toEqual(bytes)
  const refused = (place: number, ...values: number[]) => {
    const changed = bytes.slice()
    changed.set(values, place)
    expect(decodeDescriptor(changed), `${place} ${values}`).toBe(undefined)
  }
  refused(0, 0)
  refused(15, 1) // behind the format
  refused(31, 32) // behind the code's name
  refused(16, ...new TextEncoder().encode('rs8-vandermondf'))
  refused(47, 1) // behind the hash's name
  refused(48, 0, 0) // no data
  refused(48, 255, 0) // 257 shards
  refused(50, 0, 0) // no parity
  refused(52, 1, 16, 0, 0) // no power of two
  refused(52, 0, 0, 32, 0) // 2 MiB
  refused(56, 0, 0, 0, 0, 0, 0, 0, 0) // no bytes
  refused(56, 0, 0, 0, 0, 0, 0, 0x20, 0) // 2^53
  refused(64, 1) // a matrix of a code that has none
  expect(decodeDescriptor(bytes.subarray(1))).toBe(undefined)
  expect(readHeaderStart(files[0]?.subarray(0, 131) as Uint8Array)).toBe(undefined)
})

it('random bytes are no header and no evidence', () => {
  const { files, commitment } = headers(2)
  const start = (files[0] as Uint8Array).subarray(0, 128)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, real) => {
      const all = real ? concatBytes([start, bytes]) : bytes
      const evidence = decodeEvidence(all)
      if (evidence) expect(equalBytes(encodeEvidence(evidence), all)).toBe(true)
      const header = readHeader(commitment, all)
      expect('refused' in header).toBe(true)
    }),
    { numRuns: runs(300) },
  )
})
