// @ts-check
/** Subjects that are Rust programs: the scalar reference, and the crates of bench/rivals/native. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../scripts/lib/paths.mjs'
import { run } from '../scripts/lib/run.mjs'
import { reasonOf } from './reason.mjs'
import { SCALAR } from './subjects.mjs'

export const PROGRAMS = {
  scalar: { dir: ROOT, name: 'zgkit-bench-scalar' },
  rivals: { dir: join(ROOT, 'bench', 'rivals', 'native'), name: 'zgkit-bench-rivals' },
}

/** Compilers and registries take their time; longer than this, they hang. */
const BUILD_MS = 600_000
/** A program that does not end in this time has failed. */
const ANSWER_MS = 300_000

/**
 * Builds a program, optimised like the addon.
 * @param {keyof typeof PROGRAMS} program
 */
export async function buildProgram(program) {
  const { dir, name } = PROGRAMS[program]
  await run('cargo', ['build', '--release', '--locked', '-p', name], { cwd: dir, timeoutMs: BUILD_MS })
}

/** As {@link buildProgram} for the crates, which may not be there. @returns {Promise<string | undefined>} the reason */
export async function buildCrates() {
  try {
    await buildProgram('rivals')
    return undefined
  } catch (error) {
    return `cargo build failed: ${reasonOf(error)}`
  }
}

/**
 * @param {import('./subjects.mjs').Subject} subject
 * @param {Pick<import('./workloads.mjs').Work, 'task' | 'messages'>} work
 * @param {Uint8Array} input
 * @param {number} seconds how long it is measured
 * @returns {Promise<{seconds: number[], check: string, isa: string}>} the seconds of each call; the check value of a call's result
 */
export function runProgram({ name, form, isa, program = 'scalar' }, { task, messages }, input, seconds) {
  const { dir, name: file } = PROGRAMS[program]
  const subject = [name, form, isa].filter(Boolean).join(' ')
  const args = [subject, String(task), String(messages), String(seconds)]
  return new Promise((resolve, reject) => {
    const child = spawn(join(dir, 'target', 'release', file), args, { timeout: ANSWER_MS })
    /** @type {Record<'stdout' | 'stderr', string>} */
    const text = { stdout: '', stderr: '' }
    for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
      child[stream].setEncoding('utf8').on('data', chunk => {
        text[stream] += chunk
      })
    }
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(text.stdout))
      else reject(new Error(`its process ended (${signal ?? `code ${code}`}) ${text.stderr.trim()}`))
    })
    // A program that ended early says why itself.
    child.stdin.on('error', () => {}).end(input)
  })
}

/** A program's turns; it runs anew in each. */
export class ProgramSubject {
  /** @type {string | undefined} */
  reason
  isa = ''
  threads = 1
  #work
  #inputs

  /**
   * @param {import('./subjects.mjs').Subject} subject
   * @param {import('./workloads.mjs').Work} work
   * @param {{timed: Uint8Array, checked: Uint8Array}} inputs
   */
  constructor(subject, work, inputs) {
    this.subject = subject
    this.#work = work
    this.#inputs = inputs
  }

  /** @returns {Promise<string | undefined>} check value */
  async prepare() {
    const prepared = await this.#run(this.#inputs.checked, 0)
    this.isa = prepared?.isa ?? this.subject.isa ?? ''
    return prepared?.check
  }

  /** It begins with a call that is not timed. */
  async warm() {}

  /**
   * @param {number} ms
   * @returns {Promise<import('./child.mjs').Round | undefined>}
   */
  round(ms) {
    return this.#run(this.#inputs.timed, ms / 1000)
  }

  /**
   * @param {Uint8Array} input
   * @param {number} seconds
   */
  async #run(input, seconds) {
    if (this.reason !== undefined) return undefined
    try {
      return await runProgram(this.subject, this.#work, input, seconds)
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** @param {string} reason */
  fail(reason) {
    this.reason ??= reason
  }

  end() {}
}

/**
 * What the scalar reference answers.
 * @param {import('./workloads.mjs').Work} work
 * @param {Uint8Array} input
 */
export async function referenceCheck(work, input) {
  return (await runProgram(SCALAR, work, input, 0)).check
}
