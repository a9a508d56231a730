// @ts-check
/**
 * The packages as users get them: packed, looked through, installed into an empty folder where no compiler answers, and
 * run there on every tier, by import, by require() and from the command line. And the crates as cargo packs them.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { runNpmBin } from '../lib/npm-bin.mjs'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { hashOf } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const PACKAGES = [
  { dir: 'ts', name: 'zgkit', profile: 'esm-only' },
  { dir: 'bindings/node', name: '@zgkit/node', profile: 'node16' },
  { dir: 'bindings/wasm', name: '@zgkit/wasm', profile: 'esm-only' },
]
const PACKED = join(TARGET, 'pack')
/** Not emptied as the other is: the same crates are not compiled again. */
const PACKED_CRATES = join(TARGET, 'pack-crates')

/**
 * Packs every package.
 * @param {string} [folder] emptied first
 * @returns {Promise<string[]>} the tarballs
 */
export async function pack(folder = PACKED) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const tarballs = []
  for (const { dir } of PACKAGES) {
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: join(ROOT, dir) })
    tarballs.push(
      join(
        folder,
        JSON.parse(stdout.slice(stdout.indexOf('[')))[0]
          .filename.replace('/', '-')
          .replace('@', ''),
      ),
    )
  }
  return tarballs
}

/** @param {string[]} tarballs */
async function contents(tarballs) {
  for (const [i, tarball] of tarballs.entries()) {
    const { name } = PACKAGES[i] ?? { name: '' }
    const folder = join(PACKED, `contents-${i}`)
    mkdirSync(folder)
    await run('tar', ['-xzf', tarball, '-C', folder])
    const files = readdirSync(join(folder, 'package'), { recursive: true, encoding: 'utf8' })
    for (const needed of ['LICENSE-MIT', 'LICENSE-APACHE', 'README.md', 'package.json']) {
      if (!files.includes(needed)) throw new Error(`${name} lacks ${needed}`)
    }
    const { scripts = {}, type } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'))
    const atInstall = Object.keys(scripts).filter(script => /^(pre|post)?install$|^prepare$/.test(script))
    if (atInstall.length > 0) throw new Error(`${name} runs scripts at install: ${atInstall.join(', ')}`)
    if (!type) throw new Error(`${name} does not say its module type`)
    const binaries = files.filter(file => /\.(node|wasm)$/.test(file))
    if (binaries.length !== [0, 1, 2][i]) throw new Error(`${name} has the binaries ${binaries.join(', ') || 'none'}`)
    for (const binary of binaries) {
      // The exported names stand in the file as text.
      const text = readFileSync(join(folder, 'package', binary), 'latin1')
      if (/force_?panic/i.test(text)) throw new Error(`${name}: ${binary} was built with test-panic`)
      if (!/keccak256/.test(text)) throw new Error(`${name}: ${binary} does not look like ours`)
    }
  }
}

/** @param {string[]} tarballs */
async function lint(tarballs) {
  for (const [i, { dir, profile }] of PACKAGES.entries()) {
    await runNpmBin('publint', 'publint', [join(ROOT, dir), '--strict', '--pack', 'npm'])
    await runNpmBin('@arethetypeswrong/cli', 'attw', [tarballs[i] ?? '', '--profile', profile, '--format', 'ascii'])
  }
}

/** Packs the published crates and compiles them from what was packed. */
async function packCrates() {
  // Cargo keeps what it unpacks by version and place, so other sources want another place.
  const sources = hashOf(['crates', 'Cargo.toml', 'Cargo.lock']).slice(0, 8)
  mkdirSync(PACKED_CRATES, { recursive: true })
  for (const earlier of readdirSync(PACKED_CRATES)) {
    if (earlier !== sources) rmSync(join(PACKED_CRATES, earlier), { recursive: true })
  }
  const place = join(PACKED_CRATES, sources)
  const unpublished = ['node', 'wasm', 'testdata', 'bench-scalar', 'bench-instructions'].flatMap(name => [
    '--exclude',
    `zgkit-${name}`,
  ])
  await run('cargo', ['package', '--workspace', ...unpublished, '--allow-dirty', '--target-dir', place], { cwd: ROOT })
}

/** What a program of a user does, on the tier of the environment. */
const PROGRAM = `
import { backend, FileTree, fileRoot, init, toHex, verifySegment } from 'zgkit'
import { decryptBytes, encryptBytes } from 'zgkit/encryption'
import { fileRootSync } from 'zgkit/merkle'
import * as alone from 'zgkit/verify'
await init()
const bytes = new Uint8Array(300_000).map((_, i) => i * 7)
const tree = await FileTree.build(bytes)
const claim = { root: tree.root, size: bytes.length, index: 0, data: bytes.subarray(0, 262_144), proof: tree.proveSegment(0) }
const ok = (await verifySegment(claim)).ok && alone.verifySegment(claim).ok && alone.verifier().tier === 'wasm'
const same = toHex(await fileRoot(bytes)) === toHex(fileRootSync(bytes)) && toHex(tree.root) === toHex(fileRootSync(bytes))
const opened = await decryptBytes(await encryptBytes(bytes, { key: tree.root }), { key: tree.root })
console.log(backend().tier, ok && same && toHex(fileRootSync(opened)) === toHex(tree.root), toHex(tree.root))
`

const REQUIRE = `const { fileRootSync, toHex } = require('zgkit'); console.log(toHex(fileRootSync(new Uint8Array(300_000).map((_, i) => i * 7))))`

/**
 * @param {string[]} tarballs
 * @param {import('../lib/steps.mjs').Note} note
 */
async function install(tarballs, note) {
  const folder = mkdtempSync(join(tmpdir(), 'zgkit-pack-'))
  try {
    // Whoever calls for Rust or a C compiler here is refused.
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    for (const tool of ['cargo', 'rustc', 'rustup', 'cc', 'gcc', 'c++', 'g++', 'make']) {
      writeFileSync(join(bin, tool), '#!/bin/sh\nexit 99\n', { mode: 0o755 })
    }
    const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs], { cwd: folder, env })
    writeFileSync(join(folder, 'program.mjs'), PROGRAM)
    const roots = new Set()
    for (const tier of ['native', 'wasm-simd', 'wasm', 'js']) {
      const { stdout } = await run(process.execPath, ['program.mjs'], {
        cwd: folder,
        env: { ...env, ZGKIT_TIER: tier },
      })
      const [used, good, root] = stdout.trim().split(' ')
      if (used !== tier || good !== 'true') throw new Error(`on ${tier} the installed package printed: ${stdout}`)
      roots.add(root)
    }
    const { output: required } = await run(process.execPath, ['-e', REQUIRE], { cwd: folder, env })
    roots.add(required.trim())
    if (roots.size !== 1) throw new Error(`roots differ: ${[...roots].join(', ')}`)
    const cli = join(folder, 'node_modules/.bin/zgkit')
    const { stdout: doctor } = await run(cli, ['doctor', '--json'], { cwd: folder, env })
    if (JSON.parse(doctor).selected !== 'native') throw new Error(`doctor: ${doctor}`)

    // As on a machine for which there is no addon.
    rmSync(join(folder, 'node_modules/@zgkit/node'), { recursive: true })
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder, env })
    if (!stdout.startsWith('wasm-simd true')) throw new Error(`without the addon it printed: ${stdout}`)
    note('native, wasm-simd, wasm, js, require(), command line; and without the addon')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

await runIfMain(import.meta.url, async () => {
  const steps = new Steps(5)
  const tarballs = await steps.run('packing', () => pack())
  await steps.run('contents', () => contents(tarballs))
  await steps.run('publint and attw', () => lint(tarballs))
  await steps.run('installed in an empty folder', note => install(tarballs, note))
  await steps.run('cargo package', packCrates)
})
