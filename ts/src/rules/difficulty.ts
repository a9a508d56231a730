import { asObject } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { min, targetOf } from './target.js'
import { toUint, type Uint } from './uint.js'

const UINT256 = 2n ** 256n - 1n
/** Low bits of a target that the adjustment leaves out, so that nothing of it overflows. */
const DROPPED = 16n
/** The highest target without its low bits. */
const HIGHEST = UINT256 >> DROPPED
/** Over how many epochs an adjustment is spread, unless the contract is told otherwise. */
export const ADJUST_RATIO = 20n

/** What a new target follows from. */
export interface Adjustment {
  /** The target so far (uint256). */
  readonly target: Uint
  /** Answers in the last epoch that was mined (uint64). */
  readonly submissions: Uint
  /** How many there should have been (uint64). */
  readonly targetSubmissions: Uint
  /** Weight of the old target against the new one; 20 unless given (1 to 65,536). */
  readonly ratio?: Uint | undefined
  /** The target stays at or below that of this difficulty; 0, no such bound, unless given (uint256). */
  readonly minDifficulty?: Uint | undefined
}

/**
 * The target, without its low 16 bits, at which the epoch would have had the due number of answers: the highest there is if it had
 * none (SPEC.md section 15).
 * @throws {ZgkitError} `RANGE`, also where the contract's product overflows; `INVALID_ARGUMENT`
 */
export function expectedTarget(adjustment: Adjustment): bigint {
  const { target, submissions, targetSubmissions } = asObject(adjustment, 'adjustment')
  const count = toUint(submissions, 64, 'submissions')
  const due = toUint(targetSubmissions, 64, 'targetSubmissions')
  const scaled = toUint(target, 256, 'target') >> DROPPED
  return count === 0n ? HIGHEST : toUint((scaled * due) / count, 256, 'expected target')
}

/**
 * The target after an epoch with so many answers: a step of 1 in `ratio` towards {@link expectedTarget}, at most to the half or the
 * double.
 * @throws {ZgkitError} as {@link expectedTarget}
 */
export function adjustTarget(adjustment: Adjustment): bigint {
  const { target, ratio = ADJUST_RATIO, minDifficulty = 0n } = asObject(adjustment, 'adjustment')
  const n = toUint(ratio, 64, 'ratio')
  if (n === 0n || n > 2n ** DROPPED) throw new ZgkitError('RANGE', `ratio must be 1 to 65536, got ${n}`, { got: n })
  const scaled = toUint(target, 256, 'target') >> DROPPED
  const moved = toUint(scaled * (n - 1n) + expectedTarget(adjustment), 256, 'adjusted target') / n
  const atLeast = moved < scaled / 2n ? scaled / 2n : moved
  return capTarget(min(min(atLeast, scaled * 2n), HIGHEST) << DROPPED, minDifficulty)
}

/**
 * The target at or below that of a least difficulty: what setting one does at once.
 * @param minDifficulty 0 for no bound
 * @throws {ZgkitError} `RANGE`
 */
export function capTarget(target: Uint, minDifficulty: Uint): bigint {
  const uncapped = toUint(target, 256, 'target')
  const least = toUint(minDifficulty, 256, 'minDifficulty')
  return least === 0n ? uncapped : min(uncapped, targetOf(least))
}

/** What an admin of the mine contract sets for the epochs to come. */
export interface WorkParams {
  /** Answers that an epoch should have; it takes up to twice as many (uint64). */
  readonly targetSubmissions: bigint
  /** Subtasks of an epoch (uint64). */
  readonly subtasks: bigint
  /** Blocks from the start of one subtask to that of the next (uint64). */
  readonly subtaskInterval: bigint
}

/** The part of the mine contract's state that targets follow from. Nothing changes it: what happens gives a new one. */
export interface MineState {
  /** The target before scaling (uint256). */
  readonly target: bigint
  /** The last epoch with an accepted answer, 0 if there was none. */
  readonly lastMinedEpoch: bigint
  /** Accepted answers in that epoch. */
  readonly submissions: bigint
  readonly params: WorkParams
  /** The parameters from the next epoch that is mined on. */
  readonly next: WorkParams
  /** Whether the contract was made with a target that never changes. */
  readonly fixed: boolean
  /** As in {@link Adjustment}. */
  readonly ratio: bigint
  readonly minDifficulty: bigint
}

/**
 * The mine contract as it begins.
 * @param fixed its setting 4: the target is the highest there is and stays so
 * @throws {ZgkitError} `RANGE`
 */
export function newMineState(difficulty: Uint, params: WorkParams, fixed = false): MineState {
  const target = fixed ? UINT256 : targetOf(difficulty)
  const own = toParams(params)
  return {
    target,
    lastMinedEpoch: 0n,
    submissions: 0n,
    params: own,
    next: own,
    fixed,
    ratio: ADJUST_RATIO,
    minDifficulty: 0n,
  }
}

/**
 * The state as a call in epoch `epoch` sees it. In the first call of a later epoch than the last mined one, if there was one, the
 * target is adjusted, once however many epochs lie between, and the next parameters hold. Only an accepted answer makes this last.
 * @throws {ZgkitError} `RANGE` for an epoch before the last mined one
 */
export function enterEpoch(state: MineState, epoch: Uint): MineState {
  const current = toUint(epoch, 64, 'epoch')
  const { lastMinedEpoch, submissions, params, next, target, fixed, ratio, minDifficulty } = state
  if (current < lastMinedEpoch) {
    throw new ZgkitError('RANGE', 'epochs do not go back', { expected: lastMinedEpoch, got: current })
  }
  if (current === lastMinedEpoch || lastMinedEpoch === 0n) return state
  const { targetSubmissions } = params
  const adjusted = fixed ? target : adjustTarget({ target, submissions, targetSubmissions, ratio, minDifficulty })
  return { ...state, target: adjusted, submissions: 0n, params: next }
}

/** Whether an epoch takes no more answers: twice as many as it should have. */
export function isFull(state: MineState): boolean {
  return state.submissions >= 2n * state.params.targetSubmissions
}

/**
 * The state after an accepted answer in epoch `epoch`.
 * @throws {ZgkitError} as {@link enterEpoch}; `RANGE` for an epoch that {@link isFull}
 */
export function acceptAnswer(state: MineState, epoch: Uint): MineState {
  const entered = enterEpoch(state, epoch)
  if (isFull(entered)) throw new ZgkitError('RANGE', 'the epoch has all its answers', { got: entered.submissions })
  return { ...entered, lastMinedEpoch: toUint(epoch, 64, 'epoch'), submissions: entered.submissions + 1n }
}

/**
 * The state after an admin set parameters: at once while nothing was mined, otherwise from the next epoch on.
 * @throws {ZgkitError} `RANGE`
 */
export function setWorkParams(state: MineState, params: WorkParams): MineState {
  const next = toParams(params)
  return state.lastMinedEpoch === 0n ? { ...state, params: next, next } : { ...state, next }
}

/**
 * The state after an admin set a least difficulty: it caps the target at once.
 * @throws {ZgkitError} `RANGE`
 */
export function setMinDifficulty(state: MineState, minDifficulty: Uint): MineState {
  const least = toUint(minDifficulty, 256, 'minDifficulty')
  return { ...state, minDifficulty: least, target: capTarget(state.target, least) }
}

function toParams(params: WorkParams): WorkParams {
  const { targetSubmissions, subtasks, subtaskInterval } = asObject(params, 'params')
  return {
    targetSubmissions: toUint(targetSubmissions, 64, 'targetSubmissions'),
    subtasks: toUint(subtasks, 64, 'subtasks'),
    subtaskInterval: toUint(subtaskInterval, 64, 'subtaskInterval'),
  }
}
