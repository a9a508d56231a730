import { ZgkitError } from '../errors.js'
import { LOAD_SEALS } from '../limits.js'
import { toUint, type Uint } from './uint.js'

/** Most sectors that one unpartitioned range may have: the window of 8 TiB. */
export const WINDOW_SECTORS = 2n ** 35n

/**
 * The target of a difficulty: floor((2^256 - 1) / difficulty) (SPEC.md section 8).
 * @throws {ZgkitError} `RANGE` for 0 and for what is no 256-bit integer
 */
export function targetOf(difficulty: Uint): bigint {
  const divisor = toUint(difficulty, 256, 'difficulty')
  if (divisor === 0n) throw new ZgkitError('RANGE', 'difficulty must be at least 1')
  return (2n ** 256n - 1n) / divisor
}

/**
 * How much harder than unpartitioned a range is to win, times 2^64: 2^64 for one partition, at most 2^64 times `partitions`.
 * @param flowLength the context's flow length, in sectors
 * @param partitions into how many the data is split
 * @throws {ZgkitError} `RANGE` where the contract divides by zero: fewer sectors than partitions, or no partition
 */
export function scaleX64(flowLength: Uint, partitions: Uint): bigint {
  const scale = scaleOrNone(toUint(flowLength, 256, 'flowLength'), toUint(partitions, 256, 'partitions'))
  if (scale === undefined) {
    throw new ZgkitError('RANGE', 'a flow has at least one sector for each partition', { flowLength, partitions })
  }
  return scale
}

/** As {@link scaleX64}, `undefined` where the contract divides by zero. */
export function scaleOrNone(flowLength: bigint, partitions: bigint): bigint | undefined {
  if (partitions === 0n) return undefined
  const whole = min(flowLength, WINDOW_SECTORS)
  const share = min(flowLength / partitions, WINDOW_SECTORS)
  return share === 0n ? undefined : (whole << 64n) / share
}

/**
 * The highest PoRA hash that wins, as a big-endian integer: floor(target / scale) * 2^64.
 * @param scale as {@link scaleX64} gives it, at least 2^64
 * @throws {ZgkitError} `RANGE`
 */
export function threshold(target: Uint, scale: Uint): bigint {
  const divisor = toUint(scale, 256, 'scale')
  if (divisor >> 64n === 0n) throw new ZgkitError('RANGE', 'scale must be at least 2^64', { got: scale })
  return (toUint(target, 256, 'target') / divisor) << 64n
}

/**
 * Nonces that it takes on average until one wins, with `seals` (1 to 64) seals there in every load.
 * @throws {ZgkitError} `RANGE`
 */
export function expectedNonces(threshold: Uint, seals: number = LOAD_SEALS): number {
  if (!Number.isInteger(seals) || seals < 1 || seals > LOAD_SEALS) {
    throw new ZgkitError('RANGE', `seals must be an integer from 1 to ${LOAD_SEALS}, got ${seals}`, { got: seals })
  }
  const chance = Number(toUint(threshold, 256, 'threshold') + 1n) / 2 ** 256
  return -1 / Math.expm1(seals * Math.log1p(-chance))
}

export function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
