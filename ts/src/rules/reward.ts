import { asObject } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { powHalfX96 } from './exponent.js'
import { min } from './target.js'
import { toUint, type Uint } from './uint.js'

/** A year of the contracts, twelve months of 31 days, in milliseconds. */
const YEAR_MS = 32_140_800_000n
/** 2^128 / ln(2). */
const INVERSE_LN2_X128 = 490923683258796565746369346286093237521n

/** The reward of one pricing chunk, in wei (uint128 each) and seconds (uint40 each). Nothing changes it: what happens gives a new one. */
export interface Reward {
  /** Not yet released. */
  readonly locked: bigint
  /** Released, and not yet paid. */
  readonly claimable: bigint
  /** Paid so far. */
  readonly distributed: bigint
  /** When the pricing chunk was filled, 0 before. */
  readonly startTime: bigint
  /** When something was last released. */
  readonly lastUpdate: bigint
}

/** How a reward is released: evenly over so many seconds, or by a part of what is left, so many thousandths of it a year. */
export type RewardSchedule =
  | { readonly kind: 'linear'; readonly releaseSeconds: Uint }
  | { readonly kind: 'decay'; readonly annualMilliRate: Uint }

/** The reward of a pricing chunk that no fee was paid for. */
export const NO_REWARD: Reward = { locked: 0n, claimable: 0n, distributed: 0n, startTime: 0n, lastUpdate: 0n }

/**
 * Adds a fee's share at a time.
 * @param complete whether the pricing chunk is filled with it
 * @param now seconds (uint40)
 * @throws {ZgkitError} `RANGE` for a pricing chunk that was filled before, and past 2^128
 */
export function addReward(reward: Reward, amount: Uint, complete: boolean, now: Uint): Reward {
  const time = toUint(now, 40, 'now')
  if (reward.startTime !== 0n) {
    throw new ZgkitError('RANGE', 'the pricing chunk was filled before', { expected: 0n, got: reward.startTime })
  }
  const locked = toUint(reward.locked + toUint(amount, 128, 'amount'), 128, 'locked')
  return complete ? { ...reward, locked, startTime: time, lastUpdate: time } : { ...reward, locked }
}

/**
 * What a schedule releases at a time, beyond what it has before (SPEC.md section 15). Nothing before the pricing chunk is filled.
 * @throws {ZgkitError} `RANGE` for a time before the reward's last one, no release time, and a rate over 16 bits; `INVALID_ARGUMENT`
 */
export function releasedReward(reward: Reward, schedule: RewardSchedule, now: Uint): bigint {
  const { locked, claimable, distributed, startTime, lastUpdate } = reward
  const time = toUint(now, 40, 'now')
  const rule = toSchedule(schedule)
  if (startTime === 0n) return 0n
  const elapsed = time - lastUpdate
  if (elapsed < 0n) throw new ZgkitError('RANGE', 'time does not go back', { expected: lastUpdate, got: time })
  if (rule.kind === 'decay') {
    const exponentX64 = ((elapsed * 1000n * INVERSE_LN2_X128 * rule.annualMilliRate) >> 64n) / YEAR_MS / 1000n
    return ((2n ** 96n - powHalfX96(exponentX64)) * locked) >> 96n
  }
  const released = claimable + distributed
  const total = locked + released
  const due = min((total * (time - startTime)) / rule.releaseSeconds, total)
  return due < released ? 0n : due - released
}

/** What an accepted answer does to the reward of its pricing chunk, but for the base reward. */
export interface RewardClaim {
  readonly reward: Reward
  /** What was released by it. */
  readonly released: bigint
  /** What is paid: half of what is claimable, rounded down. */
  readonly paid: bigint
}

/**
 * Releases what is due and pays half of what is claimable. A pricing chunk that is not filled pays nothing.
 * @throws {ZgkitError} as {@link releasedReward}
 */
export function claimReward(reward: Reward, schedule: RewardSchedule, now: Uint): RewardClaim {
  const released = releasedReward(reward, schedule, now)
  const claimable = reward.claimable + released
  const paid = reward.startTime === 0n ? 0n : claimable / 2n
  return {
    reward: {
      ...reward,
      locked: reward.locked - released,
      claimable: claimable - paid,
      distributed: reward.distributed + paid,
      lastUpdate: toUint(now, 40, 'now'),
    },
    released,
    paid,
  }
}

/**
 * The base reward that an answer is due beside that: with linear release only from when the pricing chunk is filled until all is
 * released, otherwise always. The pot may hold less.
 * @throws {ZgkitError} `RANGE`, `INVALID_ARGUMENT`
 */
export function baseReward(reward: Reward, schedule: RewardSchedule, base: Uint, now: Uint): bigint {
  const amount = toUint(base, 128, 'base')
  const time = toUint(now, 40, 'now')
  const rule = toSchedule(schedule)
  if (rule.kind === 'decay') return amount
  return reward.startTime !== 0n && reward.startTime + rule.releaseSeconds > time ? amount : 0n
}

type Schedule =
  | { readonly kind: 'linear'; readonly releaseSeconds: bigint }
  | { readonly kind: 'decay'; readonly annualMilliRate: bigint }

function toSchedule(schedule: RewardSchedule): Schedule {
  const given = asObject(schedule, 'schedule')
  if (given.kind === 'linear') {
    const releaseSeconds = toUint(given.releaseSeconds, 64, 'releaseSeconds')
    if (releaseSeconds > 0n) return { kind: 'linear', releaseSeconds }
    throw new ZgkitError('RANGE', 'releaseSeconds must be at least 1', { got: releaseSeconds })
  }
  if (given.kind !== 'decay') throw new ZgkitError('INVALID_ARGUMENT', 'a schedule is linear or decay')
  return { kind: 'decay', annualMilliRate: toUint(given.annualMilliRate, 16, 'annualMilliRate') }
}
