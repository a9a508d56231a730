// @ts-check
/**
 * The addon and the wasm module once more, with the feature that can panic on request, for the tests of panic
 * containment. They go to target/test-panic, where no package takes files from.
 */
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run, which } from '../lib/run.mjs'
import { hashOf, unlessFresh } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'
import { buildEnv, rustcVersion, WASM_TARGET } from '../toolchain/rust.mjs'
import { wasmToolchain } from '../toolchain/wasm.mjs'

const DIR = 'target/test-panic'

/** Release semantics without the minutes of whole-program optimisation. */
const FAST_LINK = {
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  CARGO_PROFILE_WASM_LTO: 'off',
  CARGO_PROFILE_WASM_CODEGEN_UNITS: '16',
}

export async function buildNativeTestVariant() {
  const cargo = which('cargo') ?? 'cargo'
  const { id } = await rustcVersion(which('rustc') ?? 'rustc')
  return variant('bindings/node', 'zgkit.node', id, () =>
    cdylib(cargo, ['--manifest-path', 'bindings/node/Cargo.toml', '--release'], {
      CARGO_TARGET_DIR: join(TARGET, 'test-panic', 'native'),
    }),
  )
}

export async function buildWasmTestVariant() {
  const { cargo, id, env } = await wasmToolchain()
  return variant('bindings/wasm', 'zgkit.wasm', id, () =>
    cdylib(cargo, ['--manifest-path', 'bindings/wasm/Cargo.toml', '--profile', 'wasm', '--target', WASM_TARGET], {
      ...env,
      CARGO_TARGET_DIR: join(TARGET, 'test-panic', 'wasm'),
    }),
  )
}

/**
 * @param {string} crateDir
 * @param {string} file
 * @param {string} compiler
 * @param {() => Promise<string>} build returns the path of what was built
 */
function variant(crateDir, file, compiler, build) {
  const inputs = hashOf(
    ['Cargo.toml', 'Cargo.lock', 'crates', crateDir, 'scripts/build/test-variants.mjs', 'scripts/toolchain'],
    {
      extra: [compiler],
      ignore: /\.node$|[\\/]bindings[\\/]node[\\/]index\.(js|d\.ts)$/,
    },
  )
  return unlessFresh({ name: `test-panic-${file}`, inputs, outputs: () => [`${DIR}/${file}`] }, async () => {
    const built = await build()
    mkdirSync(join(ROOT, DIR), { recursive: true })
    copyFileSync(built, join(ROOT, DIR, file))
  })
}

/**
 * @param {string} cargo
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} cargo's own word for where the library is: names differ between systems
 */
async function cdylib(cargo, args, env) {
  const { stdout } = await run(
    cargo,
    ['build', '--locked', '--features', 'test-panic', '--message-format', 'json-render-diagnostics', ...args],
    { cwd: ROOT, env: buildEnv({ ...FAST_LINK, ...env }) },
  )
  const files = stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
    .filter(message => message.reason === 'compiler-artifact' && message.target.crate_types.includes('cdylib'))
    .flatMap(message => message.filenames)
    .filter(name => /\.(so|dylib|dll|wasm)$/.test(name))
  if (files.length === 0) throw new Error('cargo built no cdylib')
  return files.at(-1)
}

await runIfMain(import.meta.url, async () => {
  const steps = new Steps(2)
  await steps.run('building the test variant of the native addon', buildNativeTestVariant)
  await steps.run('building the test variant of the wasm module', buildWasmTestVariant)
})
