import { readdirSync, readFileSync } from 'node:fs'
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

it('library entries reach no command line, and in browsers no module of Node', () => {
  for (const { default: entry } of Object.values(json('ts/package.json').exports) as { default?: string }[]) {
    if (!entry) continue
    for (const hostFile of ['host-node.js', 'host-web.js', 'host-edge.js']) {
      const reached = [...reach(entry.replace('./dist/', ''), hostFile)]
      if (entry === './dist/inline.js') {
        expect(reached.map(name => name.replace(DIST, ''))).toEqual(['/inline.js', '@zgkit/wasm/inline'])
        continue
      }
      expect(reached.length).toBeGreaterThan(20)
      expect(reached.filter(name => name.includes('/cli/'))).toEqual([])
      const packages = reached.filter(name => !name.startsWith('/') && !name.startsWith('node:'))
      expect(new Set(packages.map(name => name.split('/').slice(0, 2).join('/')))).toEqual(
        new Set(['@noble/hashes', '@zgkit/wasm']),
      )
      if (hostFile !== 'host-node.js') expect(reached.filter(name => name.startsWith('node:'))).toEqual([])
    }
  }
})

it('nothing waits at the top level of a module, so that require() works', () => {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
  expect(files.length).toBeGreaterThan(25)
  for (const name of files) expect(readFileSync(join(DIST, name), 'utf8'), name).not.toMatch(/^(?:const .*= )?await /m)
})
