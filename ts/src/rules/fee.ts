import { ZgkitError } from '../errors.js'
import { toUint, type Uint } from './uint.js'

/** Sectors of a pricing chunk (8 GiB), the unit in which fees are kept and rewards paid. */
export const PRICING_SECTORS = 2n ** 25n
/** What a whole is in basis points. */
const ALL_BPS = 10_000n

/** The pricing chunk of a sector. */
export function pricingChunk(sector: Uint): bigint {
  return toUint(sector, 64, 'sector') / PRICING_SECTORS
}

/** What of a submission's fee goes where. */
export interface FeeParts {
  /** The part booked to the sectors that were skipped before the submission. */
  readonly padding: bigint
  /** The part booked to its own sectors, with what was paid above the price. */
  readonly upload: bigint
}

/**
 * Parts a submission's fee between the sectors that were skipped to place it and its own (SPEC.md section 15).
 * @param pricePerSector in wei (uint128)
 * @param uploadSectors its sectors, at least 1: `submissionCapacity`, or the flow's length after it less its start (uint64)
 * @param paddingSectors sectors skipped: its start less the flow's length before it (uint64)
 * @param paid what the market holds: the fee unless given, and not less (uint128)
 * @throws {ZgkitError} `RANGE`
 */
export function feeParts(
  pricePerSector: Uint,
  uploadSectors: Uint,
  paddingSectors: Uint,
  paid?: Uint | undefined,
): FeeParts {
  const upload = toUint(uploadSectors, 64, 'uploadSectors')
  const skipped = toUint(paddingSectors, 64, 'paddingSectors')
  if (upload === 0n) throw new ZgkitError('RANGE', 'a submission has at least one sector', { got: 0n })
  const fee = toUint(toUint(pricePerSector, 128, 'pricePerSector') * upload, 128, 'fee')
  const given = paid === undefined ? fee : toUint(paid, 128, 'paid')
  if (given < fee) throw new ZgkitError('RANGE', 'less was paid than the price', { expected: fee, got: given })
  const padding = (fee * skipped) / (upload + skipped)
  return { padding, upload: given - padding }
}

/**
 * Takes the service fee off: it is rounded down.
 * @param bps its rate in basis points, at most 10,000
 * @throws {ZgkitError} `RANGE`
 */
export function splitServiceFee(fee: Uint, bps: Uint): { service: bigint; rest: bigint } {
  const whole = toUint(fee, 128, 'fee')
  const rate = toUint(bps, 64, 'bps')
  if (rate > ALL_BPS) throw new ZgkitError('RANGE', `bps must be at most ${ALL_BPS}, got ${rate}`, { got: rate })
  const service = (whole * rate) / ALL_BPS
  return { service, rest: whole - service }
}

/** What of a fee goes to one pricing chunk. */
export interface FeeShare {
  /** Number of the pricing chunk. */
  readonly chunk: bigint
  readonly amount: bigint
  /** Whether the sectors fill it to its end: its reward then begins. */
  readonly complete: boolean
}

/**
 * Spreads a fee over the pricing chunks that its sectors fall in, in order. A fee for several is first rounded down to one for a
 * whole pricing chunk; what rounding loses is in none of them.
 * @param beforeLength the flow's length before these sectors (uint64)
 * @param sectors at least 1 (uint64)
 * @param fee without the service fee (uint128)
 * @throws {ZgkitError} `RANGE`
 */
export function feeShares(beforeLength: Uint, sectors: Uint, fee: Uint): Iterable<FeeShare> {
  const before = toUint(beforeLength, 64, 'beforeLength')
  const count = toUint(sectors, 64, 'sectors')
  const amount = toUint(fee, 128, 'fee')
  if (count === 0n) throw new ZgkitError('RANGE', 'a fee is for at least one sector', { got: 0n })
  return shares(before, toUint(before + count, 64, 'length'), amount)
}

function* shares(before: bigint, after: bigint, fee: bigint): Generator<FeeShare> {
  const last = (after - 1n) / PRICING_SECTORS
  const perChunk = (fee * PRICING_SECTORS) / (after - before)
  for (let chunk = before / PRICING_SECTORS; chunk <= last; chunk++) {
    const [start, end] = [chunk * PRICING_SECTORS, (chunk + 1n) * PRICING_SECTORS]
    const [from, to] = [start < before ? before : start, after < end ? after : end]
    const whole = from === before && to === after
    yield { chunk, amount: whole ? fee : (perChunk * (to - from)) / PRICING_SECTORS, complete: to === end }
  }
}
