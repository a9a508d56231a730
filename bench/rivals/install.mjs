// @ts-check
/** Installs what is compared with into this folder, exactly as its lockfile says, without install scripts. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from '../../scripts/lib/paths.mjs'
import { CommandError, run } from '../../scripts/lib/run.mjs'

const DIR = join(ROOT, 'bench', 'rivals')
const LIMIT_MS = 300_000
/** Ships C, and no binary. */
const ADDON = '@ronomon/reed-solomon'

/** @returns {Promise<string | undefined>} why nothing could be installed; one package that fails is left out by npm */
export async function installRivals() {
  const lock = createHash('sha256')
    .update(readFileSync(join(DIR, 'package-lock.json')))
    .digest('hex')
  const stamp = join(DIR, 'node_modules', '.zgkit-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return undefined
  try {
    await run('npm', ['ci', '--ignore-scripts'], { cwd: DIR, timeoutMs: LIMIT_MS })
  } catch (error) {
    return `npm ci failed: ${error instanceof CommandError ? reasonIn(error) : String(error)}`
  }
  const { optionalDependencies } = JSON.parse(readFileSync(join(DIR, 'package.json'), 'utf8'))
  const complete = Object.keys(optionalDependencies).every(name => existsSync(join(DIR, 'node_modules', name)))
  if (existsSync(join(DIR, 'node_modules', ADDON))) await buildAddon().catch(() => {}) // loading it says what is missing
  // What npm left out is tried again next time.
  if (complete) writeFileSync(stamp, lock)
  return undefined
}

/** One file of C against Node's own headers; its install script, which is not run, would do no more. */
async function buildAddon() {
  const dir = join(DIR, 'node_modules', ADDON)
  const headers = join(dirname(process.execPath), '..', 'include', 'node')
  const flags = [
    '-std=c99',
    '-O3',
    '-shared',
    '-fPIC',
    ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
  ]
  await run('cc', [...flags, '-I', headers, 'binding.c', '-o', 'binding.node'], { cwd: dir, timeoutMs: LIMIT_MS })
}

/** @param {CommandError} error */
function reasonIn({ output, reason }) {
  const lines = output.split('\n').filter(line => /^npm error (?!code|errno|A complete log)/.test(line))
  return (lines[0]?.slice('npm error '.length) ?? reason).replace(/https?:\/\/\S+/g, '(registry)').slice(0, 160)
}
