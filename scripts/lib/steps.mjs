// @ts-check
/** Progress for people: `[3/9] building wasm … 12.3 s`. A step is silent unless it fails. */
import { CommandError } from './run.mjs'

const colours = process.stdout.isTTY && !process.env.NO_COLOR
/** @type {(code: number, text: string) => string} */
const paint = (code, text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text)
export const bold = (/** @type {string} */ text) => paint(1, text)
export const dim = (/** @type {string} */ text) => paint(2, text)
export const red = (/** @type {string} */ text) => paint(31, text)
export const green = (/** @type {string} */ text) => paint(32, text)

/** @param {number} ms */
export const seconds = ms => `${(ms / 1000).toFixed(1)} s`

/** An error that has already been shown; whoever catches it only has to set the exit code. */
export class ReportedError extends Error {}

/** @typedef {(line: string) => void} Note prints a line under the step, once it has ended */

export class Steps {
  #done = 0
  #total
  /** The step whose line waits for its end: the last thing on the screen. */
  #open = ''
  #failed = false
  /** @type {{name: string, ms: number}[]} */
  times = []

  /** @param {number} total */
  constructor(total) {
    this.#total = total
  }

  /**
   * One step, or one beside others; once one has failed no other is begun.
   * @template T
   * @param {string} name
   * @param {(note: Note) => Promise<T> | T} work
   * @returns {Promise<T>}
   */
  async run(name, work) {
    if (this.#failed) throw new ReportedError(`${name} was not begun`)
    this.#done += 1
    const title = `${dim(`[${this.#done}/${this.#total}]`)} ${name} … `
    this.#show(title, '')
    const started = performance.now()
    /** @type {string[]} */
    const notes = []
    const showNotes = () => {
      for (const line of notes) process.stdout.write(`      ${dim(line)}\n`)
    }
    try {
      const result = await work(line => notes.push(line))
      const ms = performance.now() - started
      this.times.push({ name, ms })
      this.#show(title, `${seconds(ms)}\n`)
      showNotes()
      return result
    } catch (error) {
      this.#failed = true
      this.#show(title, `${red('failed')} after ${seconds(performance.now() - started)}\n`)
      showNotes()
      report(error)
      throw new ReportedError(`${name} failed`)
    }
  }

  /**
   * Goes on with a step's line, or writes it anew where another's has come in between.
   * @param {string} title
   * @param {string} end
   */
  #show(title, end) {
    if (this.#open !== title) process.stdout.write(this.#open ? `\n${title}` : title)
    process.stdout.write(end)
    this.#open = end ? '' : title
  }
}

/**
 * Shows an error once, a failed command with everything it printed.
 * @param {unknown} error
 */
export function report(error) {
  if (error instanceof ReportedError) return
  if (error instanceof CommandError) process.stdout.write(`\n${error.output.trimEnd()}\n\n${red(error.message)}\n`)
  else process.stdout.write(`\n${red(error instanceof Error ? error.message : String(error))}\n`)
}

/**
 * Runs a script's main function when the file was started directly.
 * @param {string} url import.meta.url of the script
 * @param {() => Promise<unknown>} main
 */
export async function runIfMain(url, main) {
  const { pathToFileURL } = await import('node:url')
  const { realpathSync } = await import('node:fs')
  const entry = process.argv[1]
  if (!entry || pathToFileURL(realpathSync(entry)).href !== url) return
  try {
    await main()
  } catch (error) {
    report(error)
    process.exitCode = 1
  }
}
