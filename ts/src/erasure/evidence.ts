import { engine, syncEngine } from '../backend/choose.js'
import { concatBytes, equalBytes, type HashLike, ownBytes, stableBytes, toHash } from '../bytes.js'
import { type KernelCode, ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { codeNumberOf } from '../rules/erasure/code.js'
import { commitmentTo, hashOfMatrix } from '../rules/erasure/descriptor.js'
import { decodeEvidence, rootFrom } from '../rules/erasure/evidence.js'
import { chunkBytes, stripeBytes } from '../rules/erasure/layout.js'
import { hashAt } from '../rules/erasure/tree.js'
import { Control, type RunOptions } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'

/** The answer of {@link verifyEvidence}. */
export type EvidenceVerdict =
  /** The evidence stands: the encoder lied about this stripe. */
  { readonly ok: true; readonly stripe: number } | { readonly ok: false; readonly code: KernelCode }

/**
 * Checks evidence against the commitment that it accuses (SPEC.md section 12, Evidence).
 *
 * Codes of a rejection, in check order: `EVIDENCE_FORMAT`, `COMMITMENT_MISMATCH`, `ROOT_MISMATCH`, `MATRIX_SINGULAR`,
 * `EVIDENCE_REFUTED`.
 * @param commitment trusted: the verifier's own, 32 bytes
 * @param evidence from anywhere: nothing in it is trusted, and nothing in it makes this throw
 * @throws {ZgkitError} only for the commitment and the kind of `evidence`: `INVALID_HEX`, `BUFFER_LENGTH`, `INVALID_ARGUMENT`,
 *   `DETACHED_BUFFER`; the signal's reason when aborted
 */
export async function verifyEvidence(
  commitment: HashLike,
  evidence: ArrayBufferView | ArrayBufferLike,
  { signal }: Pick<RunOptions, 'signal'> = {},
): Promise<EvidenceVerdict> {
  const control = new Control({ signal })
  control.check()
  const steps = judge(toHash(commitment, 'commitment'), ownBytes(evidence, 'evidence'))
  const active = await engine()
  try {
    let step = steps.next()
    while (!step.done) step = steps.next(await control.race(dispatch(active, step.value, false)))
    return step.value
  } catch (error) {
    return singular(error)
  }
}

/** As {@link verifyEvidence} on the calling thread. */
export function verifyEvidenceSync(commitment: HashLike, evidence: ArrayBufferView | ArrayBufferLike): EvidenceVerdict {
  const steps = judge(toHash(commitment, 'commitment'), stableBytes(evidence, 'evidence'))
  const { backend } = syncEngine()
  try {
    let step = steps.next()
    while (!step.done) step = steps.next(backend.call(step.value))
    return step.value
  } catch (error) {
    return singular(error)
  }
}

/** The checks in their order; asks for what kernels compute. */
function* judge(commitment: Uint8Array, bytes: Uint8Array): Generator<KernelCall, EvidenceVerdict, Uint8Array> {
  const evidence = decodeEvidence(bytes)
  if (!evidence) return { ok: false, code: 'EVIDENCE_FORMAT' }
  const { descriptor, stripe, matrix, members, witness } = evidence
  const { name, data, parity, layout } = descriptor
  const hasMatrix = equalBytes(hashOfMatrix(name, matrix), descriptor.matrixHash)
  if (!hasMatrix || !equalBytes(commitmentTo(descriptor), commitment)) return { ok: false, code: 'COMMITMENT_MISMATCH' }

  const length = chunkBytes(layout, stripe)
  const chunks = concatBytes(members.map(({ chunk }) => chunk))
  const leaves = yield { kernel: 'erasureChunkHashes', inputs: [chunks], params: [length] }
  const roots = members.map((member, i) => rootFrom(evidence, member, hashAt(leaves, i)))
  if (witness) roots.push(rootFrom(evidence, witness, witness.leaf))
  if (!roots.every(root => equalBytes(root, descriptor.shardsRoot))) return { ok: false, code: 'ROOT_MISMATCH' }

  const present = Uint8Array.from(members, ({ index }) => index)
  const wanted = witness ? Uint8Array.of(witness.index) : Uint8Array.from({ length: data }, (_, i) => i)
  const inputs = [chunks, present, wanted, matrix]
  const computed = yield { kernel: 'erasureSolve', inputs, params: [codeNumberOf(name), data, parity, length] }
  let lied: boolean
  if (witness) {
    lied = !equalBytes(yield { kernel: 'erasureChunkHashes', inputs: [computed], params: [length] }, witness.leaf)
  } else {
    lied = computed.subarray(stripeBytes(layout, stripe)).some(byte => byte !== 0)
  }
  return lied ? { ok: true, stripe } : { ok: false, code: 'EVIDENCE_REFUTED' }
}

/** Rows of a custom code that depend on each other prove nothing. */
function singular(error: unknown): EvidenceVerdict {
  if (error instanceof ZgkitError && error.code === 'MATRIX_SINGULAR') return { ok: false, code: error.code }
  throw error
}
