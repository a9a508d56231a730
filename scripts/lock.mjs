// @ts-check
/**
 * Completes lockfiles after `npm install`.
 *
 * Tools with native code name one optional package for every platform. A registry mirror that has only the
 * platforms its users run makes npm leave the others out of the lockfile, and `npm ci` then refuses the lockfile,
 * on that machine and on every other. What the lockfile needs is known without the registry: the parent names
 * the version, the package's name says the platform. `--check` only looks.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './lib/paths.mjs'
import { runIfMain } from './lib/steps.mjs'

const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32', 'aix']
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32']

/**
 * @typedef {{version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[], optionalDependencies?: Record<string, string>}} Entry
 */

/**
 * @param {Record<string, Entry>} packages the lockfile's own map, changed in place
 * @returns {string[]} what was added
 */
export function completeLock(packages) {
  /** @type {string[]} */
  const added = []
  for (const [path, parent] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      if (resolves(packages, path, name)) continue
      const version = /^[~^=]?(\d+\.\d+\.\d+[^\s|]*)$/.exec(range)?.[1]
      if (!version) throw new Error(`${path} wants ${name} ${range}: no single version to write down`)
      const flag = parent.dev ? { dev: true } : parent.devOptional ? { devOptional: true } : {}
      packages[`node_modules/${name}`] = { version, ...platformOf(name), ...flag, optional: true }
      added.push(`${name}@${version}`)
    }
  }
  return added
}

/**
 * Node's own search: beside the parent, then outwards.
 * @param {Record<string, Entry>} packages
 * @param {string} from
 * @param {string} name
 */
function resolves(packages, from, name) {
  for (let dir = from; ; dir = dir.includes('/') ? dir.slice(0, dir.lastIndexOf('/')) : '') {
    if (packages[`${dir === '' ? '' : `${dir}/`}node_modules/${name}`]) return true
    if (dir === '') return false
  }
}

/** @param {string} name for example @scope/tool-linux-arm64-musl */
function platformOf(name) {
  const words = name.split(/[-/]/)
  const os = OS.find(word => words.includes(word))
  const cpu = CPU.find(word => words.includes(word))
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') && os === 'linux' ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) }
}

/** The lockfiles that name tools with native code: ours and those of the starter apps. */
function lockfiles() {
  const apps = readdirSync(join(ROOT, 'hosts'), { withFileTypes: true }).filter(entry => entry.isDirectory())
  return ['package-lock.json', ...apps.map(({ name }) => `hosts/${name}/package-lock.json`)]
}

await runIfMain(import.meta.url, async () => {
  for (const path of lockfiles()) {
    const file = join(ROOT, path)
    const lock = JSON.parse(readFileSync(file, 'utf8'))
    const added = completeLock(lock.packages)
    if (added.length > 0 && process.argv.includes('--check'))
      throw new Error(`${path} lacks ${added.join(', ')}: run node scripts/lock.mjs`)
    // npm's own order, so that its next run changes nothing.
    const entries = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
    lock.packages = Object.fromEntries(entries)
    if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
    console.log(added.length > 0 ? `${path}: added ${added.length} platform packages` : `${path} names every platform`)
  }
})
