// @ts-check
/** A Rust toolchain that can build for wasm32-unknown-unknown, from whatever this machine offers. */
import { CommandError, run, which } from '../lib/run.mjs'
import { canUnpackDebian } from './debian.mjs'
import { cachedPrivateRust, makePrivateRust } from './private-rust.mjs'
import { hasWasmStd, rustcVersion, WASM_TARGET } from './rust.mjs'

/** @typedef {import('./rust.mjs').RustToolchain} RustToolchain */

/**
 * Order: the host's own target; a private toolchain that an earlier set-up made; rustup; Debian's packages.
 * The cache comes before rustup because asking rustup costs up to 20 s each time on a machine that it cannot serve.
 * @param {(line: string) => void} [note]
 * @returns {Promise<RustToolchain>}
 */
export async function wasmToolchain(note = () => {}) {
  const rustc = which('rustc')
  const cargo = which('cargo')
  /** @type {string[]} */
  const reasons = []

  const host = async () => {
    if (!rustc || !cargo || !(await hasWasmStd(rustc))) return null
    return { cargo, rustc, id: (await rustcVersion(rustc)).id, env: {} }
  }
  const installed = await host()
  if (installed) return installed
  const cached = cachedPrivateRust()
  if (cached) return cached

  if (which('rustup')) {
    try {
      await run('rustup', ['target', 'add', WASM_TARGET], { timeoutMs: 20_000 })
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
      return await makePrivateRust(note)
    } catch (error) {
      reasons.push(error instanceof CommandError ? `${error.message}\n${error.tail(15)}` : String(error))
    }
  } else reasons.push('not a Debian system, so its compiler packages cannot be unpacked')

  throw new Error(
    [
      `No Rust toolchain for ${WASM_TARGET}. One of these is enough:`,
      `  - rustup target add ${WASM_TARGET}`,
      "  - your distribution's Rust standard library for wasm32 (for example rust-std-static-wasm32-unknown-unknown, rust-wasm)",
      'What was tried:',
      ...reasons.map(reason => `  - ${reason}`),
    ].join('\n'),
  )
}
