// @ts-check
/** Everything between a fresh clone and a built repository. A second run finds nothing to do. */

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildContracts } from './build/contracts.mjs'
import { buildNative } from './build/native.mjs'
import { buildNativeTestVariant, buildWasmTestVariant } from './build/test-variants.mjs'
import { buildTs } from './build/ts.mjs'
import { buildVerifier } from './build/verifier.mjs'
import { buildWasm } from './build/wasm.mjs'
import { ROOT } from './lib/paths.mjs'
import { CommandError, run, which } from './lib/run.mjs'
import { runIfMain, Steps } from './lib/steps.mjs'
import { aarch64Toolchain } from './toolchain/aarch64.mjs'
import { chromium } from './toolchain/chromium.mjs'
import { compareVersions, minimumRust, rustcVersion } from './toolchain/rust.mjs'
import { valgrind } from './toolchain/valgrind.mjs'
import { wasmToolchain } from './toolchain/wasm.mjs'
import { wasmPackTools } from './toolchain/wasm-pack.mjs'

/**
 * What only tests need; null where it cannot be had.
 * @typedef {object} TestTools
 * @property {string | null} chromium
 * @property {import('./toolchain/aarch64.mjs').Aarch64 | null} aarch64
 * @property {string | null} valgrind
 */

/**
 * @param {object} [options]
 * @param {boolean} [options.testVariants] also make what only the tests need
 * @param {boolean} [options.browser] also look for a Chromium
 * @returns {Promise<TestTools>}
 */
export async function setup({ testVariants = false, browser = false } = {}) {
  const steps = new Steps(7 + (testVariants ? 5 : 0) + (browser ? 1 : 0))
  await steps.run('checking what this machine has', checkMachine)
  await steps.run('npm packages', installNpmPackages)
  await steps.run('tools for wasm', async note => {
    await wasmToolchain(note)
    await wasmPackTools(note)
  })
  await steps.run('native addon', buildNative)
  await steps.run('wasm modules', note => buildWasm(note))
  await steps.run('verifier module', buildVerifier)
  await steps.run('TypeScript', buildTs)
  /** @type {TestTools} */
  const tools = { chromium: null, aarch64: null, valgrind: null }
  if (testVariants) {
    await steps.run('native addon, test variant', buildNativeTestVariant)
    await steps.run('wasm module, test variant', buildWasmTestVariant)
    await steps.run('contracts', buildContracts)
    tools.aarch64 = await steps.run('tools for aarch64', note => ifPossible(aarch64Toolchain, note))
    tools.valgrind = await steps.run('valgrind', note => ifPossible(valgrind, note))
  }
  if (browser) tools.chromium = await steps.run('Chromium', note => chromium(note))
  return tools
}

/**
 * Only a strict run insists on it; elsewhere the reason is printed.
 * @template T
 * @param {(note: import('./lib/steps.mjs').Note) => Promise<T>} find
 * @param {import('./lib/steps.mjs').Note} note
 * @returns {Promise<T | null>}
 */
async function ifPossible(find, note) {
  try {
    return await find(note)
  } catch (error) {
    const reason = error instanceof CommandError ? `${error.message}\n${error.tail(15)}` : String(error)
    for (const line of reason.split('\n')) note(line)
    return null
  }
}

async function checkMachine() {
  /** @type {string[]} */
  const missing = []
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (!((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22)) {
    missing.push(
      `Node.js 20.19 or newer of the 20 line, or 22.12 or newer (this is ${process.versions.node}): https://nodejs.org`,
    )
  }
  const npm = which('npm')
  if (!npm) missing.push('npm 10 or newer (it comes with Node.js)')
  else {
    const version = (await run(npm, ['--version'], { cwd: ROOT })).stdout.trim()
    if (compareVersions(version, '10.0.0') < 0)
      missing.push(`npm 10 or newer (this is ${version}): npm install --global npm`)
  }
  const rustc = which('rustc')
  if (!rustc || !which('cargo')) missing.push(`Rust ${minimumRust()} or newer with cargo: https://rustup.rs`)
  else {
    const { release } = await rustcVersion(rustc)
    if (compareVersions(release, minimumRust()) < 0)
      missing.push(`Rust ${minimumRust()} or newer (this is ${release}): rustup update`)
  }
  if (process.platform !== 'win32' && !which('cc')) {
    missing.push('a C compiler to link with (Debian: apt-get install build-essential; macOS: xcode-select --install)')
  }
  if (missing.length > 0) throw new Error(['This machine lacks:', ...missing.map(line => `  - ${line}`)].join('\n'))
}

/** npm itself needs seconds to find that there is nothing to do; a hash of the lockfile needs none. */
async function installNpmPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
  const stamp = join(ROOT, 'node_modules', '.zgkit-lock')
  const state = `${lock} ${process.platform} ${process.arch}`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return
  await run('npm', ['ci'], { cwd: ROOT })
  writeFileSync(stamp, state)
}

await runIfMain(import.meta.url, () =>
  setup({ testVariants: process.argv.includes('--test'), browser: process.argv.includes('--browser') }),
)
