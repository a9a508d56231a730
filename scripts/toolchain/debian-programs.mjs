// @ts-check
/** Programs of Debian packages, for tests only, in the cache. */
import { createHash } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { canUnpackDebian, NO_DEBIAN, privateApt } from './debian.mjs'
import { addToShelf } from './shelf.mjs'
import { writeWrappers } from './wrappers.mjs'

/**
 * @typedef {object} Programs
 * @property {string} name of the folder
 * @property {readonly string[]} packages
 * @property {readonly string[]} programs those that are called; each answers to `--version`
 * @property {Record<string, string>} [env] variables that they need, as paths in the unpacked tree
 */

/**
 * @param {Programs} wanted
 * @param {(line: string) => void} note
 * @returns {Promise<string>} the unpacked tree; the programs are in its `bin`
 */
export async function debianPrograms(wanted, note) {
  const { name, packages, programs, env } = wanted
  const shelf = join(cacheDir(), 'debian')
  // Other wishes are another folder, so that its being there is the stamp.
  const stamp = createHash('sha256')
    .update(JSON.stringify([wanted, process.arch]))
    .digest('hex')
    .slice(0, 12)
  const folder = `${name}-${stamp}`
  if (existsSync(join(shelf, folder))) return join(shelf, folder)
  if (!canUnpackDebian()) throw new Error(`${programs.join(' and ')} are not on the PATH, and this is ${NO_DEBIAN}`)

  const started = performance.now()
  const home = await addToShelf(shelf, async work => {
    const tree = join(work, 'tree')
    const apt = await privateApt(join(work, 'apt'))
    await apt.unpack(packages, tree)
    writeWrappers(tree, programs, env)
    for (const program of programs) await run(join(tree, 'bin', program), ['--version'])
    rmSync(join(tree, 'usr', 'share'), { recursive: true, force: true })
    return { made: tree, name: folder }
  })
  note(`${name} downloaded and unpacked: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return home
}
