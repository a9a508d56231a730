// @ts-check
/** Numbers of samples. No mean: it is what noise moves. */

/** @param {readonly number[]} samples */
export const minimum = samples => samples.reduce((least, sample) => Math.min(least, sample), Number.POSITIVE_INFINITY)

/** @param {readonly number[]} samples */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}
