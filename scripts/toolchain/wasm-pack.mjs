// @ts-check
/**
 * wasm-pack and the wasm-bindgen program, installed by cargo into the cache.
 * npm's packages of these tools download release binaries while they install; cargo only needs the crate registry.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cacheDir, ROOT } from '../lib/paths.mjs'
import { CommandError, run } from '../lib/run.mjs'
import { buildEnv } from './rust.mjs'

const WASM_PACK = '0.15.1'

/** Compiled for a short wait, not for speed: they run for a fraction of a second. */
const FAST_COMPILE = {
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '0',
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '256',
  CARGO_PROFILE_RELEASE_DEBUG: '0',
  CARGO_PROFILE_RELEASE_STRIP: 'true',
}

/** The program must be of exactly the version of the library that is compiled in. */
export function wasmBindgenVersion() {
  const lock = readFileSync(join(ROOT, 'Cargo.lock'), 'utf8')
  const version = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(lock)?.[1]
  if (!version) throw new Error('Cargo.lock has no wasm-bindgen: wasm-pack needs the wasm crate to depend on it')
  return version
}

/**
 * @param {(line: string) => void} [note]
 * @returns {Promise<{wasmPack: string, wasmBindgen: string, binDirs: string[]}>}
 */
export async function wasmPackTools(note = () => {}) {
  const wasmPack = await cargoInstalled('wasm-pack', WASM_PACK, 'wasm-pack', [], note)
  // Its default features are an HTTP client with TLS for the test runner, which is not built here.
  const wasmBindgen = await cargoInstalled(
    'wasm-bindgen-cli',
    wasmBindgenVersion(),
    'wasm-bindgen',
    ['--no-default-features'],
    note,
  )
  return { wasmPack, wasmBindgen, binDirs: [dirname(wasmBindgen), dirname(wasmPack)] }
}

/**
 * @param {string} crate
 * @param {string} version
 * @param {string} bin
 * @param {string[]} args
 * @param {(line: string) => void} note
 * @returns {Promise<string>} absolute path of the program
 */
async function cargoInstalled(crate, version, bin, args, note) {
  const shelf = join(cacheDir(), 'cargo-tools')
  const home = join(shelf, `${crate}-${version}`)
  const program = join(home, 'bin', process.platform === 'win32' ? `${bin}.exe` : bin)
  if (existsSync(program)) return program

  mkdirSync(shelf, { recursive: true })
  const temporary = join(shelf, `.tmp-${process.pid}-${crate}`)
  const started = performance.now()
  try {
    await run(
      'cargo',
      ['install', '--locked', '--root', join(temporary, 'root'), '--bin', bin, ...args, `${crate}@${version}`],
      {
        cwd: shelf,
        env: buildEnv({ ...FAST_COMPILE, CARGO_TARGET_DIR: join(temporary, 'target') }),
      },
    )
    rmSync(home, { recursive: true, force: true })
    renameSync(join(temporary, 'root'), home)
  } catch (error) {
    if (error instanceof CommandError && /failed to select a version|no matching package/.test(error.output)) {
      throw new CommandError(
        error.commandLine,
        `the crate registry of this machine lacks a crate that ${crate} ${version} was released with`,
        error.output,
      )
    }
    throw error
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  note(`${crate} ${version} compiled: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return program
}
