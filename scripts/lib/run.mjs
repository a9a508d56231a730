// @ts-check
/** Running other programs, with their output kept for the moment something goes wrong. */
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] replaces the environment; default is our own
 * @property {boolean} [inherit] show the output as it comes (it is captured all the same)
 * @property {(chunk: Buffer) => void} [onOutput] sees the output as it comes
 * @property {number} [timeoutMs] end the program and everything it started after this time
 *
 * @typedef {{stdout: string, output: string, ms: number}} RunResult `output` is stdout and stderr in order of arrival
 */

export class CommandError extends Error {
  /**
   * @param {string} commandLine
   * @param {string} reason
   * @param {string} output
   */
  constructor(commandLine, reason, output) {
    super(`${commandLine}\n  ${reason}`)
    this.name = 'CommandError'
    this.commandLine = commandLine
    this.reason = reason
    this.output = output
  }

  /** @param {number} lines */
  tail(lines) {
    return this.output.trimEnd().split('\n').slice(-lines).join('\n')
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, options = {}) {
  const { cwd, env = process.env, inherit = false, onOutput, timeoutMs } = options
  const commandLine = [command, ...args]
    .map(word => (/[^\w@%+=:,./-]/.test(word) ? JSON.stringify(word) : word))
    .join(' ')
  const started = performance.now()
  return new Promise((resolve, reject) => {
    // Its own process group only under a limit: then all of it can be ended, else Ctrl-C must reach it.
    const detached = timeoutMs !== undefined && process.platform !== 'win32'
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached })
    /** @type {Buffer[]} */
    const all = []
    /** @type {Buffer[]} */
    const out = []
    child.stdout.on('data', chunk => {
      all.push(chunk)
      out.push(chunk)
      onOutput?.(chunk)
      if (inherit) process.stdout.write(chunk)
    })
    child.stderr.on('data', chunk => {
      all.push(chunk)
      onOutput?.(chunk)
      if (inherit) process.stderr.write(chunk)
    })
    const text = () => Buffer.concat(all).toString('utf8')
    let timedOut = false
    const timer =
      timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true
            try {
              if (detached && child.pid) process.kill(-child.pid, 'SIGKILL')
              else child.kill('SIGKILL')
            } catch {
              // It ended by itself in the meantime.
            }
          }, timeoutMs)
    child.on('error', error => {
      clearTimeout(timer)
      reject(new CommandError(commandLine, `could not be started: ${error.message}`, text()))
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const ms = performance.now() - started
      if (code === 0) resolve({ stdout: Buffer.concat(out).toString('utf8'), output: text(), ms })
      else if (timedOut) reject(new CommandError(commandLine, `took longer than ${(timeoutMs ?? 0) / 1000} s`, text()))
      else reject(new CommandError(commandLine, signal ? `ended by ${signal}` : `exit code ${code}`, text()))
    })
  })
}

/**
 * The absolute path of a program on PATH, or null.
 * @param {string} name
 * @param {string} [path]
 */
export function which(name, path = process.env.PATH ?? '') {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : ['']
  for (const dir of path.split(delimiter)) {
    for (const ending of endings) {
      const file = join(dir || '.', name + ending)
      try {
        accessSync(file, constants.X_OK)
        if (statSync(file).isFile()) return file
      } catch {
        // Not here.
      }
    }
  }
  return null
}
