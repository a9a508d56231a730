// @ts-check
/** Subjects that run in Node, each in a process of its own that lives until all have been measured. */
import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ROOT } from '../scripts/lib/paths.mjs'

const CHILD = fileURLToPath(new URL('./child.mjs', import.meta.url))
/** A subject that does not answer in this time has failed. */
const ANSWER_MS = 300_000

/** A subject's turns in its process. */
export class NodeSubject {
  /** @type {string | undefined} */
  reason
  isa
  threads
  #work
  #process
  /** @type {Buffer[]} */
  #errors = []

  /**
   * @param {import('./subjects.mjs').Subject} subject
   * @param {import('./workloads.mjs').Work} work
   */
  constructor(subject, work) {
    this.subject = subject
    this.#work = work
    this.isa = subject.isa ?? ''
    this.threads = subject.everyThread ? availableParallelism() : 1
    // Settings of the caller's shell must not change what is measured.
    const env = { ...process.env }
    for (const name of ['ZGKIT_TIER', 'ZGKIT_ISA', 'NODE_OPTIONS']) delete env[name]
    this.#process = fork(CHILD, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#process.stderr?.on('data', chunk => this.#errors.push(chunk))
  }

  /** @returns {Promise<string | undefined>} check value */
  async prepare() {
    /** @type {import('./child.mjs').Prepared | undefined} */
    const prepared = await this.#ask('prepare', { work: this.#work, subject: this.subject })
    if (!prepared) return undefined
    this.isa = prepared.isa
    this.threads = prepared.threads
    return prepared.check
  }

  /** @param {number} ms */
  async warm(ms) {
    await this.#ask('warm', { ms })
  }

  /**
   * @param {number} ms
   * @returns {Promise<import('./child.mjs').Round | undefined>}
   */
  round(ms) {
    return this.#ask('round', { ms, drive: this.#work.driven === true })
  }

  /**
   * @param {string} handler
   * @param {object} details
   * @returns {Promise<any>} undefined once the subject has failed
   */
  async #ask(handler, details) {
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
          done(() => reject(new Error(`its process ended (${signal ?? `code ${code}`}) ${lastLine(this.#errors)}`)))
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
