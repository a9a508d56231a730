// @ts-check
/**
 * A private Rust toolchain for wasm32 in the cache: unpacked compiler, own std, wrapper programs.
 * Made in a temporary folder and renamed when complete, so an interrupted set-up leaves nothing half done.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, pathWith } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { unpackDebianRust } from './debian.mjs'
import { compareVersions, hasWasmStd, minimumRust, rustcVersion } from './rust.mjs'
import { buildWasmStd } from './std.mjs'

/** @typedef {import('./rust.mjs').RustToolchain} RustToolchain */

const shelf = () => join(cacheDir(), 'wasm-rust')

/**
 * The newest complete toolchain in the cache. Folders are named by version and commit hash, and only complete
 * ones carry such a name.
 * @returns {RustToolchain | null}
 */
export function cachedPrivateRust() {
  if (!existsSync(shelf())) return null
  const names = readdirSync(shelf())
    .filter(name => /^\d+\.\d+\.\d+-/.test(name) && compareVersions(name, minimumRust()) >= 0)
    .sort(compareVersions)
  const newest = names.at(-1)
  return newest === undefined ? null : describe(join(shelf(), newest), newest)
}

/**
 * @param {(line: string) => void} note
 * @returns {Promise<RustToolchain>}
 */
export async function makePrivateRust(note) {
  mkdirSync(shelf(), { recursive: true })
  removeAbandoned()
  const temporary = join(shelf(), `.tmp-${process.pid}`)
  const tree = join(temporary, 'tree')
  try {
    let started = performance.now()
    const lap = () => {
      const ms = performance.now() - started
      started = performance.now()
      return `${(ms / 1000).toFixed(1)} s`
    }
    await unpackDebianRust(temporary, tree)
    note(`compiler downloaded and unpacked: ${lap()}`)
    writeWrappers(tree)
    const toolchain = describe(tree, 'new')
    // Proves at once that the shared libraries are all there.
    const { id } = await rustcVersion(toolchain.rustc)
    await run(toolchain.cargo, ['--version'])
    await run(join(tree, 'bin', 'wasm-ld'), ['--version'])
    await buildWasmStd(join(temporary, 'std'), { ...toolchain, sysroot: join(tree, 'usr') })
    if (!(await hasWasmStd(toolchain.rustc)))
      throw new Error('the standard library was built but rustc does not see it')
    note(`standard library for wasm32 built: ${lap()}`)
    // The source and the manuals are half of the folder and never needed again.
    for (const part of ['usr/src', 'usr/share', 'usr/lib/rustlib/src'])
      rmSync(join(tree, part), { recursive: true, force: true })
    const home = join(shelf(), id)
    if (!existsSync(home)) renameSync(tree, home)
    return describe(home, id)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/**
 * @param {string} home
 * @param {string} id
 * @returns {RustToolchain}
 */
function describe(home, id) {
  const bin = join(home, 'bin')
  const rustc = join(bin, 'rustc')
  return {
    cargo: join(bin, 'cargo'),
    rustc,
    id,
    env: {
      // First on PATH, for tools that call `cargo` and `rustc` by name.
      PATH: pathWith([bin]),
      RUSTC: rustc,
      CARGO: join(bin, 'cargo'),
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: join(bin, 'wasm-ld'),
    },
  }
}

/**
 * The unpacked programs find their sysroot by themselves, but not their shared libraries.
 * @param {string} tree
 */
function writeWrappers(tree) {
  const bin = join(tree, 'bin')
  mkdirSync(bin)
  const libraries = sharedLibraryDirs(join(tree, 'usr', 'lib')).map(dir => `$home/${dir.slice(tree.length + 1)}`)
  for (const name of ['rustc', 'cargo', 'wasm-ld']) {
    const file = join(bin, name)
    writeFileSync(
      file,
      `#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd -P)
export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
exec "$home/usr/bin/${name}" "$@"
`,
    )
    chmodSync(file, 0o755)
  }
}

/**
 * Folders directly under usr/lib (the multi-arch one) and under usr/lib/llvm-* that hold shared libraries.
 * @param {string} lib
 */
function sharedLibraryDirs(lib) {
  const children = readdirSync(lib, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && entry.name !== 'rustlib',
  )
  return children
    .flatMap(({ name }) => [join(lib, name), join(lib, name, 'lib')])
    .filter(dir => existsSync(dir) && readdirSync(dir).some(name => /\.so(\.|$)/.test(name)))
}

/** Removes what a killed set-up left behind; a set-up that still runs keeps its folder. */
function removeAbandoned() {
  for (const name of readdirSync(shelf())) {
    const pid = Number(/^\.tmp-(\d+)$/.exec(name)?.[1])
    if (!pid) continue
    try {
      process.kill(pid, 0)
    } catch {
      rmSync(join(shelf(), name), { recursive: true, force: true })
    }
  }
}
