// @ts-check
/**
 * The environment of somebody who has just installed the tools: an empty home, empty caches, a short PATH.
 * Only what leads to the registries is carried over, without knowing which ones they are.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathWith } from '../lib/paths.mjs'
import { run, which } from '../lib/run.mjs'

/** The toolchain's own programs: rustup's stand-ins of the same names need a home. */
const RUST = ['cargo', 'rustc', 'rustdoc', 'rustfmt', 'cargo-fmt', 'cargo-clippy', 'clippy-driver']
const SYSTEM = ['node', 'npm', 'npx', 'cc', 'gcc', 'ld', 'ar', 'git']
const BASE = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/** Personal folders, caches, settings of a parent npm, and settings that would bend the build. */
const DROP = [
  /^(HOME|PATH|OLDPWD|INIT_CWD|NODE|NODE_PATH|NODE_OPTIONS|CHROMIUM_PATH|CI|RUSTC|RUSTDOC|RUSTFLAGS|RUSTDOCFLAGS)$/,
  /^(XDG|RUSTUP|ZGKIT|RUSTC|VITEST)_/,
  /^CARGO(_(?!(HTTP|NET|REGISTRY|REGISTRIES|SOURCE)_).*)?$/,
  /^npm_(?!config_)/i,
  /^npm_config_(userconfig|cache|prefix|local_prefix|global_prefix|init_module|node_gyp|user_agent|npm_version)$/i,
]
/** Where registries are and how to get there; no tokens. */
const NPM_KEYS =
  /^\s*(registry|@[^:=\s]+:registry|proxy|https-proxy|http-proxy|noproxy|cafile|ca(\[\])?|strict-ssl)\s*=/
const CARGO_TABLES = /^(source|registries|registry|http|net)(\.|$)/

/**
 * @param {string} base an empty folder
 * @returns {Promise<{env: NodeJS.ProcessEnv, toolPaths: Record<string, string>}>}
 */
export async function freshEnvironment(base) {
  const home = join(base, 'home')
  const bin = join(base, 'bin')
  mkdirSync(home)
  mkdirSync(bin)
  const sysroot = (await run('rustc', ['--print', 'sysroot'])).stdout.trim()
  /** @type {Record<string, string>} */
  const toolPaths = {}
  for (const name of [...RUST, ...SYSTEM]) {
    const file = RUST.includes(name) ? join(sysroot, 'bin', name) : which(name)
    if (!file || !existsSync(file)) continue
    symlinkSync(file, join(bin, name))
    toolPaths[name] = realpathSync(file)
  }

  const npmrc = linesOf(join(homedir(), '.npmrc')).filter(line => NPM_KEYS.test(line))
  if (npmrc.length > 0) writeFileSync(join(home, '.npmrc'), `${npmrc.join('\n')}\n`)
  const cargoHome = process.env.CARGO_HOME || join(homedir(), '.cargo')
  const cargo = tables(linesOf(join(cargoHome, 'config.toml')), CARGO_TABLES)
  if (cargo.length > 0) {
    mkdirSync(join(home, '.cargo'))
    writeFileSync(join(home, '.cargo', 'config.toml'), `${cargo.join('\n')}\n`)
  }

  /** @type {NodeJS.ProcessEnv} */
  const env = {}
  for (const [name, value] of Object.entries(process.env))
    if (!DROP.some(pattern => pattern.test(name))) env[name] = value
  return { env: { ...env, HOME: home, PATH: pathWith([bin, ...BASE], '') }, toolPaths }
}

/** @param {string} file */
function linesOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}

/**
 * The lines of the TOML tables whose name fits.
 * @param {string[]} lines
 * @param {RegExp} wanted
 */
function tables(lines, wanted) {
  let inside = false
  return lines.filter(line => {
    const header = /^\s*\[+\s*([^\]]+?)\s*\]/.exec(line)
    if (header?.[1] !== undefined) inside = wanted.test(header[1])
    return inside
  })
}
