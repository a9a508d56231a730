// @ts-check
/** Programs of installed npm packages, by absolute path: no npx start-up, no PATH, no other version by accident. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { run } from './run.mjs'

/**
 * @param {string} packageName
 * @returns {{version: string, bin?: string | Record<string, string>, dir: string}}
 */
export function npmPackage(packageName) {
  const dir = join(ROOT, 'node_modules', packageName)
  const file = join(dir, 'package.json')
  if (!existsSync(file))
    throw new Error(`${packageName} is not installed: it must be in the root package.json, then run npm ci`)
  return { ...JSON.parse(readFileSync(file, 'utf8')), dir }
}

/**
 * Runs a JavaScript program of an npm package with this Node.
 * @param {string} packageName
 * @param {string} binName
 * @param {readonly string[]} args
 * @param {import('./run.mjs').RunOptions} [options]
 */
export function runNpmBin(packageName, binName, args, options) {
  const { bin, dir } = npmPackage(packageName)
  const file = typeof bin === 'string' ? bin : bin?.[binName]
  if (!file) throw new Error(`${packageName} has no program ${binName}`)
  return run(process.execPath, [join(dir, file), ...args], { cwd: ROOT, ...options })
}
