// @ts-check
/** Where things are: the repository, its build output, the cache that outlives a clone. */
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)))
export const TARGET = join(ROOT, 'target')

/**
 * The cache holds what is slow to make and the same for every clone: compilers and cargo-installed tools.
 * @returns {string}
 */
export function cacheDir() {
  const { ZGKIT_CACHE, XDG_CACHE_HOME } = process.env
  if (ZGKIT_CACHE) return resolve(ZGKIT_CACHE)
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'zgkit')
}

/**
 * A PATH with some folders put first.
 * @param {string[]} dirs
 * @param {string} [path]
 */
export function pathWith(dirs, path = process.env.PATH ?? '') {
  return [...dirs, path].filter(Boolean).join(delimiter)
}
