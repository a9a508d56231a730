// @ts-check
/** The figures as text. */
import { scaling, toFastest } from './ratios.mjs'

/** @param {number} seconds */
export function time(seconds) {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  if (seconds >= 1e-3) return `${(seconds * 1e3).toFixed(seconds >= 0.1 ? 0 : 1)} ms`
  if (seconds >= 1e-6) return `${(seconds * 1e6).toFixed(2)} µs`
  return `${(seconds * 1e9).toFixed(seconds >= 1e-8 ? 0 : 2)} ns`
}

/** @param {number} value */
export const quantity = value =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(value < 100 ? 2 : 1)

/** @param {number | undefined} value */
const times = value => (value === undefined ? '' : `${value.toFixed(2)}×`)

const HEADING = [
  ...['workload', 'subject', 'version', 'tier', 'isa', 'threads', 'at min', 'at median', 'min', 'median', 'cycles'],
  ...['n', 'cpu', 'benchmark.js ops/s', 'to fastest rival', 'scaling'],
]
/** Columns that are text. */
const TEXT = 5

/**
 * @param {readonly import('./compare.mjs').Row[]} rows
 * @param {number} gigahertz
 * @returns {string[][]} heading and lines; a shorter line ends with a remark or reason
 */
export function cells(rows, gigahertz) {
  const lines = rows.map(row => {
    const name = [row.workload, row.subject, row.version ?? '', row.tier ?? '', row.isa ?? '', String(row.threads)]
    if (!row.speed || row.min === null || row.median === null) return [...name, `no figures: ${row.reason}`]
    const { unit, atMin, atMedian } = row.speed
    const { benchmark } = row
    const line = [
      ...name,
      ...[`${quantity(atMin)} ${unit}`, `${quantity(atMedian)} ${unit}`, time(row.min), time(row.median)],
      row.threads === 1 ? cycles(row.min * gigahertz * 1e9) : '',
      ...[String(row.n), row.cpu?.toFixed(2) ?? ''],
      benchmark ? `${quantity(benchmark.opsPerSecond)} ±${benchmark.rme.toFixed(1)} %` : '',
    ]
    return row.remark ? [...line, row.remark] : [...line, times(toFastest(row, rows)), times(scaling(row, rows))]
  })
  return [HEADING, ...lines]
}

/** @param {number} count */
function cycles(count) {
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`
  return count >= 10 ? Math.round(count).toLocaleString('en') : count.toFixed(2)
}

/** @param {readonly string[][]} lines of {@link cells} */
export function table(lines) {
  const columns = lines[0]?.length ?? 0
  // What ends a short line is a sentence and may run on.
  const own = (/** @type {readonly string[]} */ line) => (line.length < columns ? line.length - 1 : columns)
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...lines.map(line => (i < own(line) ? (line[i]?.length ?? 0) : 0))),
  )
  return lines
    .map(line =>
      line
        .map((cell, i) => (i < TEXT || i >= own(line) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** @param {Awaited<ReturnType<typeof import('./machine.mjs').fingerprint>>} machine */
export function machineLines(machine) {
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.os}`,
    `${machine.gigahertzBefore.toFixed(3)} GHz before, ${machine.gigahertzAfter.toFixed(3)} after, by a chain of dependent additions`,
    `Node ${machine.node}, V8 ${machine.v8}, rustc ${machine.rustc}, commit ${machine.commit}, ${machine.date} UTC`,
    `load average ${machine.loadBefore.toFixed(2)} before, ${machine.loadAfter.toFixed(2)} after (our own included)`,
    machine.command,
  ]
}

/** What the columns mean, for whoever has only the output. */
export const LEGEND = [
  'min and median are seconds of one operation; MB = 1,000,000 bytes, GB 1000 MB; cycles: min by the frequency before, one thread;',
  'n: calls timed, or bursts of short calls, or turns of a program that measures itself; cpu: processor seconds a second, all threads;',
  'to fastest rival: its median time over ours, same work, as many threads; scaling: over the same tier on one thread.',
]
