// @ts-check
/**
 * `npm run hosts`: the packed packages in untouched starter apps of bundlers and runtimes, each in its folder below hosts/ and with
 * its own lockfile; docs/hosts.md has what comes of it. Options: --only NAME[,NAME], --strict (a host that cannot be had fails).
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pack } from './check/pack.mjs'
import { HOSTS } from './hosts/hosts.mjs'
import { install } from './hosts/install.mjs'
import { TARGET } from './lib/paths.mjs'
import { CommandError } from './lib/run.mjs'
import { runIfMain, Steps } from './lib/steps.mjs'
import { setup } from './setup.mjs'
import { chromium, NO_CHROMIUM } from './toolchain/chromium.mjs'

/**
 * Runs hosts; the first one that answers wrongly ends the run.
 * @param {object} options
 * @param {readonly string[]} options.only names; all hosts if there are none
 * @param {boolean} options.strict
 * @param {string | null} options.chromium
 * @param {import('./lib/steps.mjs').Note} note gets a line for each host
 */
export async function runHosts({ only, strict, chromium }, note) {
  const unknown = only.filter(name => !HOSTS[name])
  if (unknown.length > 0) throw new Error(`no host ${unknown.join(', ')}: there are ${Object.keys(HOSTS).join(', ')}`)
  const tarballs = await pack(join(TARGET, 'hosts'))
  const expected = await expectedRoot()
  for (const [name, host] of Object.entries(HOSTS)) {
    if (only.length > 0 && !only.includes(name)) continue
    const left = (/** @type {string} */ reason) => {
      if (strict) throw new Error(`strict run: ${name}: ${reason}`)
      note(`${name} left out: ${reason}`)
    }
    if (host.browser && !chromium) {
      left(NO_CHROMIUM)
      continue
    }
    let folder = ''
    try {
      folder = await install(name, tarballs)
    } catch (error) {
      left(`its tools cannot be installed: ${error instanceof CommandError ? error.message : String(error)}`)
      continue
    }
    for (const [how, run] of Object.entries(host.runs)) {
      const answer = await run(folder, chromium ?? '')
      const { root, ok, code, tier, threads, threadsRefused } = answer
      const right = root === expected && ok === true && code === 'CONTENT_MISMATCH'
      if (!right || tier !== host.tier || threads > 0 !== host.threads) {
        throw new Error(`${name}, ${how}: expected ${host.tier} and root ${expected}, got ${JSON.stringify(answer)}`)
      }
      note(`${name}, ${how}: ${tier}, ${threads} threads${threadsRefused ? ` (${threadsRefused})` : ''}`)
    }
  }
}

/** The root of the program's file, natively. */
async function expectedRoot() {
  const { fileRoot, toHex } = await import('../ts/dist/index.js')
  return toHex(await fileRoot(new Uint8Array(1_000_000).map((_, i) => i * 7)))
}

await runIfMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: { only: { type: 'string', default: '' }, strict: { type: 'boolean', default: process.env.CI === 'true' } },
  })
  const only = values.only.split(',').filter(Boolean)
  await setup()
  await new Steps(1).run('hosts', async note =>
    runHosts({ only, strict: values.strict, chromium: await chromium() }, note),
  )
})
