// @ts-check
/** How many times as fast ours is: a rival's median time over our median time. Below 1, the rival is faster. */
import { SDK } from './subjects.mjs'

/** @typedef {import('./compare.mjs').Row} Row */
/**
 * @typedef {object} Ratio
 * @property {string} workload
 * @property {{tier: string | null, isa: string | null, threads: number}} ours
 * @property {{name: string, version: string | null, threads: number}} rival
 * @property {number} ratio at the medians
 * @property {number} ratioAtMin
 */

/** @typedef {Row & {min: number, median: number}} TimedRow */

/** @type {(row: Row) => row is TimedRow} */
const isTimed = row => row.median !== null && row.min !== null

/**
 * @param {readonly Row[]} rows
 * @returns {Ratio[]} of each of ours to the fastest rival, and to the SDK
 */
export function ratiosOf(rows) {
  return rows.filter(isTimed).flatMap(row => {
    if (!row.ours) return []
    const rivals = rows.filter(isTimed).filter(other => !other.ours && other.workload === row.workload)
    const chosen = new Set([fastest(rivals), fastest(rivals.filter(({ subject }) => subject.startsWith(SDK)))])
    return [...chosen].flatMap(rival => (rival ? [ratio(row, rival)] : []))
  })
}

/** @param {readonly TimedRow[]} rows */
function fastest(rows) {
  return [...rows].sort((a, b) => a.median - b.median)[0]
}

/**
 * @param {TimedRow} ours
 * @param {TimedRow} rival
 * @returns {Ratio}
 */
function ratio(ours, rival) {
  return {
    workload: ours.workload,
    ours: { tier: ours.tier, isa: ours.isa, threads: ours.threads },
    rival: { name: rival.subject, version: rival.version, threads: rival.threads },
    ratio: rival.median / ours.median,
    ratioAtMin: rival.min / ours.min,
  }
}

/**
 * The ratios of one row: to the fastest rival and to the SDK, as far as there are any.
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
export function ratiosOfRow(row, rows) {
  const own = ratiosOf(rows.filter(other => other === row || !other.ours))
  const sdk = own.find(({ rival }) => rival.name.startsWith(SDK))?.ratio
  const best = own.length > 0 ? Math.min(...own.map(({ ratio }) => ratio)) : undefined
  return { fastest: best, sdk }
}
