// @ts-check
/** Subjects that bring a benchmark program of their own: own data, own clock, and the mean of about a second for each turn. */
import { run } from '../scripts/lib/run.mjs'
import { reasonOf } from './reason.mjs'
import { isaL } from './rivals/isa-l/program.mjs'
import { klauspost } from './rivals/klauspost/program.mjs'
import { shapeOf } from './shape.mjs'

/**
 * @typedef {object} OwnProgram of an erasure code
 * @property {string} version
 * @property {() => string} path
 * @property {(note: import('../scripts/lib/steps.mjs').Note) => Promise<void>} build
 * @property {(shape: import('./shape.mjs').Shape) => string[]} args
 * @property {Record<string, string>} env
 * @property {(output: string, shape: import('./shape.mjs').Shape) => number} secondsOf one encoding; NaN where it does not say
 */

/** @type {Record<'isa-l' | 'klauspost', OwnProgram>} */
export const OWN = { 'isa-l': isaL, klauspost }

/** A program that does not end in this time has failed. */
const ANSWER_MS = 120_000

/**
 * @param {keyof typeof OWN} name
 * @param {import('../scripts/lib/steps.mjs').Note} note
 * @returns {Promise<string | undefined>} why it could not be built
 */
export async function buildOwn(name, note) {
  try {
    await OWN[name].build(note)
    return undefined
  } catch (error) {
    return `could not be built: ${reasonOf(error)}`
  }
}

/** A program's turns. Its result stays its own, so there is nothing to compare. */
export class OwnSubject {
  /** @type {string | undefined} */
  reason
  isa = ''
  threads = 1
  #program
  #shape

  /**
   * @param {import('./subjects.mjs').Subject} subject
   * @param {keyof typeof OWN} name
   * @param {import('./workloads.mjs').Work} work
   */
  constructor(subject, name, work) {
    this.subject = subject
    this.#program = OWN[name]
    this.#shape = shapeOf(work)
  }

  /** @returns {Promise<undefined>} */
  async prepare() {}

  async warm() {}

  /** @returns {Promise<import('./child.mjs').Round | undefined>} */
  async round() {
    if (this.reason !== undefined) return undefined
    const { path, args, env, secondsOf } = this.#program
    try {
      const { output } = await run(path(), args(this.#shape), {
        env: { ...process.env, ...env },
        timeoutMs: ANSWER_MS,
      })
      const seconds = secondsOf(output, this.#shape)
      if (!(seconds > 0)) throw new Error('it printed no figure')
      return { seconds: [seconds] }
    } catch (error) {
      this.fail(reasonOf(error))
      return undefined
    }
  }

  /** @param {string} reason */
  fail(reason) {
    this.reason ??= reason
  }

  end() {}
}
