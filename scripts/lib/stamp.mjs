// @ts-check
/**
 * Builds are skipped when neither their inputs nor their outputs changed.
 * Contents are compared, not times: git and package managers do not keep times.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT, TARGET } from './paths.mjs'

const BUILD_OUTPUT = new Set(['target', 'node_modules', 'pkg', 'dist', '.git'])

/**
 * @param {string} path
 * @param {(file: string) => boolean} keep
 * @returns {string[]} files, sorted
 */
function filesOf(path, keep) {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return keep(path) ? [path] : []
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => !(entry.isDirectory() && BUILD_OUTPUT.has(entry.name)))
    .flatMap(entry => filesOf(join(path, entry.name), keep))
    .sort()
}

/**
 * @param {string[]} paths files and folders, relative to the repository root; a missing one counts as empty
 * @param {{extra?: string[], ignore?: RegExp}} [options] `extra`: compiler versions and flags
 */
export function hashOf(paths, { extra = [], ignore } = {}) {
  const hash = createHash('sha256')
  for (const text of extra) hash.update(`${text.length}:${text};`)
  for (const path of paths) {
    for (const file of filesOf(join(ROOT, path), name => !ignore?.test(name))) {
      const content = readFileSync(file)
      hash.update(`${relative(ROOT, file)}\0${content.length}\0`).update(content)
    }
  }
  return hash.digest('hex')
}

/**
 * Runs `build` unless the stamp says that its outputs are those of the same inputs.
 * @param {object} job
 * @param {string} job.name
 * @param {string} job.inputs hash of everything the result depends on
 * @param {() => string[]} job.outputs paths relative to the root; asked again after the build
 * @param {() => Promise<unknown>} build
 * @returns {Promise<boolean>} whether it was built
 */
export async function unlessFresh({ name, inputs, outputs }, build) {
  const file = join(TARGET, 'stamps', `${name}.json`)
  const now = () => {
    const paths = outputs()
    const complete = paths.length > 0 && paths.every(path => existsSync(join(ROOT, path)))
    return complete ? JSON.stringify({ inputs, outputs: hashOfOutputs(paths) }) : null
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === now()) return false
  await build()
  const stamp = now()
  if (stamp === null) throw new Error(`${name}: the build ended well but left no ${outputs().join(', ') || 'output'}`)
  mkdirSync(join(TARGET, 'stamps'), { recursive: true })
  writeFileSync(file, stamp)
  return true
}

/** @param {string[]} paths */
function hashOfOutputs(paths) {
  const hash = createHash('sha256')
  const visit = (/** @type {string} */ path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name))
    else hash.update(`${relative(ROOT, path)}\0`).update(readFileSync(path))
  }
  for (const path of paths) visit(join(ROOT, path))
  return hash.digest('hex')
}
