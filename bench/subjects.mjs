// @ts-check
/** Who is compared. Plain data: each subject runs in a process of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../scripts/lib/paths.mjs'
import { OWN } from './own.mjs'
import { rivalVersion } from './rivals/load.mjs'

/**
 * @typedef {object} Subject
 * @property {boolean} ours
 * @property {string} name of the package, crate or program
 * @property {string} [form] which of its forms
 * @property {'native' | 'wasm-simd' | 'wasm' | 'js'} [tier]
 * @property {string} [isa] forced; else the tier's best
 * @property {boolean} [everyThread] else one thread
 * @property {keyof typeof import('./program.mjs').PROGRAMS} [program] that runs it; else Node does
 * @property {keyof typeof import('./own.mjs').OWN} [own] benchmark program that it brings itself and that runs it
 * @property {boolean} [page] Chromium runs it
 * @property {number} [workers] that it has there
 * @property {string} [remark] why its work is not the same; it is in no ratio then
 */

/** Instruction sets that are forced beside the best: what other processors have. */
const FORCED = process.arch === 'arm64' ? ['neon', 'portable'] : ['avx2', 'portable']

const native = { ours: true, name: 'zgkit', tier: /** @type {const} */ ('native') }
const compiled = ['wasm-simd', 'wasm'].map(tier => ({ ...native, tier: /** @type {'wasm'} */ (tier) }))

/** zgkit on one thread, as far as the js tier does not matter. @type {readonly Subject[]} */
export const OURS_COMPILED = [native, ...FORCED.map(isa => ({ ...native, isa })), ...compiled]
/** zgkit on one thread. @type {readonly Subject[]} */
export const OURS = [...OURS_COMPILED, { ...native, tier: 'js' }]
/** zgkit/verify, which has a module of its own. @type {readonly Subject[]} */
export const OURS_VERIFY = /** @type {const} */ (['wasm', 'js']).map(tier => ({
  ours: true,
  name: 'zgkit/verify',
  tier,
}))
/** zgkit on every thread of the machine. @type {readonly Subject[]} */
export const OURS_COMPILED_EVERY_THREAD = [native, ...compiled].map(subject => ({ ...subject, everyThread: true }))
/** @type {readonly Subject[]} */
export const OURS_EVERY_THREAD = [...OURS_COMPILED_EVERY_THREAD, { ...native, tier: 'js', everyThread: true }]

/**
 * A package of npm, or a module of Node.
 * @param {string} name
 * @param {string} [form]
 * @returns {Subject}
 */
export const npm = (name, form) => ({ ours: false, name, ...(form && { form }) })

/**
 * A crate of bench/rivals/native.
 * @param {string} name
 * @param {string} [form]
 * @returns {Subject}
 */
export const crate = (name, form) => ({ ours: false, name, ...(form && { form }), program: 'rivals' })

/** zgkit in a page, on one worker and on two. @type {readonly Subject[]} */
export const OURS_ON_WORKERS = [1, 2].map(workers => ({ ...native, tier: 'wasm-simd', page: true, workers }))
/** zgkit in a page, on the page's own thread. @type {readonly Subject[]} */
export const OURS_IN_PAGE = ['wasm-simd', 'js'].map(tier => ({
  ...native,
  tier: /** @type {'js'} */ (tier),
  page: true,
}))

/**
 * Something that brings a benchmark program of its own.
 * @param {string} name
 * @param {keyof typeof import('./own.mjs').OWN} program
 * @returns {Subject}
 */
export const own = (name, program) => ({ ours: false, name, own: program })

/** @type {Subject} */
export const SCALAR = { ours: false, name: 'scalar reference', program: 'scalar' }

/** zgkit's crates without bindings, on one thread: the best instruction set, and the first of those forced. @type {readonly Subject[]} */
export const OURS_CRATE = [undefined, FORCED[0]].map(isa => ({
  ...{ ours: true, name: 'zgkit', program: /** @type {const} */ ('rivals') },
  ...(isa && { isa }),
}))

/** @param {Subject} subject */
export function labelOf({ name, form, program, own, page }) {
  return [name, form, program === 'rivals' && '(crate)', own && '(its own benchmark)', page && '(Chromium)']
    .filter(Boolean)
    .join(' ')
}

const OUR_VERSION = JSON.parse(readFileSync(new URL('../ts/package.json', import.meta.url), 'utf8')).version

/**
 * @param {Subject} subject
 * @returns {string | null} null where it is not installed
 */
export function versionOf({ ours, name, program, own }) {
  if (ours) return OUR_VERSION
  if (own) return OWN[own].version
  if (name.startsWith('node:')) return `Node ${process.versions.node}`
  if (program === 'rivals') return locked('bench/rivals/native/Cargo.lock', name)
  if (program === 'scalar') {
    return ['tiny-keccak', 'blake2'].map(crate => `${crate} ${locked('Cargo.lock', crate)}`).join(', ')
  }
  try {
    return rivalVersion(name)
  } catch {
    return null
  }
}

/**
 * @param {string} lockfile of cargo
 * @param {string} name of a crate
 */
function locked(lockfile, name) {
  const text = readFileSync(join(ROOT, lockfile), 'utf8')
  return new RegExp(`name = "${name}"\nversion = "([^"]+)"`).exec(text)?.[1] ?? null
}
