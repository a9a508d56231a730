import { engine, syncEngine } from '../backend/choose.js'
import type { KernelCall } from '../kernels.js'
import { Control, type RunOptions } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { type Claim, checkClaim, concludeClaim, prepareClaim, type Verdict } from './claim.js'
import type { ProofKind } from './proof.js'

/**
 * Verifies that segment `index` of the file with this root and size has these bytes.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`, `PADDING_NONZERO` (SPEC.md section 4).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`,
 *   `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifySegment(claim: Claim, options: RunOptions = {}): Promise<Verdict> {
  return verify('segment', claim, options)
}

/** As {@link verifySegment} on the calling thread (a segment takes milliseconds natively, more in JavaScript). */
export function verifySegmentSync(claim: Claim): Verdict {
  return verifySync('segment', claim)
}

/** Verifies that sector `index` of the padded file with this root and size has these 256 bytes; otherwise as {@link verifySegment}. */
export function verifySector(claim: Claim, options: RunOptions = {}): Promise<Verdict> {
  return verify('sector', claim, options)
}

/** As {@link verifySector} on the calling thread. */
export function verifySectorSync(claim: Claim): Verdict {
  return verifySync('sector', claim)
}

async function verify(kind: ProofKind, claim: Claim, options: RunOptions): Promise<Verdict> {
  const control = new Control(options)
  control.check()
  const prepared = prepareClaim(kind, claim, bytes => bytes.slice())
  if ('ok' in prepared) return prepared
  const record = await control.race(run(prepared.call))
  control.finish(prepared.data.length)
  return concludeClaim(prepared, record)
}

async function run(call: KernelCall): Promise<Uint8Array> {
  // The copy is read again for the bytes behind the file's end, so it is not given away.
  return dispatch(await engine(), call, false)
}

function verifySync(kind: ProofKind, claim: Claim): Verdict {
  return checkClaim(kind, claim, call => syncEngine().backend.call(call))
}
