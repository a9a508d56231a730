// @ts-check
/** Packages of folders that are no workspace and have a lockfile of their own. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, run } from './run.mjs'

const LIMIT_MS = 300_000

/**
 * Installs what the folder's lockfile says, without install scripts; nothing if that was done before.
 * @param {string} dir
 * @param {() => boolean | Promise<boolean>} [finish] what is to be done after npm; false: it is all to be tried again next time
 * @returns {Promise<string | undefined>} why nothing could be installed; one optional package that fails is left out by npm
 */
export async function npmCi(dir, finish = () => true) {
  const lock = createHash('sha256')
    .update(readFileSync(join(dir, 'package-lock.json')))
    .digest('hex')
  const stamp = join(dir, 'node_modules', '.zgkit-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return undefined
  try {
    await run('npm', ['ci', '--ignore-scripts'], { cwd: dir, timeoutMs: LIMIT_MS })
  } catch (error) {
    return `npm ci failed: ${error instanceof CommandError ? reasonIn(error) : String(error)}`
  }
  if (await finish()) writeFileSync(stamp, lock)
  return undefined
}

/** @param {CommandError} error */
function reasonIn({ output, reason }) {
  const lines = output.split('\n').filter(line => /^npm error (?!code|errno|A complete log)/.test(line))
  return (lines[0]?.slice('npm error '.length) ?? reason).replace(/https?:\/\/\S+/g, '(registry)').slice(0, 160)
}
