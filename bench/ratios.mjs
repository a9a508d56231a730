// @ts-check
/** How many times as fast ours is: another's median time over our median time. Below 1, the other is faster. */

/** @typedef {import('./compare.mjs').Row} Row */
/** @typedef {Row & {min: number, median: number}} TimedRow */
/**
 * @typedef {object} Ratio
 * @property {string} workload
 * @property {{name: string, tier: string | null, isa: string | null, threads: number}} ours
 * @property {{name: string, version: string | null, threads: number}} rival
 * @property {number} ratio at the medians
 */

/** @type {(row: Row) => row is TimedRow} */
const isTimed = row => row.median !== null && row.min !== null

/**
 * @param {readonly Row[]} rows
 * @returns {Ratio[]} of each of ours to each rival that does the same work on as many threads
 */
export function ratiosOf(rows) {
  return rows.filter(isTimed).flatMap(row => rivalsOf(row, rows).map(rival => ratio(row, rival)))
}

/**
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
function rivalsOf(row, rows) {
  if (!row.ours || row.remark !== undefined) return []
  return rows
    .filter(isTimed)
    .filter(
      ({ ours, workload, threads, remark }) =>
        !ours && remark === undefined && workload === row.workload && threads === row.threads,
    )
}

/**
 * @param {TimedRow} ours
 * @param {TimedRow} rival
 * @returns {Ratio}
 */
function ratio(ours, rival) {
  return {
    workload: ours.workload,
    ours: { name: ours.subject, tier: ours.tier, isa: ours.isa, threads: ours.threads },
    rival: { name: rival.subject, version: rival.version, threads: rival.threads },
    ratio: rival.median / ours.median,
  }
}

/**
 * The ratio of one of ours to the fastest rival, if there is any.
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
export function toFastest(row, rows) {
  const all = isTimed(row) ? rivalsOf(row, rows).map(rival => ratio(row, rival).ratio) : []
  return all.length > 0 ? Math.min(...all) : undefined
}

/**
 * How many times as fast several threads are as one of the same tier.
 * @param {Row} row
 * @param {readonly Row[]} rows
 */
export function scaling(row, rows) {
  if (!isTimed(row) || row.threads === 1) return undefined
  const { workload, tier, isa } = row
  const one = rows
    .filter(isTimed)
    .find(
      other =>
        other.threads === 1 && other.ours && other.workload === workload && other.tier === tier && other.isa === isa,
    )
  return one && one.median / row.median
}
