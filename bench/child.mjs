// @ts-check
/**
 * One subject in its own process: no other subject's code shapes its optimisation, and the addon's pool, which keeps
 * its first size, is its own.
 */
import { createHash } from 'node:crypto'
import { patternBytes } from './data.mjs'
import { operationOf } from './operation.mjs'
import { loadRival } from './rivals/load.mjs'

/**
 * @typedef {object} Prepared
 * @property {string} result hex; a SHA-256 of it if it is long
 * @property {string} isa
 * @property {number} threads
 *
 * @typedef {object} Round
 * @property {number[]} samples seconds an operation
 * @property {number} cpu seconds of processor time over seconds of wall-clock time
 * @property {number[]} [driven] seconds an operation, as the benchmark package measured
 */

/** Short operations are timed in bursts of about this long, so that the clock does not count. */
const BURST_MS = 2

/** @type {import('./operation.mjs').Ready} */
let ready
/** @type {string} */
let kind
let burst = 1

/** @type {Record<string, (request: any) => Promise<unknown>>} */
const HANDLERS = {
  /** @param {{work: import('./operation.mjs').Work & {bytes: number}, subject: import('./subjects.mjs').Subject}} request */
  async prepare({ work, subject }) {
    kind = work.kind
    ready = await operationOf(work, subject, patternBytes(work.bytes))
    const result = await ready.operation()
    const hex =
      result.length > 32 ? createHash('sha256').update(result).digest('hex') : Buffer.from(result).toString('hex')
    return { result: hex, isa: ready.isa, threads: ready.threads }
  },
  /** Runs once through everything that is timed later, so that it is compiled. */
  async warm({ ms }) {
    const until = performance.now() + ms
    do await ready.operation()
    while (performance.now() < until)
    if (kind === 'keccak256') {
      const seconds = timed(1000) / 1000
      burst = Math.max(1, Math.round(BURST_MS / 1000 / seconds))
    }
  },
  async round({ ms }) {
    const samples = []
    const [cpu, started] = [process.cpuUsage(), performance.now()]
    if (ready.timed) samples.push(...(await ready.timed(ms)))
    else
      do samples.push(kind === 'keccak256' ? timed(burst) / burst : await timedOnce())
      while (performance.now() - started < ms)
    const wall = performance.now() - started
    const { user, system } = process.cpuUsage(cpu)
    const round = { samples, cpu: (user + system) / 1000 / wall }
    return kind === 'keccak256' ? { ...round, driven: await driven(ms) } : round
  },
}

async function timedOnce() {
  const started = performance.now()
  await ready.operation()
  return (performance.now() - started) / 1000
}

/** @param {number} count of operations */
function timed(count) {
  const { operation } = ready
  const started = performance.now()
  for (let i = 0; i < count; i += 1) operation()
  return (performance.now() - started) / 1000
}

/** @param {number} ms */
async function driven(ms) {
  /** @type {any} */
  let Benchmark
  try {
    Benchmark = (await loadRival('benchmark')).default
  } catch {
    return [] // then only our own bursts stand
  }
  const bench = new Benchmark(() => ready.operation(), { maxTime: ms / 1000, minSamples: 3 })
  bench.run()
  if (bench.error) throw bench.error
  return bench.stats.sample
}

process.on('message', async (/** @type {{handler: string}} */ request) => {
  try {
    process.send?.({ result: await HANDLERS[request.handler]?.(request) })
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) })
  }
})
process.on('disconnect', () => process.exit())
