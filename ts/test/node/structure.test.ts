import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { plainUrl, simdUrl } from '@zgkit/wasm'
import { expect, it } from 'vitest'
import { host } from '../../dist/backend/host-node.js'
import { KERNELS } from '../../dist/kernels.js'
import { VERSION } from '../../dist/version.js'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

it('both bindings have the operations of the table, and no others', async () => {
  const rows = Object.values(KERNELS)
  const surface = new Set(Object.keys(host.loadAddon()))
  const native = rows.flatMap(({ native }) => [native, `${native}Sync`])
  expect(surface).toEqual(new Set([...native, 'isas', 'useIsa', 'startPool', '__napiBindingTarget']))

  for (const url of [plainUrl, simdUrl]) {
    const module = await WebAssembly.compile(readFileSync(url()))
    expect(WebAssembly.Module.imports(module)).toEqual([])
    const exports = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function')
    const names = new Set(exports.map(({ name }) => name).filter(name => !name.startsWith('__')))
    expect(names).toEqual(new Set([...rows.map(({ wasm }) => wasm), 'zgkit_alloc', 'zgkit_free']))
  }
})

it('all packages and crates have one version', () => {
  const cargo = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8')
  expect(cargo.match(/\[workspace\.package\]\nversion = "([^"]+)"/)?.[1]).toBe(VERSION)
  for (const path of ['ts', 'bindings/node', 'bindings/wasm'])
    expect(json(`${path}/package.json`).version).toBe(VERSION)
  const { dependencies, optionalDependencies } = json('ts/package.json')
  expect(dependencies['@zgkit/wasm']).toBe(VERSION)
  expect(optionalDependencies['@zgkit/node']).toBe(VERSION)
})

it('the commands of the README load before a package is installed', () => {
  const bare = mkdtempSync(join(tmpdir(), 'zgkit-bare-'))
  try {
    cpSync(join(ROOT, 'scripts'), join(bare, 'scripts'), { recursive: true })
    cpSync(join(ROOT, 'bench'), join(bare, 'bench'), {
      recursive: true,
      filter: path => !path.includes('node_modules'),
    })
    cpSync(join(ROOT, 'package.json'), join(bare, 'package.json'))
    for (const command of ['setup', 'demo', 'test', 'bench', 'hosts', 'fresh'])
      execFileSync(process.execPath, ['-e', `import('./scripts/${command}.mjs')`], { cwd: bare, stdio: 'pipe' })
  } finally {
    rmSync(bare, { recursive: true, force: true })
  }
})

/** What a built file imports, directly. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^(?:import|export)\s(?:[^'"]*?from\s)?['"]([^'"]+)['"]/gm)].map(match => match[1] as string)
}

/** Everything that a library entry reaches, files and packages, with `#host` resolved to one of its files. */
function reach(entry: string, hostFile: string): Set<string> {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    for (const specifier of importsOf(file)) {
      if (specifier === '#host') visit(join(DIST, 'backend', hostFile))
      else if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier))
      else seen.add(specifier)
    }
  }
  visit(join(DIST, entry))
  return seen
}

const DIST = join(ROOT, 'ts/dist')

it('the entry of ABIs is data: it reaches neither kernels nor packages', () => {
  const reached = [...reach('abi/index.js', 'host-node.js')].map(name => name.replace(`${DIST}/`, ''))
  expect(reached.sort()).toEqual(['abi/flow.js', 'abi/index.js', 'abi/mine.js', 'abi/verifier.js', 'errors.js'])
})

it('the entry of inlined modules is nothing else', () => {
  const reached = [...reach('inline.js', 'none')].map(name => name.replace(`${DIST}/`, ''))
  expect(reached).toEqual(['inline.js', '@zgkit/wasm/inline'])
})

/** The packages that a library entry imports: one list for all that load kernels. */
const PACKAGES = ['@noble/hashes', '@zgkit/wasm']
const OTHER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  './chain': ['@noble/hashes'],
  './encryption': ['@noble/curves'],
}

it('library entries reach no command line, in browsers no module of Node, and no package but their own', () => {
  const entries = Object.entries(json('ts/package.json').exports as Record<string, { default?: string }>)
  for (const [name, { default: entry }] of entries) {
    // They have tests of their own, here.
    if (!entry || ['./abi', './inline', './verify'].includes(name)) continue
    for (const hostFile of ['host-node.js', 'host-web.js', 'host-edge.js']) {
      const reached = [...reach(entry.replace('./dist/', ''), hostFile)]
      expect(reached.length).toBeGreaterThan(name in OTHER_PACKAGES ? 8 : 20)
      expect(reached.filter(name => name.includes('/cli/'))).toEqual([])
      const packages = reached.filter(name => !name.startsWith('/') && !name.startsWith('node:'))
      expect(new Set(packages.map(name => name.split('/').slice(0, 2).join('/'))), name).toEqual(
        new Set(OTHER_PACKAGES[name] ?? PACKAGES),
      )
      if (hostFile !== 'host-node.js') expect(reached.filter(name => name.startsWith('node:'))).toEqual([])
    }
  }
})

it('zgkit/verify reaches hashing in JavaScript, and none of what chooses, loads or runs tiers', () => {
  const reached = [...reach('verify/index.js', 'none')]
  expect(reached).toContain(join(DIST, 'verify/module.js'))
  expect(reached.filter(name => !name.startsWith('/')).map(name => name.split('/').slice(0, 2).join('/'))).toEqual([
    '@noble/hashes',
    '@noble/hashes',
  ])
  const modules = reached.filter(name => name.startsWith('/')).map(name => name.slice(DIST.length + 1))
  expect(modules.length).toBeGreaterThan(20)
  expect(modules.filter(name => /^(cli|erasure|hash|io|run|rules\/erasure)\//.test(name))).toEqual([])
  expect(modules.filter(name => name.startsWith('backend/'))).toEqual(
    expect.arrayContaining(['backend/js/hash.js', 'backend/js/merkle.js', 'backend/js/pora.js']),
  )
  for (const foreign of ['backend/choose.js', 'backend/wasm.js', 'backend/native.js', 'kernels.js']) {
    expect(modules).not.toContain(foreign)
  }
})

it('nothing waits at the top level of a module, so that require() works', () => {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
  expect(files.length).toBeGreaterThan(25)
  for (const name of files) expect(readFileSync(join(DIST, name), 'utf8'), name).not.toMatch(/^(?:const .*= )?await /m)
})
