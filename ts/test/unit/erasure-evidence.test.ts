import { expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import { verifyEvidence, verifyEvidenceSync } from '../../dist/index.js'
import { decodeDescriptor } from '../../dist/rules/erasure/descriptor.js'
import { type Evidence, encodeEvidence } from '../../dist/rules/erasure/evidence.js'
import { allShards, codesOf, commitTo, hash, treeLevels } from '../erasure.js'
import { codeOf, painted } from '../patterns.js'
import { onEachTier } from '../tiers.js'

const CHUNK = 4096

/**
 * A file of three stripes whose last byte of padding and some parity are as they are told to be, and what evidence about stripe
 * `stripe` consists of.
 */
function committed(kind: number, { parity = 0, padding = 0 } = {}, stripe = 1) {
  const code = codesOf(3, 2)[kind] as ReturnType<typeof codesOf>[number]
  const lengths = [CHUNK, CHUNK, 100]
  const stripes = lengths.map((length, s) => {
    const data = painted(3 * length).map(byte => byte * (s + 1))
    // The file has two bytes less than its three chunks.
    if (s === 2) data.set([0, padding], data.length - 2)
    const chunks = allShards(code, data)
    const last = chunks[4] as Uint8Array
    if (s === stripe) last[7] = (last[7] as number) ^ parity
    return chunks
  })
  const size = 6 * CHUNK + 298
  const { commitment, files } = commitTo(code, CHUNK, size, stripes)
  const descriptor = decodeDescriptor((files[0] as Uint8Array).subarray(0, 128)) as NonNullable<
    ReturnType<typeof decodeDescriptor>
  >
  const leaves = stripes.map(chunks => chunks.map(hash))
  const siblings = (nodes: Uint8Array[], index: number) =>
    treeLevels(nodes).flatMap((level, height) => level[(index >> height) ^ 1] ?? [])
  const shardLeaves = (index: number) => leaves.map(list => list[index] as Uint8Array)
  const roots = [0, 1, 2, 3, 4].map(index => treeLevels(shardLeaves(index)).at(-1)?.[0] as Uint8Array)
  const place = (index: number) => concatBytes([...siblings(shardLeaves(index), stripe), ...siblings(roots, index)])
  const member = (index: number) => ({ index, place: place(index), chunk: stripes[stripe]?.[index] as Uint8Array })
  const witness = (index: number) => ({ index, place: place(index), leaf: leaves[stripe]?.[index] as Uint8Array })
  const evidence = (members: number[], contrary?: number): Evidence => ({
    descriptor,
    stripe,
    matrix: code.matrix,
    members: members.map(member),
    witness: contrary === undefined ? undefined : witness(contrary),
  })
  return { commitment, evidence, member, witness }
}

onEachTier(() => {
  it('stands where the encoder lied, whoever the members are', async () => {
    for (const kind of [0, 1, 2]) {
      const { commitment, evidence } = committed(kind, { parity: 1 })
      for (const [members, contrary] of [
        [[0, 1, 2], 4],
        [[0, 1, 4], 2],
        [[2, 3, 4], 0],
        [[1, 2, 4], 3],
      ] as const) {
        const bytes = encodeEvidence(evidence([...members], contrary))
        expect(await verifyEvidence(commitment, bytes)).toEqual({ ok: true, stripe: 1 })
        expect(verifyEvidenceSync(commitment, bytes)).toEqual({ ok: true, stripe: 1 })
      }
      const padded = committed(kind, { padding: 9 }, 2)
      for (const members of [
        [0, 1, 2],
        [0, 3, 4],
        [2, 3, 4],
      ]) {
        const bytes = encodeEvidence(padded.evidence(members))
        expect(await verifyEvidence(padded.commitment, bytes)).toEqual({ ok: true, stripe: 2 })
      }
    }
  })

  it('is refuted where the encoder did not, and where what contradicts is not shown', async () => {
    for (const kind of [0, 1, 2]) {
      const refuted = { ok: false, code: 'EVIDENCE_REFUTED' }
      const honest = committed(kind)
      for (const [members, contrary] of [
        [[0, 1, 2], 4],
        [[2, 3, 4], 1],
        [[0, 3, 4], undefined],
      ] as const) {
        const bytes = encodeEvidence(honest.evidence([...members], contrary))
        expect(await verifyEvidence(honest.commitment, bytes)).toEqual(refuted)
      }
      const liar = committed(kind, { parity: 1 })
      expect(verifyEvidenceSync(liar.commitment, encodeEvidence(liar.evidence([0, 1, 2], 3)))).toEqual(refuted)
      expect(verifyEvidenceSync(liar.commitment, encodeEvidence(liar.evidence([0, 1, 2])))).toEqual(refuted)
    }
  })

  it('is refused at the first check that fails', async () => {
    const { commitment, evidence, member, witness } = committed(2, { parity: 1 })
    const sound = evidence([0, 1, 2], 4)
    const [a, b, c] = sound.members as [Evidence['members'][0], Evidence['members'][0], Evidence['members'][0]]
    const chunk = c.chunk.map((byte, i) => (i === 4000 ? byte ^ 1 : byte))
    const cases: [Evidence, string][] = [
      [{ ...sound, members: [a, b] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, members: [a, b, c, member(3)] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, members: [a, c, b] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, members: [a, b, b] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, members: [a, b, { ...c, index: 5 }] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, members: [a, b, { ...c, chunk: chunk.subarray(1) }] }, 'EVIDENCE_FORMAT'],
      [{ ...sound, witness: witness(2) }, 'EVIDENCE_FORMAT'],
      [{ ...sound, witness: { ...witness(4), index: 5 } }, 'EVIDENCE_FORMAT'],
      [{ ...sound, stripe: 3 }, 'EVIDENCE_FORMAT'],
      [{ ...sound, stripe: 2 ** 53 - 1 }, 'EVIDENCE_FORMAT'],
      [{ ...sound, matrix: new Uint8Array(5) }, 'EVIDENCE_FORMAT'],
      [{ ...sound, matrix: new Uint8Array(6) }, 'COMMITMENT_MISMATCH'],
      [{ ...sound, descriptor: { ...sound.descriptor, shardsRoot: a.place.slice(0, 32) } }, 'COMMITMENT_MISMATCH'],
      [{ ...sound, stripe: 0 }, 'ROOT_MISMATCH'],
      [{ ...sound, members: [a, b, { ...c, chunk }] }, 'ROOT_MISMATCH'],
      [{ ...sound, members: [a, b, { ...c, place: c.place.map(byte => byte ^ 1) }] }, 'ROOT_MISMATCH'],
      [{ ...sound, witness: { ...witness(4), leaf: hash(chunk) } }, 'ROOT_MISMATCH'],
    ]
    for (const [i, [bad, code]] of cases.entries()) {
      expect(await verifyEvidence(commitment, encodeEvidence(bad)), String(i)).toEqual({ ok: false, code })
      expect(verifyEvidenceSync(commitment, encodeEvidence(bad)), String(i)).toEqual({ ok: false, code })
    }
    expect(cases.length).toBe(17)
    const bytes = encodeEvidence(sound)
    expect(await codeOf(() => verifyEvidence('0x00', bytes))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => verifyEvidenceSync(commitment, 'text' as never))).toBe('INVALID_ARGUMENT')
    await expect(verifyEvidence(commitment, bytes, { signal: AbortSignal.abort('no') })).rejects.toBe('no')
  })

  it('proves nothing by rows that depend on each other', async () => {
    // Both parity rows are the same: members 0, 2, 3 say nothing about shard 1.
    const code = { name: 'rs8-custom' as const, data: 2, parity: 2, matrix: Uint8Array.of(1, 1, 1, 1) }
    const [x, y] = [painted(50), painted(50).map(byte => byte ^ 9)] as [Uint8Array, Uint8Array]
    const sum = x.map((byte, i) => byte ^ (y[i] as number))
    const chunks = [x, y, sum, sum]
    const { commitment, files } = commitTo(code, CHUNK, 100, [chunks])
    const descriptor = decodeDescriptor((files[0] as Uint8Array).subarray(0, 128)) as Evidence['descriptor']
    const roots = treeLevels(chunks.map(hash))
    const place = (index: number) => concatBytes(roots.flatMap((level, height) => level[(index >> height) ^ 1] ?? []))
    const member = (index: number) => ({ index, place: place(index), chunk: chunks[index] as Uint8Array })
    const witness = { index: 0, place: place(0), leaf: hash(x) }
    const bytes = encodeEvidence({
      descriptor,
      stripe: 0,
      matrix: code.matrix,
      members: [member(2), member(3)],
      witness,
    })
    expect(await verifyEvidence(commitment, bytes)).toEqual({ ok: false, code: 'MATRIX_SINGULAR' })
    expect(verifyEvidenceSync(commitment, bytes)).toEqual({ ok: false, code: 'MATRIX_SINGULAR' })
  })
})
