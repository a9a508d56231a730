// @ts-check
/**
 * One subject in its own process: no other subject's code shapes its optimisation, and the addon's pool, which keeps
 * its first size, is its own.
 */
import { checkValue } from './data.mjs'
import { engineOf } from './engine.mjs'
import { loadRival } from './rivals/load.mjs'
import { KINDS } from './workloads.mjs'

/**
 * @typedef {object} Prepared
 * @property {string} check value: SHA3-256 of the first result in hex
 * @property {string} isa
 * @property {number} threads
 *
 * @typedef {object} Round
 * @property {number[]} seconds of each call, or of the mean call of each burst
 * @property {number} [cpu] seconds of processor time over seconds of wall-clock time
 * @property {number[]} [driven] seconds of a call, as the benchmark package measured
 */

/** Short calls are timed in bursts of about this long, so that the clock does not count. */
const BURST_MS = 2

/** @type {import('./workloads.mjs').Operation} */
let operation
/** Calls in a burst; 0: they give promises and are timed each. */
let burst = 0

/** @type {Record<string, (request: any) => Promise<unknown>>} */
const HANDLERS = {
  /** @param {{work: import('./workloads.mjs').Work, subject: import('./subjects.mjs').Subject}} request */
  async prepare({ work, subject }) {
    /** @type {import('./workloads.mjs').Kind} */
    const kind = KINDS[work.kind]
    const input = await kind.input(work)
    const engine = subject.ours ? await engineOf(subject) : undefined
    const ready = async (/** @type {Uint8Array} */ bytes) => {
      const found = engine ? kind.ours?.(work, bytes, engine, subject) : kind.rival?.(work, bytes, subject)
      if (!found) throw new Error('there is no such operation')
      return found
    }
    operation = await ready(input)
    const pending = (kind.toCheck ? await ready(kind.toCheck(input)) : operation)()
    if (!(pending instanceof Promise)) burst = 1
    return {
      check: checkValue(/** @type {Uint8Array | Uint8Array[]} */ (await pending)),
      isa: engine?.isa ?? '',
      threads: engine?.threads ?? 1,
    }
  },
  /** Runs through everything that is timed later, so that it is compiled. */
  async warm({ ms }) {
    const started = performance.now()
    let calls = 0
    do {
      await operation()
      calls += 1
    } while (performance.now() - started < ms)
    if (burst > 0) burst = Math.max(1, Math.round((BURST_MS * calls) / (performance.now() - started)))
  },
  /** @param {{ms: number, drive: boolean}} request */
  async round({ ms, drive }) {
    const seconds = []
    const [cpu, started] = [process.cpuUsage(), performance.now()]
    do seconds.push(burst > 0 ? timed(burst) / burst : await timedOnce())
    while (performance.now() - started < ms)
    const wall = performance.now() - started
    const { user, system } = process.cpuUsage(cpu)
    return { seconds, cpu: (user + system) / 1000 / wall, ...(drive && { driven: await driven(ms) }) }
  },
}

async function timedOnce() {
  const started = performance.now()
  await operation()
  return (performance.now() - started) / 1000
}

/** @param {number} count of calls */
function timed(count) {
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
  const bench = new Benchmark(() => operation(), { maxTime: ms / 1000, minSamples: 3 })
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
