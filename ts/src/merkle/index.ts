/**
 * Files of the 0G storage network: roots, submissions, proofs and their strict verification.
 * @module
 */
export type { ByteSource, FileHandleLike } from '../io/source.js'
export type { LeafIndices } from '../rules/climb.js'
export { flowDepth, type Placement, placeSubmission } from '../rules/flow.js'
export { type FileLayout, fileLayout, nextPow2, paddedSectors } from '../rules/layout.js'
export {
  isValidSubmission,
  planSubmission,
  type SubmissionPlan,
  submissionCapacity,
  submissionDigest,
} from '../rules/submission.js'
export type { Uint } from '../rules/uint.js'
export { zeroRoot } from '../rules/zero.js'
export {
  assertVerified,
  type Claim,
  type RearOption,
  type RearVerdict,
  type Verdict,
  verifyRearPadding,
} from './claim.js'
export { FileTree, fileRoot, fileRootSync } from './file-tree.js'
export type { FlowClaim, FlowVerdict } from './flow.js'
export {
  type FlowProof,
  type FlowRangeClaim,
  type FlowRangeProof,
  type FlowRangeProofJson,
  flowRangeProofToJson,
} from './flow-range.js'
export { type FlowEvidence, segmentProofOfFlow } from './flow-segment.js'
export { type FlowSegments, type FlowSubmission, FlowTree, type FlowView } from './flow-tree.js'
export { FileHasher, type FileSummary } from './hasher.js'
export { type HashingOptions, type HashingStream, hashing } from './hashing.js'
export {
  type MultiClaim,
  type MultiKind,
  type MultiProof,
  type MultiProofJson,
  type MultiVerdict,
  multiProofToJson,
  type TrustedTree,
} from './multi.js'
export type { SubmissionNode } from './peaks.js'
export { type FileProof, type FileProofJson, type ProofKind, proofToJson } from './proof.js'
export type { ScanOptions } from './scan.js'
export type { Submission } from './submission.js'
export {
  type SegmentOptions,
  verifyFlowRange,
  verifyFlowSector,
  verifyMulti,
  verifySector,
  verifySectorSync,
  verifySegment,
  verifySegmentSync,
} from './verify.js'
