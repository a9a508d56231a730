import { asBytes, asObject } from '../bytes.js'
import { type ErrorCode, ZgkitError } from '../errors.js'
import { HASH_BYTES, SECTOR_BYTES } from '../limits.js'
import { flatten } from '../merkle/claim.js'
import type { FileProof } from '../merkle/proof.js'
import { verifySegment } from '../merkle/verify.js'
import { type FileLayout, segmentBytes, segmentSectors } from '../rules/layout.js'
import { hashAt } from '../rules/path.js'
import type { SegmentResponse } from './source.js'

/** What a file is known by, from the chain. */
export interface TrustedFile {
  readonly root: Uint8Array
  readonly layout: FileLayout
}

/** Why an answer is no good. */
export interface AnswerRejection {
  readonly code: ErrorCode
  readonly expected?: number | Uint8Array | undefined
  readonly got?: number | Uint8Array | undefined
}

/** An answer after its checks: the file's bytes in memory of their own, and the proof that shows them. */
export type Checked =
  | { readonly ok: true; readonly data: Uint8Array; readonly proof: FileProof }
  | ({ readonly ok: false } & AnswerRejection)

/**
 * Checks an answer from anywhere (SPEC.md section 18). Data and proof are copied before the first check, so that what was verified is
 * what is released, whatever becomes of the answer meanwhile.
 * @throws {ZgkitError} for faults of our own only
 */
export async function checkSegment(file: TrustedFile, index: number, answer: unknown): Promise<Checked> {
  const { root, layout } = file
  const taken = take(layout, index, answer)
  if ('code' in taken) return { ok: false, ...taken }
  const { data, proof } = taken
  const verdict = await verifySegment({ root, size: layout.size, index, data, proof })
  return verdict.ok ? { ok: true, data: data.subarray(0, segmentBytes(layout, index)), proof } : verdict
}

/** An answer in our own memory: whole sectors and a proof of known form. */
function take(
  layout: FileLayout,
  index: number,
  answer: unknown,
): { data: Uint8Array; proof: FileProof } | AnswerRejection {
  try {
    const { data: given, proof } = asObject(answer, 'answer') as SegmentResponse
    const bytes = asBytes(given, 'data')
    const flat = flatten('segment', proof)
    if ('code' in flat) return flat
    const expected = segmentBytes(layout, index)
    const data = new Uint8Array(segmentSectors(layout, index) * SECTOR_BYTES)
    const got = bytes.length
    if (got !== expected && got !== data.length) return { code: 'CONTENT_LENGTH', expected, got }
    data.set(bytes)
    const lemma = Array.from({ length: flat.lemma.length / HASH_BYTES }, (_, i) => hashAt(flat.lemma, i))
    return { data, proof: { kind: 'segment', index, lemma, path: Array.from(flat.path, Boolean) } }
  } catch (error) {
    // Whatever a hostile object does when it is read, it is no answer.
    return { code: error instanceof ZgkitError ? error.code : 'INVALID_ARGUMENT' }
  }
}
