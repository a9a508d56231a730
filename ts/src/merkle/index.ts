/**
 * Files of the 0G storage network: roots, submissions, proofs and their strict verification.
 * @module
 */
export type { ByteSource, FileHandleLike } from '../io/source.js'
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
export { assertVerified, type Claim, type Verdict } from './claim.js'
export { FileTree, fileRoot, fileRootSync, type Submission } from './file-tree.js'
export { type FlowSubmission, FlowTree, verifyFlowSector } from './flow.js'
export type { FlowClaim, FlowVerdict } from './flow-claim.js'
export type { SubmissionNode } from './peaks.js'
export { type FileProof, type FileProofJson, type ProofKind, proofToJson } from './proof.js'
export type { ScanOptions } from './scan.js'
export { verifySector, verifySectorSync, verifySegment, verifySegmentSync } from './verify.js'
