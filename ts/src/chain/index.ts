/**
 * What the contracts of the storage network compute: submissions, epochs, targets, rewards, KV streams. Pure and synchronous: blocks,
 * times and block hashes are the caller's.
 * @module
 */

export {
  ADJUST_RATIO,
  type Adjustment,
  acceptAnswer,
  adjustTarget,
  capTarget,
  enterEpoch,
  expectedTarget,
  isFull,
  type MineState,
  newMineState,
  setMinDifficulty,
  setWorkParams,
  type WorkParams,
} from '../rules/difficulty.js'
export { DigestHistory, ROOT_WINDOW } from '../rules/digest-history.js'
export {
  blockHashSource,
  type EpochRange,
  type EpochRules,
  Epochs,
  type FlowContext,
  type FlowState,
  HISTORY_BLOCKS,
  RECENT_BLOCKS,
} from '../rules/epochs.js'
export { powHalfX96, powTwoX96 } from '../rules/exponent.js'
export {
  type FeeParts,
  type FeeShare,
  feeParts,
  feeShares,
  PRICING_SECTORS,
  pricingChunk,
  splitServiceFee,
} from '../rules/fee.js'
export {
  type ControlKind,
  type DecodedStreamData,
  decodeStreamData,
  encodeStreamData,
  STREAM_DOMAIN,
  type StreamControl,
  type StreamData,
  type StreamOptions,
  type StreamRead,
  type StreamWrite,
  streamIdsOf,
  streamTags,
} from '../rules/kv.js'
export { FRAGMENT_BYTES, fragmentSizeOf, planUpload, type UploadPlan, type UploadTerms } from '../rules/planner.js'
export {
  addReward,
  baseReward,
  claimReward,
  NO_REWARD,
  type Reward,
  type RewardClaim,
  type RewardSchedule,
  releasedReward,
} from '../rules/reward.js'
export { RewardBook, type RewardPayment, type RewardRules } from '../rules/reward-book.js'
export {
  decodeSubmission,
  decodeSubmitEvent,
  encodeSubmission,
  encodeSubmitEvent,
  type LogFields,
  type NodeFields,
  type SubmissionData,
  type SubmissionFields,
  type SubmitEvent,
  type SubmitEventFields,
} from '../rules/submission-abi.js'
export type { AddressLike } from '../rules/task.js'
export type { Uint } from '../rules/uint.js'
export {
  checkWindow,
  decodeFlowContext,
  decodeWorkerContext,
  encodeComputeWorkerContext,
  encodeFlowContext,
  encodeWorkerContext,
  type SubtaskWindow,
  subtaskWindow,
  WORKER_CONTEXT_CALLER,
  type WorkerContext,
} from '../rules/worker.js'
