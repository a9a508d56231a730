import { engine, syncEngine } from '../backend/choose.js'
import type { KernelCall, KernelName } from '../kernels.js'
import { HASH_BYTES, SECTOR_BYTES } from '../limits.js'
import { climb } from '../rules/climb.js'
import { sectorRoot } from '../rules/flow.js'
import { Control, type RunOptions } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { type Claim, checkClaim, concludeClaim, prepareClaim, type RearOption, type Verdict } from './claim.js'
import { checkFlowSector, type FlowClaim, type FlowVerdict } from './flow.js'
import { checkFlowRange, type FlowRangeClaim } from './flow-range.js'
import { checkMulti, type MultiClaim, type MultiVerdict } from './multi.js'
import type { ProofKind } from './proof.js'
import type { ProofHasher } from './proof-hasher.js'

/** Options of {@link verifySegment}. */
export interface SegmentOptions extends RunOptions, RearOption {}

/**
 * Verifies that segment `index` of the file with this root and size has these bytes.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`, `PADDING_NONZERO` (SPEC.md section 4).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`,
 *   `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifySegment(claim: Claim, options: SegmentOptions = {}): Promise<Verdict> {
  return verify('segment', claim, options)
}

/** As {@link verifySegment} on the calling thread (a segment takes milliseconds natively, more in JavaScript). */
export function verifySegmentSync(claim: Claim, { rearPadding }: RearOption = {}): Verdict {
  return checkClaim('segment', claim, onTier.inclusion, { rearPadding })
}

/** Verifies that sector `index` of the padded file with this root and size has these 256 bytes; otherwise as {@link verifySegment}. */
export function verifySector(claim: Claim, options: RunOptions = {}): Promise<Verdict> {
  return verify('sector', claim, options)
}

/** As {@link verifySector} on the calling thread. */
export function verifySectorSync(claim: Claim): Verdict {
  return checkClaim('sector', claim, onTier.inclusion)
}

/**
 * Verifies that a sector of the flow has these bytes, on the calling thread. Sector 0 is a mark without bytes: none are right.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `ROOT_MISMATCH` (SPEC.md section 7).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifyFlowSector(claim: FlowClaim): FlowVerdict {
  return checkFlowSector(claim, sectorRoot)
}

/**
 * Verifies that a range of sectors of the flow has these bytes, by the network's proof, on the calling thread.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `EMPTY_INPUT` for no sectors, `INDEX_RANGE`,
 * `CONTENT_LENGTH`, `PROOF_DEPTH`, `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`; the left proof before the right one
 * (SPEC.md section 7). Sector 0 is a mark without bytes: none are right.
 * @throws {ZgkitError} as {@link verifyFlowSector}, and `NOT_READY`
 */
export function verifyFlowRange(claim: FlowRangeClaim): FlowVerdict {
  return checkFlowRange(claim, onTier)
}

/**
 * Verifies that these leaves of a file or of the flow have these contents, on the calling thread.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED` above 2^16 siblings or 2^20 leaves, `PROOF_FORMAT`, `EMPTY_INPUT` without
 * indices, `INDEX_ORDER`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH` unless there are exactly the siblings that these indices
 * take, `ROOT_MISMATCH`, `PADDING_NONZERO` (SPEC.md section 13).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`, `NOT_READY`
 */
export function verifyMulti(claim: MultiClaim): MultiVerdict {
  return checkMulti(claim, onTier)
}

async function verify(kind: ProofKind, claim: Claim, options: SegmentOptions): Promise<Verdict> {
  const control = new Control(options)
  control.check()
  const prepared = prepareClaim(kind, claim, bytes => bytes.slice())
  if ('ok' in prepared) return prepared
  const { rearPadding } = options
  const record = await control.race(run(prepared.call))
  control.finish(prepared.data.length)
  return concludeClaim(prepared, record, { rearPadding })
}

async function run(call: KernelCall): Promise<Uint8Array> {
  // The copy is read again for the bytes behind the file's end, so it is not given away.
  return dispatch(await engine(), call, false)
}

/** The tier in use, on the calling thread. */
export const onTier: ProofHasher = {
  inclusion: call => syncEngine().backend.call(call),
  sectorRoot,
  sectorHashes: sectors => hashEach(sectors, SECTOR_BYTES),
  segmentRoot: (content, leaves) => call('segmentRoots', content, leaves),
  multiRoot: (shape, leaves, indices, hashes, siblings) =>
    climb(shape, leaves, indices, hashes, siblings, pairs => hashEach(pairs, 2 * HASH_BYTES)),
}

function call(kernel: KernelName, input: Uint8Array, param: number): Uint8Array {
  return syncEngine().backend.call({ kernel, inputs: [input], params: [param] })
}

/** Most bytes of one call of a kernel here, so that a module's memory stays small. */
const CALL_BYTES = 2 ** 22

/** The hashes of messages of one length (a divisor of 2^22), one after the other. */
function hashEach(messages: Uint8Array, length: number): Uint8Array {
  const hashes = new Uint8Array((messages.length / length) * HASH_BYTES)
  for (let offset = 0; offset < messages.length; offset += CALL_BYTES) {
    const piece = messages.subarray(offset, offset + CALL_BYTES)
    hashes.set(call('keccak256', piece, length), (offset / length) * HASH_BYTES)
  }
  return hashes
}
