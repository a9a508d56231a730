// @ts-check
/** The figures as text. */
import { ratiosOfRow } from './ratios.mjs'

/** @param {number} seconds */
export function time(seconds) {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(seconds >= 0.1 ? 0 : 1)} ms`
  if (seconds >= 1e-6) return `${(seconds * 1e6).toFixed(2)} µs`
  return `${(seconds * 1e9).toFixed(0)} ns`
}

/** @param {number} value */
export const quantity = value => (value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(1))

/** @param {number | undefined} value */
const times = value => (value === undefined ? '' : `${value.toFixed(2)}×`)

/**
 * @param {import('./subjects.mjs').Workload} workload
 * @param {readonly import('./compare.mjs').Row[]} rows of the workload
 * @returns {string[][]} heading and lines
 */
export function cells(workload, rows) {
  const driven = workload.kind === 'keccak256'
  const heading = [
    ...['subject', 'version', 'tier', 'isa', 'threads'],
    ...[`${workload.speed} at min`, `${workload.speed} at median`, 'min', 'median', 'n', 'cpu'],
    ...(driven ? ['benchmark.js ops/s'] : []),
    ...['to fastest rival', ...(driven ? [] : ['to SDK'])],
  ]
  const lines = rows.map(row => {
    const name = [row.subject, row.version ?? '', row.tier ?? '', row.isa ?? '', String(row.threads)]
    if (!row.speed || row.min === null || row.median === null) return [...name, `no figures: ${row.reason}`]
    const { fastest, sdk } = row.ours ? ratiosOfRow(row, rows) : {}
    return [
      ...name,
      ...[quantity(row.speed.atMin), quantity(row.speed.atMedian), time(row.min), time(row.median)],
      ...[String(row.n), row.cpu?.toFixed(2) ?? ''],
      ...(driven
        ? [row.benchmark ? `${quantity(row.benchmark.opsPerSecond)} ±${row.benchmark.rme.toFixed(1)} %` : '']
        : []),
      ...[times(fastest), ...(driven ? [] : [times(sdk)])],
    ]
  })
  return [heading, ...lines]
}

/**
 * @param {readonly string[][]} lines
 * @param {number} left how many columns are text
 */
export function table(lines, left = 4) {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(
      ...lines.map(line => (line.length > i && !line[i]?.startsWith('no figures') ? (line[i]?.length ?? 0) : 0)),
    ),
  )
  return lines
    .map(line =>
      line.map((cell, i) => (i < left ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .map(line => line.trimEnd())
    .join('\n')
}

/** @param {Awaited<ReturnType<typeof import('./machine.mjs').fingerprint>>} machine */
export function machineLines(machine) {
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.os}`,
    `Node ${machine.node}, V8 ${machine.v8}, commit ${machine.commit}, ${machine.date} UTC`,
    `load average ${machine.loadBefore.toFixed(2)} before, ${machine.loadAfter.toFixed(2)} after (our own included)`,
  ]
}

/** What the columns mean, for whoever has only the output. */
export const LEGEND = [
  'min and median are seconds of one operation; MB = 1,000,000 bytes; cpu is processor seconds a second, all threads;',
  '"to" columns: median time of the rival over our median time; rivals compute on one thread.',
]
