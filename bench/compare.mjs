// @ts-check
/** Runs workloads: every subject in its own process, all results compared first, then turns in rounds. */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { ROOT } from '../scripts/lib/paths.mjs'
import { patternBytes } from './data.mjs'
import { IN_PORA } from './operation.mjs'
import { expectedPora } from './pora.mjs'
import { SCALAR } from './scalar.mjs'
import { median, minimum } from './stats.mjs'
import { labelOf, versionOrNull } from './subjects.mjs'
import { fileRootOver } from './tree.mjs'

/**
 * @typedef {object} Row
 * @property {string} workload
 * @property {string} subject
 * @property {boolean} ours
 * @property {string | null} version
 * @property {string | null} tier
 * @property {string | null} isa
 * @property {number} threads
 * @property {'s/op'} unit of min and median
 * @property {number | null} min seconds of the fastest operation
 * @property {number | null} median seconds of the median operation
 * @property {number} n operations timed, or bursts of short operations
 * @property {number} bytes of one operation
 * @property {{unit: 'MB/s' | 'ops/s', atMin: number, atMedian: number}} [speed]
 * @property {number} [cpu] processor seconds a second
 * @property {{opsPerSecond: number, rme: number, n: number}} [benchmark] as the benchmark package sees it
 * @property {string} [reason] why there are no figures
 */

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
const OUR_VERSION = JSON.parse(readFileSync(new URL('../ts/package.json', import.meta.url), 'utf8')).version
/** A subject that does not answer in this time has failed. */
const ANSWER_MS = 300_000

class Child {
  /** @type {number[]} */
  samples = []
  /** @type {number[]} */
  cpu = []
  /** @type {number[]} */
  driven = []
  /** @type {string | undefined} */
  reason
  isa = ''
  threads
  #process

  /** @param {import('./subjects.mjs').Subject} subject */
  constructor(subject) {
    this.subject = subject
    this.threads = subject.everyThread ? availableParallelism() : 1
    // Settings of the caller's shell must not change what is measured.
    const env = { ...process.env }
    for (const name of ['ZGKIT_TIER', 'ZGKIT_ISA', 'NODE_OPTIONS']) delete env[name]
    this.#process = fork(CHILD, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    /** @type {Buffer[]} */
    this.errors = []
    this.#process.stderr?.on('data', chunk => this.errors.push(chunk))
  }

  /**
   * @param {string} handler
   * @param {object} [details]
   * @returns {Promise<any>} undefined once the subject has failed
   */
  async ask(handler, details = {}) {
    if (this.reason !== undefined) return undefined
    try {
      return await new Promise((resolve, reject) => {
        const child = this.#process
        const timer = setTimeout(() => done(() => reject(new Error('no answer in time'))), ANSWER_MS)
        /** @param {() => void} settle */
        const done = settle => {
          clearTimeout(timer)
          child.off('message', onMessage).off('exit', onExit).off('error', onError)
          settle()
        }
        const onMessage = (/** @type {any} */ { result, error }) =>
          done(() => (error === undefined ? resolve(result) : reject(new Error(error))))
        const onExit = (/** @type {number | null} */ code, /** @type {string | null} */ signal) =>
          done(() => reject(new Error(`its process ended (${signal ?? `code ${code}`}) ${lastLine(this.errors)}`)))
        const onError = (/** @type {Error} */ error) => done(() => reject(error))
        child.on('message', onMessage).on('exit', onExit).on('error', onError)
        child.send({ handler, ...details })
      })
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** @param {string} reason */
  fail(reason) {
    this.reason ??= (reason.split('\n')[0] ?? reason).replaceAll(ROOT, '.')
    this.end()
  }

  end() {
    if (this.#process.connected) this.#process.disconnect()
    this.#process.kill('SIGKILL')
  }
}

/** @param {readonly Buffer[]} chunks */
function lastLine(chunks) {
  const lines = Buffer.concat([...chunks])
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.find(line => line.includes('Error')) ?? lines.at(-1) ?? ''
}

/**
 * @param {import('./subjects.mjs').Workload} workload
 * @param {object} options
 * @param {(line: string) => void} options.progress
 * @param {string | undefined} options.noRivals why no rival could be installed
 * @returns {Promise<Row[]>}
 */
export async function compare(workload, { progress, noRivals }) {
  const expected = IN_PORA.has(workload.kind) ? await expectedPora(workload) : expectedResult(workload)
  /** @type {Child[]} */
  const children = []
  try {
    for (const [i, subject] of workload.subjects.entries()) {
      progress(`checking ${i + 1}/${workload.subjects.length}`)
      const child = new Child(subject)
      children.push(child)
      if (!subject.ours && subject.name !== SCALAR && noRivals !== undefined && versionOrNull(subject.name) === null)
        child.fail(noRivals)
      const { subjects: _, ...work } = workload
      const prepared = await child.ask('prepare', { work, subject })
      if (!prepared) continue
      child.isa = prepared.isa
      child.threads = prepared.threads
      if (prepared.result !== expected) child.fail(`wrong result ${prepared.result}, expected ${expected}`)
      await child.ask('warm', { ms: workload.roundMs })
    }
    for (let round = 0; round < workload.rounds; round += 1) {
      progress(`round ${round + 1}/${workload.rounds}`)
      // There and back again: what drifts hits the first and the last subject alike.
      for (const child of round % 2 === 0 ? children : [...children].reverse()) {
        const result = await child.ask('round', { ms: workload.roundMs })
        if (!result) continue
        child.samples.push(...result.samples)
        child.cpu.push(result.cpu)
        child.driven.push(...(result.driven ?? []))
      }
    }
  } finally {
    for (const child of children) child.end()
  }
  return children.map(child => rowOf(workload, child))
}

/**
 * What every subject must answer: from the tree in this folder, so that no subject of ours vouches for itself.
 * @param {import('./subjects.mjs').Workload} workload
 */
function expectedResult({ kind, bytes, messages }) {
  const data = patternBytes(bytes)
  if (kind === 'file-root') return Buffer.from(fileRootOver(data, keccak_256)).toString('hex')
  const length = bytes / messages
  const digests = Array.from({ length: messages }, (_, i) => keccak_256(data.subarray(i * length, (i + 1) * length)))
  const all = Buffer.concat(digests)
  return messages === 1 ? all.toString('hex') : createHash('sha256').update(all).digest('hex')
}

/**
 * @param {import('./subjects.mjs').Workload} workload
 * @param {Child} child
 * @returns {Row}
 */
function rowOf({ name, bytes, messages, speed: unit }, { subject, samples, cpu, driven, reason, isa, threads }) {
  const row = {
    workload: name,
    subject: labelOf(subject),
    ours: subject.ours,
    version: subject.ours ? OUR_VERSION : versionOrNull(subject.name),
    tier: subject.tier ?? null,
    isa: isa || null,
    threads,
    unit: /** @type {const} */ ('s/op'),
  }
  // A message is the operation, however many there are in a call.
  const each = { n: samples.length, bytes: bytes / messages }
  if (reason !== undefined || samples.length === 0) {
    return { ...row, min: null, median: null, ...each, reason: reason ?? 'nothing was timed' }
  }
  const [least, middle] = [minimum(samples) / messages, median(samples) / messages]
  const speed = (/** @type {number} */ seconds) => (unit === 'MB/s' ? bytes / messages / 1e6 / seconds : 1 / seconds)
  return {
    ...row,
    min: least,
    median: middle,
    ...each,
    speed: { unit, atMin: speed(least), atMedian: speed(middle) },
    cpu: median(cpu),
    ...(driven.length > 1 && { benchmark: summary(driven, messages) }),
  }
}

/**
 * The benchmark package's own figures, its samples of all rounds taken together.
 * @param {readonly number[]} samples
 * @param {number} messages
 */
function summary(samples, messages) {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (samples.length - 1)
  const rme = (100 * 1.96 * Math.sqrt(variance / samples.length)) / mean
  return { opsPerSecond: messages / mean, rme, n: samples.length }
}
