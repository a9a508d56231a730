// @ts-check
/** A Rust toolchain that can build for a target besides the machine's own, from whatever this machine offers. */
import { CommandError, run, which } from '../lib/run.mjs'
import { canUnpackDebian, NO_DEBIAN } from './debian.mjs'
import { cachedPrivateRust, makePrivateRust } from './private-rust.mjs'
import { hasStd, rustcVersion } from './rust.mjs'

/** @typedef {import('./rust.mjs').RustToolchain} RustToolchain */

/**
 * Order: the host's own target; a private toolchain that an earlier set-up made; rustup; Debian's packages.
 * The cache comes before rustup because asking rustup costs up to 20 s each time on a machine that it cannot serve.
 * @param {string} target
 * @param {string} packages distributions' packages of its standard library, for whom nothing else works
 * @param {(line: string) => void} note
 * @returns {Promise<RustToolchain>}
 */
export async function targetToolchain(target, packages, note) {
  const rustc = which('rustc')
  const cargo = which('cargo')
  /** @type {string[]} */
  const reasons = []

  const host = async () => {
    if (!rustc || !cargo || !(await hasStd(rustc, target))) return null
    return { cargo, rustc, id: (await rustcVersion(rustc)).id, env: {} }
  }
  const installed = await host()
  if (installed) return installed
  const cached = cachedPrivateRust(target)
  if (cached) return cached

  if (which('rustup')) {
    try {
      await run('rustup', ['target', 'add', target], { timeoutMs: 20_000 })
      const added = await host()
      if (added) return added
      reasons.push('rustup added the target to a toolchain that is not the first rustc on PATH')
    } catch (error) {
      reasons.push(
        error instanceof CommandError ? `rustup target add: ${error.tail(1) || error.reason}` : String(error),
      )
    }
  } else reasons.push('rustup is not installed')

  if (canUnpackDebian()) {
    try {
      return await makePrivateRust(target, note)
    } catch (error) {
      reasons.push(error instanceof CommandError ? `${error.message}\n${error.tail(15)}` : String(error))
    }
  } else reasons.push(NO_DEBIAN)

  throw new Error(
    [
      `No Rust toolchain for ${target}. One of these is enough:`,
      `  - rustup target add ${target}`,
      `  - your distribution's Rust standard library for it (for example ${packages})`,
      'What was tried:',
      ...reasons.map(reason => `  - ${reason}`),
    ].join('\n'),
  )
}
