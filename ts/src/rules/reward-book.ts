import { asObject } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_PRICING_CHUNKS } from '../limits.js'
import { feeShares, PRICING_SECTORS, splitServiceFee } from './fee.js'
import { addReward, baseReward, claimReward, NO_REWARD, type Reward, type RewardSchedule } from './reward.js'
import { min } from './target.js'
import { toUint, type Uint } from './uint.js'

/** What a reward contract was told. Its owner may set the last two anew. */
export interface RewardRules {
  readonly schedule: RewardSchedule
  /** What each answer is paid from the pot, 0 unless given (uint128). */
  readonly baseReward?: Uint | undefined
  /** Basis points of each fee that are taken off first, 0 unless given. */
  readonly serviceFeeBps?: Uint | undefined
}

/** What an accepted answer was paid. */
export interface RewardPayment {
  /** From the fees of its pricing chunk. */
  readonly reward: bigint
  /** From the pot of donations. */
  readonly base: bigint
}

/** The books of a reward contract (SPEC.md section 15): fees come in, rewards go out. The clock is the caller's. */
export class RewardBook {
  #pot = 0n
  #service = 0n
  readonly #rewards = new Map<bigint, Reward>()
  #rules: RewardRules

  /** @throws {ZgkitError} `INVALID_ARGUMENT`; what the rules hold is checked where it is used */
  constructor(rules: RewardRules) {
    this.#rules = { ...asObject(rules, 'rules') }
  }

  /** What was donated and not yet paid as base reward. */
  get pot(): bigint {
    return this.#pot
  }

  /** Service fees taken so far. */
  get service(): bigint {
    return this.#service
  }

  /** The reward of a pricing chunk. */
  reward(chunk: Uint): Reward {
    return this.#rewards.get(toUint(chunk, 64, 'chunk')) ?? NO_REWARD
  }

  /** From now on other rules hold. */
  setRules(rules: Partial<RewardRules>): void {
    this.#rules = { ...this.#rules, ...asObject(rules, 'rules') }
  }

  /**
   * Adds to the pot.
   * @throws {ZgkitError} `RANGE`
   */
  donate(amount: Uint): void {
    this.#pot = toUint(this.#pot + toUint(amount, 128, 'amount'), 128, 'pot')
  }

  /**
   * Books a fee for `sectors` sectors behind a flow of `beforeLength`. A submission makes two such calls, or one if nothing was
   * skipped: `feeParts(…).padding` for the sectors skipped, then `feeParts(…).upload` for its own.
   * @param now seconds (uint40)
   * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 65,536 pricing chunks, `RANGE`; nothing has changed then
   */
  fill(beforeLength: Uint, sectors: Uint, fee: Uint, now: Uint): void {
    const { service, rest } = splitServiceFee(fee, this.#rules.serviceFeeBps ?? 0n)
    const chunks = toUint(sectors, 64, 'sectors') / PRICING_SECTORS
    if (chunks > MAX_PRICING_CHUNKS) {
      throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_PRICING_CHUNKS} pricing chunks, got ${chunks}`, {
        expected: MAX_PRICING_CHUNKS,
        got: chunks,
      })
    }
    const filled = Array.from(feeShares(beforeLength, sectors, rest), ({ chunk, amount, complete }) => {
      return [chunk, addReward(this.reward(chunk), amount, complete, now)] as const
    })
    for (const [chunk, reward] of filled) this.#rewards.set(chunk, reward)
    this.#service += service
  }

  /**
   * Pays an accepted answer.
   * @param chunk the pricing chunk of its recall position: `pricingChunk`
   * @param now seconds (uint40)
   * @throws {ZgkitError} `RANGE`; nothing has changed then
   */
  claim(chunk: Uint, now: Uint): RewardPayment {
    const { schedule, baseReward: base = 0n } = this.#rules
    const { reward, paid } = claimReward(this.reward(chunk), schedule, now)
    const due = baseReward(reward, schedule, base, now)
    const fromPot = min(due, this.#pot)
    this.#rewards.set(toUint(chunk, 64, 'chunk'), reward)
    this.#pot -= fromPot
    return { reward: paid, base: fromPot }
  }
}
