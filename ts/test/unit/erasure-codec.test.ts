import { expect, it } from 'vitest'
import vectors from '../../../testdata/erasure/commitments.json' with { type: 'json' }
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import {
  type CodeName,
  decodeBytes,
  decodeShards,
  ErasureCode,
  encodeBytes,
  encodeShards,
  type RandomSource,
  type ShardFault,
  verifyEvidence,
} from '../../dist/erasure/index.js'
import { fromHex, toHex, type ZgkitError } from '../../dist/index.js'
import { codeOf, painted } from '../patterns.js'
import { commitTo, leafOf } from '../shards.js'
import { onEachTier } from '../tiers.js'

const vectorFile = (size: number) => new Uint8Array(size).map((_, i) => 31 * i + 7 + Math.floor(i / 256))

const codeFrom = (fields: { code: string; data: number; parity: number; matrix: string }) =>
  new ErasureCode({ ...fields, name: fields.code as CodeName, matrix: fromHex(fields.matrix) })

async function* portions(bytes: Uint8Array, length = 999): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length)
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const source = portions(bytes)
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
}

/** A copy with one bit changed. */
function flipped(bytes: Uint8Array, place: number): Uint8Array {
  const copy = bytes.slice()
  copy[place] = (copy[place] as number) ^ 1
  return copy
}

/** The error that decoding ends with. */
async function refusal(commitment: Uint8Array, sources: readonly RandomSource[]): Promise<ZgkitError> {
  return decodeBytes(commitment, sources).then(
    () => expect.unreachable('was decoded'),
    error => error,
  )
}

/** The chunks of every stripe of an honest file. */
async function stripesOf(code: ErasureCode, chunkBytes: number, file: Uint8Array): Promise<Uint8Array[][]> {
  const stripes: Uint8Array[][] = []
  for await (const { chunks } of encodeShards(file, { code, chunkBytes })) stripes.push([...chunks])
  return stripes
}

/** `toEqual` compares bytes one by one and takes seconds for each MB. */
function expectBytes(got: Uint8Array, expected: Uint8Array, what = ''): void {
  expect(equalBytes(got, expected), what).toBe(true)
}

const short = ({ source, index, code, stripe, chunks }: ShardFault) => [source, index, code, stripe, chunks]

onEachTier(() => {
  it('shard files are those of the vectors, and come back from every kind of source: 9 files', async () => {
    let cases = 0
    for (const vector of vectors.honest) {
      const [code, file] = [codeFrom(vector), vectorFile(vector.size)]
      const { commitment, shards } = await encodeBytes(file, { code, chunkBytes: vector.chunk })
      expect(toHex(commitment)).toBe(vector.commitment)
      expect(shards.map(shard => toHex(leafOf(shard)))).toEqual(vector.fileHashes)
      expect(shards.map(shard => shard.length)).toEqual(vector.fileBytes)
      const kinds = [(b: Uint8Array) => b, (b: Uint8Array) => new Blob([b.slice()]), streamOf, portions]
      const kept = shards.slice(code.parity)
      for (const sources of [kept, [...kept].reverse(), kept.map((shard, i) => kinds[i % 4]?.(shard) ?? shard)]) {
        const decoded = await decodeBytes(vector.commitment as `0x${string}`, sources)
        expectBytes(decoded.data, file)
        expect(decoded.faults).toEqual([])
      }
      cases++
    }
    expect(cases).toBe(9)
  })

  it('lies give the evidence of the vectors: 5 lies', async () => {
    let cases = 0
    for (const lie of vectors.lies) {
      const code = codeFrom(lie)
      const stripes = await stripesOf(code, lie.chunk, vectorFile(lie.size))
      const stripe = stripes[lie.stripe] as Uint8Array[]
      if (lie.spoiled === 'parity') {
        stripe[4] = flipped(stripe[4] as Uint8Array, 5)
      } else {
        ;(stripe[code.data - 1] as Uint8Array).fill(1, -1)
        const chunkBytes = 4096
        const [again] = await stripesOf(code, chunkBytes, concatBytes(stripe.slice(0, code.data)))
        stripes[lie.stripe] = again as Uint8Array[]
      }
      const { commitment, files } = commitTo(code, lie.chunk, lie.size, stripes)
      expect(toHex(commitment), lie.what).toBe(lie.commitment)
      const given = [...lie.members, ...(lie.witness === null ? [] : [lie.witness])]
      const error = await refusal(
        commitment,
        given.map(index => files[index] as Uint8Array),
      )
      expect([error.code, error.details.stripe], lie.what).toEqual(['ENCODING_MISMATCH', lie.stripe])
      const evidence = error.details.evidence as Uint8Array
      // Shards of lowest index are used first; in this one the vector uses others.
      if (lie.what !== 'the wrong parity is a member') {
        expect([evidence.length, toHex(leafOf(evidence))], lie.what).toEqual([lie.evidenceBytes, lie.evidenceHash])
      }
      expect(await verifyEvidence(commitment, evidence)).toEqual({ ok: true, stripe: lie.stripe })
      cases++
    }
    expect(cases).toBe(5)
  })

  it('a lie about shards that are not at hand shows at the end', async () => {
    const code = ErasureCode.vandermonde(3, 2)
    const file = painted(40_000)
    const stripes = await stripesOf(code, 4096, file)
    const stripe = stripes[1] as Uint8Array[]
    stripe[4] = flipped(stripe[4] as Uint8Array, 5)
    const { commitment, files } = commitTo(code, 4096, file.length, stripes)
    const error = await refusal(commitment, files.slice(0, 4))
    expect([error.code, error.details.evidence]).toEqual(['ENCODING_MISMATCH', undefined])
    const reader = (await decodeShards(commitment, files.slice(0, 4))).readable().getReader()
    for (let i = 0; i < stripes.length; i++) expect((await reader.read()).done).toBe(false)
    expect(await codeOf(() => reader.read())).toBe('ENCODING_MISMATCH')
  })

  it('every loss of 4+2, samples of 6+4: both codes', async () => {
    let cases = 0
    for (const code of [ErasureCode.vandermonde(4, 2), ErasureCode.cauchy(4, 2), ErasureCode.vandermonde(6, 4)]) {
      const file = painted(2 * 4096 * code.data + 1234)
      const { commitment, shards } = await encodeBytes(file, { code, chunkBytes: 4096 })
      for (let lost = 0; lost < 2 ** code.shards; lost += code.shards > 6 ? 37 : 1) {
        const kept = shards.filter((_, i) => ((lost >> i) & 1) === 0)
        if (kept.length >= code.data) expectBytes((await decodeBytes(commitment, kept)).data, file)
        else expect(await codeOf(() => decodeBytes(commitment, kept))).toBe('TOO_FEW_SHARDS')
        cases++
      }
    }
    expect(cases).toBe(64 + 64 + 28)
  })

  it('a shard that is wrong anywhere is missing, and named', async () => {
    const code = ErasureCode.vandermonde(2, 2)
    const file = painted(2 * 4096 * 3 - 7)
    const { commitment, shards } = await encodeBytes(file, { code, chunkBytes: 4096 })
    const [first, second, third, last] = shards as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const other = (await encodeBytes(painted(20), { code, chunkBytes: 4096 })).shards[1] as Uint8Array
    // Descriptor 128, index 4, root 32, two siblings, three hashes of 32, chunks of 4096.
    const header = 128 + 4 + 32 + 64
    const wrong: [RandomSource, unknown[]][] = [
      [flipped(first, 3), [0, undefined, 'HEADER_FORMAT', undefined, 0]],
      [flipped(first, 60), [0, undefined, 'COMMITMENT_MISMATCH', undefined, 0]],
      [flipped(first, 140), [0, undefined, 'ROOT_MISMATCH', undefined, 0]],
      [first.subarray(0, header - 1), [0, undefined, 'HEADER_FORMAT', undefined, 0]],
      [new Uint8Array(), [0, undefined, 'HEADER_FORMAT', undefined, 0]],
      [flipped(first, header), [0, 0, 'ROOT_MISMATCH', undefined, 0]],
      [first.subarray(0, -1), [0, 0, 'CONTENT_LENGTH', undefined, 0]],
      [concatBytes([first, new Uint8Array(1)]), [0, 0, 'CONTENT_LENGTH', undefined, 0]],
      [flipped(first, header + 96), [0, 0, 'CONTENT_MISMATCH', 0, 1]],
      [flipped(flipped(first, header + 96 + 4096), first.length - 1), [0, 0, 'CONTENT_MISMATCH', 1, 2]],
      [other, [0, undefined, 'COMMITMENT_MISMATCH', undefined, 0]],
      // A stream's length shows when it ends.
      [portions(first.subarray(0, -1)), [0, 0, 'CONTENT_LENGTH', 2, 1]],
      [portions(first.subarray(0, header + 100)), [0, 0, 'CONTENT_LENGTH', 0, 3]],
      [portions(first.subarray(0, header + 90)), [0, 0, 'CONTENT_LENGTH', undefined, 0]],
      [portions(concatBytes([first, new Uint8Array(1)])), [0, 0, 'CONTENT_LENGTH', 3, 1]],
    ]
    for (const [source, fault] of wrong) {
      const { data, faults } = await decodeBytes(commitment, [source, third, last])
      expect(faults.map(short)).toEqual([fault])
      expectBytes(data, file)
    }
    const twice = await decodeBytes(commitment, [third, first, third])
    expect(twice.faults.map(short)).toEqual([[2, 2, 'DUPLICATE_SHARD', undefined, 0]])
    // Different shards may fail in different stripes.
    const bad = [header + 96, header + 96 + 4096, header + 96 + 2 * 4096, header + 96]
    const mixed = [first, second, third].map((shard, i) => flipped(shard, bad[i] as number))
    expectBytes((await decodeBytes(commitment, mixed)).data, file)
    const error = await refusal(commitment, [...mixed.slice(0, 2), flipped(third, header + 96 + 4096)])
    expect(error).toMatchObject({ code: 'TOO_FEW_SHARDS', details: { stripe: 1, expected: 2, got: 1, missing: [3] } })
    expect((error.details.faults as ShardFault[]).map(({ index }) => index)).toEqual([0, 1, 2])
  })

  it('files that change while they are read, and reads that fail, cost their chunks only', async () => {
    const code = ErasureCode.vandermonde(2, 1)
    const file = painted(2 * 4096 * 3)
    const { commitment, shards } = await encodeBytes(file, { code, chunkBytes: 4096 })
    const [first, second, third] = shards as [Uint8Array, Uint8Array, Uint8Array]
    const hashesAt = first.length - 3 * 4096 - 96
    let opened = 0
    const changing = {
      stat: async () => ({ size: first.length }),
      async read(into: Uint8Array, offset: number, length: number, position: number) {
        const bytes = first.slice(position, position + length)
        if (position === hashesAt && opened++ > 0) bytes[0] = (bytes[0] as number) ^ 1
        into.set(bytes, offset)
        return { bytesRead: bytes.length }
      },
    }
    const changed = await decodeBytes(commitment, [changing, second, third])
    expect(changed.faults.map(short)).toEqual([[0, 0, 'ROOT_MISMATCH', 0, 3]])
    const failing = {
      ...changing,
      async read(into: Uint8Array, offset: number, length: number, position: number) {
        if (position === hashesAt + 96 + 4096) throw new Error('bad block')
        into.set(first.subarray(position, position + length), offset)
        return { bytesRead: Math.min(length, first.length - position) }
      },
    }
    const failed = await decodeBytes(commitment, [failing, second, third])
    expect(failed.faults.map(short)).toEqual([[0, 0, 'CONTENT_LENGTH', 1, 1]])
    for (const { data } of [changed, failed]) expectBytes(data, file)
  })

  it('more stripes than a window of hashes has', async () => {
    const code = ErasureCode.cauchy(1, 1)
    const file = painted(4096 * 1029 + 5)
    const stripes = await stripesOf(code, 4096, file)
    const { commitment, shards } = await encodeBytes(file, { code, chunkBytes: 4096 })
    const own = commitTo(code, 4096, file.length, stripes)
    expectBytes(own.commitment, commitment)
    for (const [i, shard] of shards.entries()) expectBytes(own.files[i] as Uint8Array, shard)
    for (const shard of shards) expectBytes((await decodeBytes(commitment, [shard])).data, file)
    const late = stripes[1027] as Uint8Array[]
    late[1] = flipped(late[1] as Uint8Array, 0)
    const lie = commitTo(code, 4096, file.length, stripes)
    const error = await refusal(lie.commitment, lie.files)
    expect([error.code, error.details.stripe]).toEqual(['ENCODING_MISMATCH', 1027])
    const evidence = error.details.evidence as Uint8Array
    expect(await verifyEvidence(lie.commitment, evidence)).toEqual({ ok: true, stripe: 1027 })
  })

  it('encodes into streams no faster than they take it', async () => {
    const code = ErasureCode.vandermonde(2, 1)
    const file = painted(2 * 4096 * 40 + 3)
    let read = 0
    async function* source() {
      for await (const portion of portions(file, 8192)) {
        read += portion.length
        yield portion
      }
    }
    const got: Uint8Array[][] = [[], [], []]
    let ahead = 0
    const sinks = got.map(
      (parts, i) =>
        new WritableStream<Uint8Array>({
          async write(chunk) {
            parts.push(chunk.slice())
            if (i !== 0) return
            await new Promise(resolve => setTimeout(resolve, 1))
            ahead = Math.max(ahead, read / 8192 - parts.length)
          },
        }),
    )
    const progress: { done: number; total: number | undefined }[] = []
    const encoding = encodeShards(
      source(),
      { code, chunkBytes: 4096 },
      { concurrency: 2, onProgress: event => progress.push(event) },
    )
    const { commitment, heads } = await encoding.pipeTo(sinks)
    expect(ahead).toBeLessThan(8)
    const files = heads.map((head, i) => concatBytes([head, ...(got[i] as Uint8Array[])]))
    const whole = await encodeBytes(file, { code, chunkBytes: 4096 })
    expectBytes(commitment, whole.commitment)
    for (const [i, shard] of whole.shards.entries()) expectBytes(files[i] as Uint8Array, shard)
    expect(progress.at(-1)).toEqual({ done: file.length, total: file.length })
    const parts: Uint8Array[] = []
    const reader = (await decodeShards(commitment, files.slice(1))).readable().getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value)
    expectBytes(concatBytes(parts), file)
  })

  it('aborts, and what it wrote to or read from gets to know it', async () => {
    const code = ErasureCode.vandermonde(2, 1)
    const controller = new AbortController()
    const reason = new Error('enough')
    let left = false
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(10_000)
      } finally {
        left = true
      }
    }
    const aborted: unknown[] = []
    const sink = () =>
      new WritableStream<Uint8Array>({
        write: () => void setTimeout(() => controller.abort(reason), 5),
        abort: why => void aborted.push(why),
      })
    const encoding = encodeShards(endless(), { code, chunkBytes: 4096 }, { signal: controller.signal })
    await expect(encoding.pipeTo([sink(), sink(), sink()])).rejects.toBe(reason)
    await expect.poll(() => [left, aborted]).toEqual([true, [reason, reason, reason]])
    const { commitment, shards } = await encodeBytes(painted(100), { code })
    const after = { signal: controller.signal }
    await expect(decodeShards(commitment, shards, after)).rejects.toBe(reason)
    const broken = () => new WritableStream<Uint8Array>({ write: () => Promise.reject(reason) })
    const failing = encodeShards(painted(100), { code }).pipeTo([broken(), broken(), broken()])
    await expect(failing).rejects.toBe(reason)
  })

  it('refuses what is no encoding', async () => {
    const code = ErasureCode.vandermonde(2, 1)
    const bytes = painted(10)
    expect(await codeOf(() => encodeBytes(new Uint8Array(), { code }))).toBe('EMPTY_INPUT')
    for (const chunkBytes of [0, 4095, 5000, 2 ** 21, Number.NaN]) {
      expect(await codeOf(() => encodeBytes(bytes, { code, chunkBytes }))).toBe('RANGE')
    }
    const no = undefined as unknown as ErasureCode
    expect(await codeOf(() => encodeBytes(bytes, { code: no }))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => encodeShards(bytes, { code }).pipeTo([]))).toBe('BUFFER_LENGTH')
    const { commitment, shards } = await encodeBytes(bytes, { code })
    expect(await codeOf(() => decodeBytes(commitment.subarray(1), shards))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => decodeBytes(commitment, [5 as unknown as Uint8Array]))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => decodeBytes(commitment, []))).toBe('TOO_FEW_SHARDS')
    const decoding = await decodeShards(commitment, shards)
    for await (const { data } of decoding) expectBytes(data, bytes)
    expect(await codeOf(() => decoding[Symbol.asyncIterator]().next())).toBe('INVALID_ARGUMENT')
  })
})
