// @ts-check
/** Starter apps with their tools and the packed packages installed, kept in the set-up's cache. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

const HOSTS = join(ROOT, 'hosts')
const LIMIT_MS = 300_000

/**
 * Copies a starter app, installs its tools as its lockfile says and then the packages, as a user would. What is there already is not
 * installed again.
 * @param {string} name
 * @param {readonly string[]} tarballs
 * @returns {Promise<string>} its folder
 */
export async function install(name, tarballs) {
  const app = join(HOSTS, name)
  const tools = hashOf(['package.json', 'package-lock.json'].map(file => join(app, file)))
  const folder = join(cacheDir(), 'hosts', `${name}-${tools.slice(0, 12)}`)
  mkdirSync(folder, { recursive: true })
  cpSync(app, folder, { recursive: true, filter: path => !path.includes('node_modules') })
  const sources = existsSync(join(folder, 'src')) ? join(folder, 'src') : folder
  cpSync(join(HOSTS, 'program.js'), join(sources, 'program.js'))

  await unlessDone(join(folder, '.tools'), tools, ['ci', '--include=dev', '--ignore-scripts'], folder)
  const given = [
    'install',
    '--no-save',
    '--include=dev',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    ...tarballs,
  ]
  await unlessDone(join(folder, '.packages'), hashOf(tarballs), given, folder)
  return folder
}

/**
 * @param {string} stamp
 * @param {string} state
 * @param {string[]} args of npm
 * @param {string} cwd
 */
async function unlessDone(stamp, state, args, cwd) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return
  await run('npm', args, { cwd, timeoutMs: LIMIT_MS })
  writeFileSync(stamp, state)
}

/** @param {readonly string[]} files */
function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex')
}
