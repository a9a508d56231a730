// @ts-check
/**
 * Builds Rust's standard library for wasm32 once and puts it into the toolchain's own sysroot, so that every
 * later build is plain stable cargo, without build-std and without source replacement.
 */
import { copyFileSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../lib/run.mjs'
import { buildEnv, WASM_TARGET } from './rust.mjs'

/**
 * @param {string} work an empty folder
 * @param {{cargo: string, rustc: string, sysroot: string}} toolchain
 */
export async function buildWasmStd(work, { cargo, rustc, sysroot }) {
  const vendor = realpathSync(join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library', 'vendor'))
  mkdirSync(join(work, 'src'), { recursive: true })
  mkdirSync(join(work, '.cargo'))
  writeFileSync(join(work, 'src', 'lib.rs'), '')
  writeFileSync(
    join(work, 'Cargo.toml'),
    '[package]\nname = "std-carrier"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n',
  )
  // std's own dependencies come with its source; without this cargo asks the registry for them.
  writeFileSync(
    join(work, '.cargo', 'config.toml'),
    `[source.crates-io]\nreplace-with = "std-vendor"\n\n[source.std-vendor]\ndirectory = ${JSON.stringify(vendor)}\n`,
  )
  await run(cargo, ['build', '--release', '--offline', '--target', WASM_TARGET, '-Z', 'build-std=std,panic_abort'], {
    cwd: work,
    env: buildEnv({
      RUSTC: rustc,
      RUSTC_BOOTSTRAP: '1',
      // Without bitcode a later build with link-time optimisation cannot read these libraries.
      RUSTFLAGS: '-C embed-bitcode=yes',
      CARGO_HOME: join(work, 'cargo-home'),
      CARGO_TARGET_DIR: join(work, 'target'),
    }),
  })
  const built = join(work, 'target', WASM_TARGET, 'release', 'deps')
  const lib = join(sysroot, 'lib', 'rustlib', WASM_TARGET, 'lib')
  mkdirSync(lib, { recursive: true })
  for (const name of readdirSync(built)) {
    if (name.endsWith('.rlib') && !name.startsWith('libstd_carrier')) copyFileSync(join(built, name), join(lib, name))
  }
}
