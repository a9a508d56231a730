// @ts-check
/** Questions about a Rust toolchain. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

export const WASM_TARGET = 'wasm32-unknown-unknown'
export const AARCH64_TARGET = 'aarch64-unknown-linux-gnu'

/**
 * @typedef {object} RustToolchain
 * @property {string} cargo
 * @property {string} rustc
 * @property {string} id version and commit hash: what compiled code is bound to
 * @property {NodeJS.ProcessEnv} env environment in which cargo and tools that call cargo use this toolchain
 */

/**
 * @param {string} rustc
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{release: string, commit: string, id: string}>}
 */
export async function rustcVersion(rustc, env = process.env) {
  const { stdout } = await run(rustc, ['-vV'], { env })
  const release = /^release: (.+)$/m.exec(stdout)?.[1] ?? 'unknown'
  const commit = /^commit-hash: (.+)$/m.exec(stdout)?.[1] ?? 'unknown'
  return { release, commit, id: `${release}-${commit.slice(0, 9)}` }
}

/**
 * rustc prints the folder of a target whether or not it exists, so the folder itself has to be looked at.
 * @param {string} rustc
 * @param {string} target
 */
export async function hasStd(rustc, target) {
  const { stdout } = await run(rustc, ['--print', 'target-libdir', '--target', target])
  const dir = stdout.trim()
  return existsSync(dir) && readdirSync(dir).some(name => name.startsWith('libstd-'))
}

/** The oldest rustc that the workspace accepts. */
export function minimumRust() {
  return /^rust-version\s*=\s*"([\d.]+)"/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))?.[1] ?? '0'
}

/**
 * @param {string} a
 * @param {string} b
 * @returns {number} below zero when a is older than b
 */
export function compareVersions(a, b) {
  const [left, right] = [a, b].map(version => version.split('.').map(part => Number.parseInt(part, 10) || 0))
  for (let i = 0; i < 3; i += 1) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/**
 * The environment without variables that would bend a build which must always come out the same.
 * @param {NodeJS.ProcessEnv} extra
 * @returns {NodeJS.ProcessEnv}
 */
export function buildEnv(extra) {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (
      /^(RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|CARGO_BUILD_.*|CARGO_TARGET_.*|CARGO_PROFILE_.*|RUSTC(_WRAPPER|_WORKSPACE_WRAPPER|_BOOTSTRAP)?)$/.test(
        name,
      )
    )
      delete env[name]
  }
  return { ...env, ...extra }
}
