// @ts-check
/**
 * A private Rust toolchain in the cache, one for each target: Debian's compiler, unpacked, with wrapper programs and the
 * target's standard library.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir, pathWith } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { privateApt } from './debian.mjs'
import { AARCH64_TARGET, compareVersions, hasStd, minimumRust, rustcVersion, WASM_TARGET } from './rust.mjs'
import { addToShelf } from './shelf.mjs'
import { buildWasmStd } from './std.mjs'
import { writeWrappers } from './wrappers.mjs'

/** @typedef {import('./rust.mjs').RustToolchain} RustToolchain */

/**
 * @typedef {{rustc: string, cargo: string, source: string, std: string}} PackageNames
 *
 * @typedef {object} Std how a compiler gets the standard library of a target
 * @property {string} [foreign] from Debian's package of this architecture
 * @property {boolean} [built] compiled from source: no architecture of Debian's
 */

/**
 * Backported compilers first (stable Debian has them under these names), then the distribution's own.
 * @type {readonly PackageNames[]}
 */
const SETS = [
  { rustc: 'rustc-web', cargo: 'cargo-web', source: 'rust-web-src', std: 'libstd-rust-web-dev' },
  { rustc: 'rustc', cargo: 'cargo', source: 'rust-src', std: 'libstd-rust-dev' },
]

/** @type {Record<string, Std>} */
const STDS = { [WASM_TARGET]: { built: true }, [AARCH64_TARGET]: { foreign: 'arm64' } }

/** @param {string} target */
const shelf = target => join(cacheDir(), 'rust', target)

/**
 * The newest complete toolchain in the cache. Folders are named by version and commit hash, and only complete
 * ones carry such a name.
 * @param {string} target
 * @returns {RustToolchain | null}
 */
export function cachedPrivateRust(target) {
  if (!existsSync(shelf(target))) return null
  const names = readdirSync(shelf(target))
    .filter(name => /^\d+\.\d+\.\d+-/.test(name) && compareVersions(name, minimumRust()) >= 0)
    .sort(compareVersions)
  const newest = names.at(-1)
  return newest === undefined ? null : describe(join(shelf(target), newest), newest)
}

/**
 * @param {string} target
 * @param {(line: string) => void} note
 * @returns {Promise<RustToolchain>}
 */
export async function makePrivateRust(target, note) {
  const { foreign, built } = STDS[target] ?? {}
  let id = ''
  const home = await addToShelf(shelf(target), async work => {
    let started = performance.now()
    const lap = () => {
      const ms = performance.now() - started
      started = performance.now()
      return `${(ms / 1000).toFixed(1)} s`
    }
    const tree = join(work, 'tree')
    const apt = await privateApt(join(work, 'apt'), { foreign })
    const names = await newestSet(apt)
    await apt.unpack([names.rustc, names.cargo, 'lld', ...(built ? [names.source] : [])], tree)
    if (foreign) await apt.unpackAlone([`${names.std}:${foreign}`], tree)
    note(`compiler downloaded and unpacked: ${lap()}`)
    writeWrappers(tree, ['rustc', 'cargo', 'wasm-ld'])
    const toolchain = describe(tree, 'new')
    // Proves at once that the shared libraries are all there.
    id = (await rustcVersion(toolchain.rustc)).id
    await run(toolchain.cargo, ['--version'])
    await run(join(tree, 'bin', 'wasm-ld'), ['--version'])
    if (built) {
      await buildWasmStd(join(work, 'std'), { ...toolchain, sysroot: join(tree, 'usr') })
      note(`standard library for ${target} built: ${lap()}`)
    }
    if (!(await hasStd(toolchain.rustc, target)))
      throw new Error(`rustc does not see the standard library of ${target}`)
    // The source and the manuals are half of the folder and never needed again.
    for (const part of ['usr/src', 'usr/share', 'usr/lib/rustlib/src'])
      rmSync(join(tree, part), { recursive: true, force: true })
    return { made: tree, name: id }
  })
  return describe(home, id)
}

/**
 * @param {import('./debian.mjs').Apt} apt
 * @returns {Promise<PackageNames>}
 */
async function newestSet(apt) {
  const minimum = minimumRust()
  /** @type {string[]} */
  const offered = []
  for (const names of SETS) {
    const version = await apt.candidate(names.rustc)
    if (version && compareVersions(version, minimum) >= 0) return names
    if (version) offered.push(`${names.rustc} ${version}`)
  }
  throw new Error(`this Debian offers ${offered.join(', ') || 'no rustc'}, and ${minimum} or newer is needed`)
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
