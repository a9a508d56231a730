// @ts-check
/** Development servers: started, asked, ended. */
import { spawn } from 'node:child_process'

const START_MS = 60_000

/**
 * Starts a program of Node that prints where it serves, and ends it when it has been asked.
 * @template T
 * @param {string} cwd
 * @param {string[]} args
 * @param {(url: string) => Promise<T>} ask
 * @returns {Promise<T>}
 */
export async function withServer(cwd, args, ask) {
  const env = { ...process.env, NO_COLOR: '1', WRANGLER_SEND_METRICS: 'false' }
  // A group of its own, so that what it starts ends with it.
  const detached = process.platform !== 'win32'
  const server = spawn(process.execPath, args, { cwd, env, detached, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  /** @type {Promise<string>} */
  const url = new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) => reject(new Error(`${args.join(' ')}: ${reason}\n${output}`))
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk
      const found = /http:\/\/(?:localhost|127\.0\.0\.1):\d+/.exec(output)
      if (found) resolve(found[0])
    }
    server.stdout.on('data', take)
    server.stderr.on('data', take)
    server.on('error', error => fail(error.message))
    server.on('exit', code => fail(`ended with exit code ${code}`))
    setTimeout(() => fail('does not serve'), START_MS).unref()
  })
  try {
    return await ask(await url)
  } finally {
    try {
      if (detached && server.pid) process.kill(-server.pid, 'SIGTERM')
      else server.kill()
    } catch {
      // It ended by itself; that is the failure, and the reason is on its way.
    }
  }
}
