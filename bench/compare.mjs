// @ts-check
/** Runs a workload: every subject in its own process, all results compared first, then turns in rounds. */
import { checkValue } from './data.mjs'
import { NodeSubject } from './node.mjs'
import { OwnSubject } from './own.mjs'
import { PageSubject } from './page.mjs'
import { ProgramSubject, referenceCheck } from './program.mjs'
import { median, minimum } from './stats.mjs'
import { labelOf, versionOf } from './subjects.mjs'
import { KINDS } from './workloads.mjs'

/**
 * @typedef {object} Row
 * @property {string} workload
 * @property {string} subject
 * @property {boolean} ours
 * @property {string | null} version
 * @property {string | null} tier
 * @property {string | null} isa
 * @property {boolean} forced the instruction set was asked for, not found
 * @property {number} threads
 * @property {'s/op'} unit of min and median
 * @property {number | null} min seconds of the fastest operation
 * @property {number | null} median seconds of the median operation
 * @property {number} n calls timed, or bursts of short calls
 * @property {number} bytes of one operation
 * @property {{unit: import('./workloads.mjs').Speed, atMin: number, atMedian: number}} [speed]
 * @property {number} [cpu] processor seconds a second; of subjects in Node
 * @property {{opsPerSecond: number, rme: number, n: number}} [benchmark] as the benchmark package sees it
 * @property {string} [remark] why the work is not the same
 * @property {string} [reason] why there are no figures
 */

/**
 * @typedef {object} Turns what one subject gave in all rounds
 * @property {number[]} seconds
 * @property {number[]} cpu
 * @property {number[]} driven
 */

/**
 * Why what was to be compared with could not be installed or built.
 * @typedef {Partial<Record<'nothing' | 'packages' | 'rivals' | keyof typeof import('./own.mjs').OWN, string | undefined>>} Missing
 *
 * @typedef {NodeSubject | ProgramSubject | OwnSubject | PageSubject} Runner
 */

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @param {object} options
 * @param {(line: string) => void} options.progress
 * @param {Missing} options.missing
 * @returns {Promise<Row[]>}
 */
export async function compare(workload, { progress, missing }) {
  const { subjects, rounds, roundMs, ...work } = workload
  /** @type {import('./workloads.mjs').Kind} */
  const kind = KINDS[work.kind]
  const timed = await kind.input(work)
  const inputs = { timed, checked: kind.toCheck?.(timed) ?? timed }
  const expected = expectation(kind, work, inputs.checked)
  /** @type {{runner: Runner, turns: Turns}[]} */
  const all = []
  try {
    for (const [i, subject] of subjects.entries()) {
      progress(`checking ${i + 1}/${subjects.length}`)
      const runner = runnerOf(subject, work, inputs)
      all.push({ runner, turns: { seconds: [], cpu: [], driven: [] } })
      const reason = missing[partOf(subject)]
      if (reason !== undefined) runner.fail(reason)
      const check = await runner.prepare()
      if (check === undefined) continue
      const right = await expected(subject)
      if (right !== undefined && check !== right) runner.fail(`wrong result ${check}, expected ${right}`)
      await runner.warm(roundMs)
    }
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1}/${rounds}`)
      // There and back again: what drifts hits the first and the last subject alike.
      for (const { runner, turns } of round % 2 === 0 ? all : [...all].reverse()) {
        const result = await runner.round(roundMs)
        if (!result) continue
        turns.seconds.push(...result.seconds)
        turns.driven.push(...(result.driven ?? []))
        if (result.cpu !== undefined) turns.cpu.push(result.cpu)
      }
    }
  } finally {
    for (const { runner } of all) runner.end()
  }
  return all.map(({ runner, turns }) => rowOf(workload, runner, turns))
}

/**
 * What a subject needs besides what the repository has.
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {keyof Missing}
 */
function partOf(subject) {
  if (subject.own) return subject.own
  if (subject.program === 'rivals') return 'rivals'
  return versionOf(subject) === null ? 'packages' : 'nothing'
}

/**
 * @param {import('./subjects.mjs').Subject} subject
 * @param {import('./workloads.mjs').Work} work
 * @param {{timed: Uint8Array, checked: Uint8Array}} inputs
 * @returns {Runner}
 */
function runnerOf(subject, work, inputs) {
  if (subject.own) return new OwnSubject(subject, subject.own, work)
  if (subject.page) return new PageSubject(subject, work, inputs)
  return subject.program ? new ProgramSubject(subject, work, inputs) : new NodeSubject(subject, work)
}

/**
 * What subjects must answer: of the kind's own reference or of the scalar reference, never of a subject of ours.
 * @param {import('./workloads.mjs').Kind} kind
 * @param {import('./workloads.mjs').Work} work
 * @param {Uint8Array} input
 * @returns {(subject: import('./subjects.mjs').Subject) => Promise<string | undefined>} check value
 */
function expectation({ expected, referenceTask, unchecked }, work, input) {
  /** Those who do the same work answer the same. @type {Map<string | undefined, Promise<string | undefined>>} */
  const known = new Map()
  return async subject => {
    if (unchecked) return undefined
    const find = async () => {
      if (expected) return checkValue(expected(work, input, subject))
      const task = referenceTask ? referenceTask(work, subject) : work.task
      return task === undefined ? undefined : referenceCheck({ ...work, task }, input)
    }
    const found = known.get(subject.remark) ?? find()
    known.set(subject.remark, found)
    return found
  }
}

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @param {Runner} runner
 * @param {Turns} turns
 * @returns {Row}
 */
function rowOf({ name, bytes, messages, speed: unit }, runner, { seconds, cpu, driven }) {
  const { subject, reason, isa, threads } = runner
  const row = {
    workload: name,
    subject: labelOf(subject),
    ours: subject.ours,
    version: versionOf(subject),
    tier: subject.tier ?? null,
    isa: isa || null,
    forced: subject.isa !== undefined,
    threads,
    unit: /** @type {const} */ ('s/op'),
  }
  // A message is the operation, however many there are in a call.
  const rest = { n: seconds.length, bytes: bytes / messages, ...(subject.remark && { remark: subject.remark }) }
  if (reason !== undefined || seconds.length === 0) {
    return { ...row, min: null, median: null, ...rest, reason: reason ?? 'nothing was timed' }
  }
  const [least, middle] = [minimum(seconds) / messages, median(seconds) / messages]
  const amount = { 'MB/s': bytes / messages / 1e6, 'GB/s': bytes / messages / 1e9, 'ops/s': 1 }[unit]
  const speed = (/** @type {number} */ time) => amount / time
  return {
    ...row,
    min: least,
    median: middle,
    ...rest,
    speed: { unit, atMin: speed(least), atMedian: speed(middle) },
    ...(cpu.length > 0 && { cpu: median(cpu) }),
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
