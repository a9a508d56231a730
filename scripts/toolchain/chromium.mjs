// @ts-check
/** A Chromium for the browser tests. Nothing is downloaded except by the system's own package manager in CI. */
import { existsSync } from 'node:fs'
import { run, which } from '../lib/run.mjs'
import { runIfMain } from '../lib/steps.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export const NO_CHROMIUM =
  'no Chromium found: install chromium (Debian: apt-get install chromium) or set CHROMIUM_PATH to its binary'

/** @returns {string | null} */
function find() {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, and there is no such file`)
    return named
  }
  for (const name of NAMES) {
    const file = which(name)
    if (file) return file
  }
  return process.platform === 'darwin' ? (MAC.find(file => existsSync(file)) ?? null) : null
}

/**
 * Only a CI machine that we own as root is changed; on a developer's machine the reason is printed instead.
 * @param {(line: string) => void} [note] gets the line that says what to install
 * @returns {Promise<string | null>}
 */
export async function chromium(note = () => {}) {
  const found = find()
  if (found) return found
  if (process.env.CI === 'true' && process.getuid?.() === 0 && which('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update'], { env, timeoutMs: 180_000 })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env, timeoutMs: 600_000 })
    const installed = find()
    if (installed) return installed
  }
  note(NO_CHROMIUM)
  return null
}

await runIfMain(import.meta.url, async () => {
  const path = await chromium(line => console.log(line))
  if (path) console.log(path)
})
