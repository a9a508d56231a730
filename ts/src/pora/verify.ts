import { type Engine, engine, syncEngine } from '../backend/choose.js'
import type { AnswerFields } from '../rules/answer.js'
import { Control } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import {
  type AnswerVerdict,
  concludeAnswer,
  flowRootOf,
  type PreparedAnswer,
  prepareAnswer,
  type VerifyTask,
} from './checks.js'
import { keccakOf } from './seal.js'

/** Options of {@link verifyAnswer}. */
export interface VerifyOptions {
  /**
   * Our rule, on unless `false`: a seal lies in the load that was drawn (`sealOffset` below 64), and a proof has exactly the
   * tree's depth. Without it the verdict is the contract's.
   */
  readonly strict?: boolean | undefined
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Checks a mined answer as the mine contract does, without the chain (SPEC.md section 11).
 *
 * The code is that of the first check that fails, in the contract's order: `MINER_ID_ZERO`, `CONTEXT_MISMATCH`,
 * `CONTEXT_EMPTY`, `RANGE_UNALIGNED`, `RANGE_OVERFLOW`, `RANGE_TOO_LONG`, `RANGE_TOO_SHORT`, `SHARD_ID_MASKED`,
 * `SEAL_CONTEXT`, `SHARDS_EXCEEDED`, `FLOW_ROOT_MISMATCH`, `RECALL_POSITION`, `SEAL_OFFSET` (strict only), `TARGET_MISSED`.
 * Where the contract would divide by zero: a range shorter than a load is `RECALL_POSITION`, a flow of fewer sectors than
 * partitions `TARGET_MISSED`.
 *
 * What takes the chain's state is not checked: the miner's registration, the block window, the number of answers so far and
 * whether this one was there before. Nor is what `task` says: it is taken as the chain's.
 * @throws {ZgkitError} for what the contract's types do not hold, of answer or task: `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`, `LIMIT_EXCEEDED` for a proof of more than 64 siblings; the signal's reason when aborted
 */
export async function verifyAnswer(
  answer: AnswerFields,
  task: VerifyTask,
  { strict = true, signal }: VerifyOptions = {},
): Promise<AnswerVerdict> {
  const control = new Control({ signal })
  control.check()
  const prepared = prepareAnswer(answer, task)
  const active = await engine()
  const record = await control.race(dispatch(active, prepared.call, false))
  return conclude(prepared, record, strict, active)
}

/** As {@link verifyAnswer} on the calling thread: about a millisecond natively, ten in JavaScript. */
export function verifyAnswerSync(
  answer: AnswerFields,
  task: VerifyTask,
  { strict = true }: Pick<VerifyOptions, 'strict'> = {},
): AnswerVerdict {
  const prepared = prepareAnswer(answer, task)
  const active = syncEngine()
  return conclude(prepared, active.backend.call(prepared.call), strict, active)
}

function conclude(prepared: PreparedAnswer, record: Uint8Array, strict: boolean, active: Engine): AnswerVerdict {
  return concludeAnswer(prepared, record, strict, answer => flowRootOf(answer, keccakOf(active)))
}
