/**
 * Verification alone, synchronous and small: for wallets, extensions, service workers and edge functions.
 *
 * Claims, verdicts and codes are those of `zgkit`. Hashing is done by a WebAssembly module that comes with the code, and by JavaScript
 * where a page forbids WebAssembly.
 * @module
 */
import { type Claim, checkClaim, type RearOption, type Verdict } from '../merkle/claim.js'
import { checkFlowSector, type FlowClaim, type FlowVerdict } from '../merkle/flow.js'
import { checkFlowRange, type FlowRangeClaim } from '../merkle/flow-range.js'
import { checkMulti, type MultiClaim, type MultiVerdict } from '../merkle/multi.js'
import { type AnswerVerdict, concludeAnswer, prepareAnswer, type VerifyTask } from '../pora/checks.js'
import type { AnswerFields } from '../rules/answer.js'
import { hasher } from './choose.js'

export { fromHex, type HashLike, type Hex, toHex } from '../bytes.js'
export { type ErrorCode, type ErrorDetails, ZgkitError } from '../errors.js'
export {
  assertVerified,
  type Claim,
  type RearOption,
  type RearVerdict,
  type Verdict,
  verifyRearPadding,
} from '../merkle/claim.js'
export type { FlowClaim, FlowVerdict } from '../merkle/flow.js'
export type { FlowProof, FlowRangeClaim, FlowRangeProof, FlowRangeProofJson } from '../merkle/flow-range.js'
export type {
  MultiClaim,
  MultiKind,
  MultiProof,
  MultiProofJson,
  MultiVerdict,
  TrustedTree,
} from '../merkle/multi.js'
export type { FileProof, FileProofJson, ProofKind } from '../merkle/proof.js'
export type { AnswerSteps, AnswerVerdict, MineContext, MineTask, SealRange, VerifyTask } from '../pora/checks.js'
export type { AnswerFields } from '../rules/answer.js'
export type { LeafIndices } from '../rules/climb.js'
export type { RangeFields } from '../rules/recall.js'
export type { Uint } from '../rules/uint.js'
export { useVerifier, type VerifierInfo, verifier } from './choose.js'
export type { VerifierTier } from './hasher.js'

/**
 * Verifies that segment `index` of the file with this root and size has these bytes: as `verifySegment` of `zgkit`, but at once.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`, `PADDING_NONZERO` (SPEC.md section 4).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`,
 *   `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifySegment(claim: Claim, options: RearOption = {}): Verdict {
  return checkClaim('segment', claim, hasher().inclusion, options)
}

/** Verifies that sector `index` of the padded file with this root and size has these 256 bytes; otherwise as {@link verifySegment}. */
export function verifySector(claim: Claim): Verdict {
  return checkClaim('sector', claim, hasher().inclusion)
}

/**
 * Verifies that a sector of the flow has these bytes: as `verifyFlowSector` of `zgkit`.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `ROOT_MISMATCH` (SPEC.md section 7).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifyFlowSector(claim: FlowClaim): FlowVerdict {
  return checkFlowSector(claim, hasher().sectorRoot)
}

/**
 * Verifies that a range of sectors of the flow has these bytes, by the network's proof: as `verifyFlowRange` of `zgkit`, with its codes
 * (SPEC.md section 7).
 * @throws {ZgkitError} as {@link verifyFlowSector}
 */
export function verifyFlowRange(claim: FlowRangeClaim): FlowVerdict {
  return checkFlowRange(claim, hasher())
}

/**
 * Verifies that many leaves of a file or of the flow, a range or any others, have these contents: as `verifyMulti` of `zgkit`, with its
 * codes (SPEC.md section 13).
 * @throws {ZgkitError} as {@link verifySegment}
 */
export function verifyMulti(claim: MultiClaim): MultiVerdict {
  return checkMulti(claim, hasher())
}

/**
 * Checks a mined answer as the mine contract does, with every value on the way: as `verifyAnswer` of `zgkit`, but at once. It has the
 * codes, and throws what is said there.
 * @param options `strict` is our rule, on unless `false`: a seal lies in the load that was drawn, and a proof has exactly the tree's
 *   depth. Without it the verdict is the contract's
 */
export function verifyAnswer(
  answer: AnswerFields,
  task: VerifyTask,
  { strict = true }: { readonly strict?: boolean | undefined } = {},
): AnswerVerdict {
  const prepared = prepareAnswer(answer, task)
  const { steps, answerRoot } = hasher()
  return concludeAnswer(prepared, steps(prepared.call), strict, answerRoot)
}
