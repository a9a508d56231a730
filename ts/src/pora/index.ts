/**
 * Proof of random access: sealing, mining, and the verification of answers.
 * @module
 */
export { type Answer, type AnswerFields, encodeSubmit, toAnswer } from '../rules/answer.js'
export { type RangeChoice, type RangeFields, RecallRange } from '../rules/recall.js'
export { expectedNonces, scaleX64, targetOf, threshold, WINDOW_SECTORS } from '../rules/target.js'
export { contextDigest, EMPTY_CONTEXT, minerIdOf, subtaskDigest, subtaskIndex } from '../rules/task.js'
export type { Uint } from '../rules/uint.js'
export {
  type AbiAnswer,
  type AbiRange,
  type AbiTask,
  type AnswerWords,
  answerFromAbi,
  answerToAbi,
  taskToAbi,
} from './abi.js'
export type { AnswerSteps, AnswerVerdict, MineContext, MineTask, SealRange, VerifyTask } from './checks.js'
export { type AnswerCase, type CaseResult, caseResult, readCase } from './json.js'
export { type Loader, type MineCounters, type MineOptions, Miner, type PartialLoad, type Win } from './miner.js'
export { type SealKey, type SealOptions, seal, sealSync, unseal, unsealSync, unsealWords } from './seal.js'
export { type VerifyOptions, verifyAnswer, verifyAnswerSync } from './verify.js'
