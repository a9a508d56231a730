// @ts-check
/** Both wasm modules, bindings/wasm/pkg/zgkit.wasm and zgkit-simd.wasm, and inline.js with both as text; nothing else in that folder. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmPackage, runNpmBin } from '../lib/npm-bin.mjs'
import { pathWith, ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { hashOf, unlessFresh } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'
import { buildEnv } from '../toolchain/rust.mjs'
import { wasmToolchain } from '../toolchain/wasm.mjs'
import { wasmPackTools } from '../toolchain/wasm-pack.mjs'

const DIR = 'bindings/wasm'

/**
 * What rustc's wasm32 target emits without being asked; wasm-opt has to be told, since stripping removes the
 * section that says so.
 */
const TARGET_FEATURES = [
  '--enable-bulk-memory',
  '--enable-mutable-globals',
  '--enable-nontrapping-float-to-int',
  '--enable-sign-ext',
  '--enable-multivalue',
  '--enable-reference-types',
]

const VARIANTS = [
  { name: 'zgkit', export: 'plain', rustFlags: '', optFlags: /** @type {string[]} */ ([]) },
  { name: 'zgkit-simd', export: 'simd', rustFlags: '-C target-feature=+simd128', optFlags: ['--enable-simd'] },
]

/** @param {(line: string) => void} [note] */
export async function buildWasm(note = () => {}) {
  const toolchain = await wasmToolchain(note)
  const outputs = [...VARIANTS.map(({ name }) => `${DIR}/pkg/${name}.wasm`), `${DIR}/pkg/inline.js`]
  const inputs = hashOf(['Cargo.toml', 'Cargo.lock', 'crates', DIR, 'scripts/build/wasm.mjs', 'scripts/toolchain'], {
    extra: [toolchain.id, npmPackage('binaryen').version],
  })
  return unlessFresh({ name: 'wasm', inputs, outputs: () => outputs }, async () => {
    const { wasmPack, binDirs } = await wasmPackTools(note)
    const pkg = join(ROOT, DIR, 'pkg')
    rmSync(pkg, { recursive: true, force: true })
    mkdirSync(pkg, { recursive: true })
    for (const { name, rustFlags, optFlags } of VARIANTS) {
      // Own target folders: another compiler than the host's, and flags that would undo each other's work.
      const work = join(TARGET, 'wasm', name)
      const out = join(work, 'pack')
      rmSync(out, { recursive: true, force: true })
      await run(
        wasmPack,
        [
          'build',
          ...['--mode', 'no-install'], // whatever is missing is our set-up's to install
          ...['--target', 'web', '--profile', 'wasm', '--no-opt'],
          ...['--no-typescript', '--no-pack', '--no-gitignore'], // only the module is kept
          ...['--out-dir', out, '--out-name', name],
          join(ROOT, DIR),
          '--locked',
        ],
        {
          cwd: ROOT,
          env: buildEnv({
            ...toolchain.env,
            PATH: pathWith(binDirs, toolchain.env.PATH),
            RUSTFLAGS: rustFlags,
            CARGO_TARGET_DIR: work,
            WASM_PACK_CACHE: join(work, 'wasm-pack-cache'),
          }),
        },
      )
      const optimised = [...TARGET_FEATURES, ...optFlags, '-O3', '--strip-producers']
      await runNpmBin('binaryen', 'wasm-opt', [
        ...optimised,
        join(out, `${name}_bg.wasm`),
        '-o',
        join(pkg, `${name}.wasm`),
      ])
    }
    writeFileSync(join(pkg, 'inline.js'), inlined(pkg))
  })
}

/**
 * A program that has both modules in itself. Nothing is decoded before it is asked for.
 * @param {string} pkg
 */
function inlined(pkg) {
  const exports = VARIANTS.map(({ name, export: as }) => {
    const text = readFileSync(join(pkg, `${name}.wasm`)).toString('base64')
    return `export const ${as} = () => decode('${text}')`
  })
  const decode = 'const decode = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))'
  return `${[decode, ...exports].join('\n')}\n`
}

await runIfMain(import.meta.url, () => new Steps(1).run('building both wasm modules', note => buildWasm(note)))
