// @ts-check
/** Installs what is compared with into this folder. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { npmCi } from '../../scripts/lib/npm-ci.mjs'
import { ROOT } from '../../scripts/lib/paths.mjs'
import { run } from '../../scripts/lib/run.mjs'

const DIR = join(ROOT, 'bench', 'rivals')
const LIMIT_MS = 300_000
/** Ships C, and no binary. */
const ADDON = '@ronomon/reed-solomon'

/** @returns {Promise<string | undefined>} why nothing could be installed; one package that fails is left out by npm */
export function installRivals() {
  return npmCi(DIR, async () => {
    const { optionalDependencies } = JSON.parse(readFileSync(join(DIR, 'package.json'), 'utf8'))
    const installed = (/** @type {string} */ name) => existsSync(join(DIR, 'node_modules', name))
    if (installed(ADDON)) await buildAddon().catch(() => {}) // loading it says what is missing
    // What npm left out is tried again next time.
    return Object.keys(optionalDependencies).every(installed)
  })
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
