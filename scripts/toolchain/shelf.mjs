// @ts-check
/**
 * A folder of the cache whose entries are complete or not there: each is made in a temporary folder and renamed,
 * so an interrupted set-up leaves nothing half done.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @param {string} shelf
 * @param {(work: string) => Promise<{made: string, name: string}>} make gets an empty folder, returns the folder in it
 *   that is to stay, and under which name
 * @returns {Promise<string>} the entry
 */
export async function addToShelf(shelf, make) {
  mkdirSync(shelf, { recursive: true })
  removeAbandoned(shelf)
  const work = mkdtempSync(join(shelf, `.tmp-${process.pid}-`))
  try {
    const { made, name } = await make(work)
    const entry = join(shelf, name)
    if (!existsSync(entry)) renameSync(made, entry)
    return entry
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * Removes what a killed set-up left behind; a set-up that still runs keeps its folder.
 * @param {string} shelf
 */
function removeAbandoned(shelf) {
  for (const name of readdirSync(shelf)) {
    const pid = Number(/^\.tmp-(\d+)-/.exec(name)?.[1])
    if (!pid) continue
    try {
      process.kill(pid, 0)
    } catch {
      rmSync(join(shelf, name), { recursive: true, force: true })
    }
  }
}
