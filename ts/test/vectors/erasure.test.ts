import { expect, it } from 'vitest'
import codes from '../../../testdata/erasure/codes.json' with { type: 'json' }
import commitments from '../../../testdata/erasure/commitments.json' with { type: 'json' }
import { equalBytes } from '../../dist/bytes.js'
import {
  type CodeName,
  decodeBytes,
  ErasureCode,
  encodeBytes,
  fromHex,
  type Hex,
  toHex,
  UncheckedCodec,
  verifyEvidence,
  verifyEvidenceSync,
  type ZgkitError,
} from '../../dist/index.js'
import { codeNumberOf } from '../../dist/rules/erasure/code.js'
import { commitTo, hash, indices } from '../erasure.js'
import { patternBytes } from '../patterns.js'
import { kernel, onEachTier } from '../tiers.js'

const patterns = new Map<string, Uint8Array>()

/** Data of a case, made once for all tiers. */
function dataOf({ seed, data, shardBytes }: (typeof codes)[number]): Uint8Array {
  const bytes = patterns.get(seed) ?? patternBytes({ kind: 'keccak', seed }, data * shardBytes)
  patterns.set(seed, bytes)
  return bytes
}

/** Byte i of a file in commitments.json. */
const file = (size: number) => new Uint8Array(size).map((_, i) => 31 * i + 7 + Math.floor(i / 256))

type Shape = { code: string; data: number; parity: number; matrix: string }
const codeOf = ({ code, data, parity, matrix }: Shape) =>
  new ErasureCode({ name: code as CodeName, data, parity, matrix: fromHex(matrix) })

/** The chunks of every stripe; `spoil` changes a stripe's data before its parity is computed. */
function stripesOf(code: ErasureCode, chunk: number, bytes: Uint8Array, spoil: (chunks: Uint8Array[]) => void) {
  const stripes: Uint8Array[][] = []
  for (let start = 0; start < bytes.length; start += chunk * code.data) {
    const part = bytes.subarray(start, start + chunk * code.data)
    const length = Math.ceil(part.length / code.data)
    const data = new Uint8Array(length * code.data)
    data.set(part)
    const chunks = Array.from({ length: code.data }, (_, i) => data.subarray(i * length, (i + 1) * length))
    if (start + chunk * code.data >= bytes.length) spoil(chunks)
    stripes.push([...chunks, ...new UncheckedCodec(code).encodeSync(chunks)])
  }
  return stripes
}

onEachTier(() => {
  it('parity is that of klauspost/reedsolomon: 224 cases', async () => {
    let withBytes = 0
    for (const one of codes) {
      const { code, data, parity, shardBytes, seed, parityBytes, parityKeccak } = one
      const lists = [indices(0, data), indices(data, data + parity)]
      const params = [codeNumberOf(code as CodeName), data, parity, shardBytes]
      const computed = await kernel('erasureSolve', [dataOf(one), ...lists, new Uint8Array()], params)
      const digest = await kernel('keccak256', [computed], [computed.length])
      expect(toHex(digest), `${code} ${seed}`).toBe(parityKeccak)
      if (!parityBytes) continue
      expect(toHex(computed)).toBe(parityBytes)
      withBytes++
    }
    expect([codes.length, withBytes]).toEqual([224, codes.filter(one => one.parityBytes).length])
    expect(withBytes).toBeGreaterThan(50)
  })

  it('shard files and commitments are those of the vectors: 9 cases', async () => {
    for (const one of commitments.honest) {
      const bytes = file(one.size)
      const { commitment, shards } = await encodeBytes(bytes, { code: codeOf(one), chunkBytes: one.chunk })
      expect(toHex(commitment)).toBe(one.commitment)
      expect(toHex((shards[0] as Uint8Array).slice(0, 128))).toBe(one.descriptor)
      expect(shards.map(shard => shard.length)).toEqual(one.fileBytes)
      expect(shards.map(shard => toHex(hash(shard)))).toEqual(one.fileHashes)
      const { data, faults } = await decodeBytes(commitment, shards.slice(one.parity))
      // `toEqual` takes seconds for a megabyte.
      expect(equalBytes(data, bytes)).toBe(true)
      expect(faults).toEqual([])
    }
    expect(commitments.honest.length).toBe(9)
  })

  it('lies give the evidence of the vectors: 5 cases', async () => {
    for (const one of commitments.lies) {
      const code = codeOf(one)
      const spoil = ({ [one.data - 1]: last }: Uint8Array[]) => {
        if (one.spoiled === 'padding' && last) last[last.length - 1] = 1
      }
      const stripes = stripesOf(code, one.chunk, file(one.size), spoil)
      const wrong = stripes[one.stripe]?.[4] as Uint8Array
      if (one.spoiled === 'parity') wrong[5] = (wrong[5] as number) ^ 1
      const { commitment, files } = commitTo(code, one.chunk, one.size, stripes)
      expect(toHex(commitment), one.what).toBe(one.commitment)
      const kept = [...one.members, ...(one.witness === null ? [] : [one.witness])]
      const refusal = await decodeBytes(
        commitment,
        kept.map(index => files[index] as Uint8Array),
      ).then(
        () => expect.fail('a lie was decoded'),
        (error: ZgkitError) => error,
      )
      expect(refusal.code).toBe('ENCODING_MISMATCH')
      const evidence = refusal.details.evidence as Uint8Array
      // There the decoder's members are the shards of lowest index, not those of the vector.
      if (one.what !== 'the wrong parity is a member') {
        expect(evidence.length).toBe(one.evidenceBytes)
        expect(toHex(hash(evidence)), one.what).toBe(one.evidenceHash)
      }
      const valid = { ok: true, stripe: one.stripe }
      expect(await verifyEvidence(one.commitment as Hex, evidence)).toEqual(valid)
      expect(verifyEvidenceSync(commitment, evidence)).toEqual(valid)
      // No bit of it can be changed, nothing cut off or added.
      for (let place = 0; place < evidence.length; place += place < 200 ? 7 : 1009) {
        const changed = evidence.slice()
        changed[place] = (changed[place] as number) ^ 4
        expect(verifyEvidenceSync(commitment, changed).ok, `${one.what} ${place}`).toBe(false)
      }
      for (const length of [0, 1, 127, 128, 140, evidence.length - 1, evidence.length + 1]) {
        const cut = new Uint8Array(length)
        cut.set(evidence.subarray(0, length))
        expect(verifyEvidenceSync(commitment, cut)).toEqual({ ok: false, code: 'EVIDENCE_FORMAT' })
      }
      const other = commitment.map(byte => byte ^ 1)
      expect(verifyEvidenceSync(other, evidence)).toEqual({ ok: false, code: 'COMMITMENT_MISMATCH' })
    }
    expect(commitments.lies.length).toBe(5)
  })
})
