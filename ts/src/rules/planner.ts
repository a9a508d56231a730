import { asObject, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { SECTOR_BYTES } from '../limits.js'
import { nextPow2 } from './layout.js'
import { planSubmission } from './submission.js'
import { toUint, type Uint } from './uint.js'

/** Bytes of the largest fragment unless told otherwise (4 GiB). */
export const FRAGMENT_BYTES = 2 ** 32

/** Most fragments unless told otherwise. */
const USUAL_FRAGMENTS = 16

/** What an upload may cost, and what it costs. */
export interface UploadTerms {
  /** Least bytes of a fragment, rounded up to a power of two; 256 unless given, and never less. */
  readonly minFragment?: number | bigint | undefined
  /** Most bytes of a fragment, rounded up to a power of two; {@link FRAGMENT_BYTES} unless given. */
  readonly maxFragment?: number | bigint | undefined
  /** Most fragments; 16 unless given, or as many as the largest make. */
  readonly maxFragments?: number | bigint | undefined
  /** The flow contract's price of a sector in wei, 0 unless given (uint128). */
  readonly pricePerSector?: Uint | undefined
  /** What each submission costs beside that in wei, its gas for instance; 0 unless given (uint128). */
  readonly submissionCost?: Uint | undefined
}

/** An upload before any byte of it is read. */
export interface UploadPlan {
  /** Bytes of the file. */
  readonly size: number
  /**
   * Bytes of a fragment: a power of two. Fragment `i` has the bytes from `i * fragmentSize` on and is a file of its own; only the last
   * may be shorter.
   */
  readonly fragmentSize: number
  /** How many there are. */
  readonly fragments: number
  /** Segments of all fragments together, as are all numbers that follow. */
  readonly segments: number
  /** Nodes that are submitted. */
  readonly nodes: number
  /** Sectors with file bytes. */
  readonly sectors: number
  /** Sectors that are stored and paid: the capacity of the submissions. */
  readonly paddedSectors: number
  /** What padding costs, in sectors. */
  readonly paddingSectors: number
  /** Bytes that are stored beyond the file's own. */
  readonly paddingBytes: number
  /** What the flow contract takes, in wei: `paddedSectors` times the price. */
  readonly fee: bigint
  /** The fee and the costs of all submissions. */
  readonly cost: bigint
}

/**
 * Plans the upload of a file of `size` bytes in fragments of the cheapest size that the terms admit; of equal ones in the largest
 * (SPEC.md section 5).
 *
 * Small fragments need less padding and more submissions. Without a price the padding alone decides.
 * @throws {ZgkitError} `EMPTY_INPUT` for 0; `RANGE` if something is no count, if no fragment size is within the limits, and for costs
 *   over 128 bits; `INVALID_ARGUMENT`
 */
export function planUpload(size: number | bigint, terms: UploadTerms = {}): UploadPlan {
  const { minFragment, maxFragment, maxFragments, pricePerSector, submissionCost } = asObject(terms, 'terms')
  const bytes = toCount(size, 'size')
  if (bytes === 0) throw new ZgkitError('EMPTY_INPUT', 'a file has at least one byte')
  const least = fragmentSizeOf(minFragment ?? SECTOR_BYTES)
  const most = fragmentSizeOf(maxFragment ?? FRAGMENT_BYTES)
  const count = toCount(maxFragments ?? Math.max(USUAL_FRAGMENTS, Math.ceil(bytes / most)), 'maxFragments')
  const price = toUint(pricePerSector ?? 0n, 128, 'pricePerSector')
  const each = toUint(submissionCost ?? 0n, 128, 'submissionCost')

  let best: UploadPlan | undefined
  for (let fragmentSize = most; fragmentSize >= least; fragmentSize /= 2) {
    if (Math.ceil(bytes / fragmentSize) > count) break
    const plan = inFragments(bytes, fragmentSize, price, each)
    if (!best || isCheaper(plan, best)) best = plan
  }
  if (best) return best
  throw new ZgkitError('RANGE', 'no fragment size is within the limits', { least, most, maxFragments: count })
}

/**
 * A wished fragment size as it can be had: at least 256 bytes, rounded up to a power of two.
 * @throws {ZgkitError} `RANGE` if `bytes` or the result is no count
 */
export function fragmentSizeOf(bytes: number | bigint): number {
  return toCount(nextPow2(Math.max(toCount(bytes, 'bytes'), SECTOR_BYTES)), 'fragment size')
}

function isCheaper(plan: UploadPlan, best: UploadPlan): boolean {
  return plan.cost < best.cost || (plan.cost === best.cost && plan.paddedSectors < best.paddedSectors)
}

/** A fragment that is full is a perfect tree: one node, no padding. So only the last one is planned. */
function inFragments(size: number, fragmentSize: number, price: bigint, each: bigint): UploadPlan {
  const fragments = Math.ceil(size / fragmentSize)
  const full = planSubmission(fragmentSize)
  const last = planSubmission(size - (fragments - 1) * fragmentSize)
  const sum = (of: (plan: typeof full) => number) => (fragments - 1) * of(full) + of(last)
  const paddedSectors = sum(plan => plan.paddedSectors)
  const sectors = sum(plan => plan.sectors)
  const fee = toUint(BigInt(paddedSectors) * price, 128, 'fee')
  return {
    size,
    fragmentSize,
    fragments,
    segments: sum(plan => plan.segments),
    nodes: sum(plan => plan.nodes.length),
    sectors,
    paddedSectors,
    paddingSectors: paddedSectors - sectors,
    paddingBytes: sum(plan => plan.paddingBytes),
    fee,
    cost: toUint(fee + BigInt(fragments) * each, 128, 'cost'),
  }
}
