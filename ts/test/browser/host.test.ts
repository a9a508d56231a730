import { expect, it } from 'vitest'
import {
  backend,
  FileTree,
  fileRoot,
  fileRootSync,
  init,
  toHex,
  verifySegment,
  type WasmSource,
} from '../../dist/index.js'
import * as inlined from '../../dist/inline.js'
import { codeOf, painted } from '../patterns.js'

it('chooses wasm with SIMD by itself and says why there is no addon', async () => {
  const info = await init()
  expect(info).toMatchObject({
    tier: 'wasm-simd',
    isa: 'simd128',
    refused: [{ tier: 'native', code: 'TIER_UNAVAILABLE' }],
  })
  expect(backend()).toEqual(info)
  expect(await codeOf(() => init({ tier: 'native' }))).toBe('TIER_UNAVAILABLE')
})

it('hashes and verifies a File', async () => {
  const bytes = painted(600_000)
  const file = new File([bytes as Uint8Array<ArrayBuffer>], 'name')
  const tree = await FileTree.build(file)
  expect(toHex(tree.root)).toBe(toHex(await fileRoot(file.stream())))
  const data = new Uint8Array(await file.slice(262_144, 524_288).arrayBuffer())
  const claim = { root: tree.root, size: file.size, index: 1, data, proof: tree.proveSegment(1) }
  expect((await verifySegment(claim)).ok).toBe(true)
})

it('takes arrays of another frame', async () => {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const Foreign = (frame.contentWindow as unknown as { Uint8Array: typeof Uint8Array }).Uint8Array
  expect(toHex(await fileRoot(Foreign.of(1, 2, 3)))).toBe(toHex(await fileRoot(Uint8Array.of(1, 2, 3))))
  frame.remove()
})

const urlOf = (name: string) => new URL(`../../../bindings/wasm/pkg/${name}.wasm`, import.meta.url)
const [plain, simd] = [urlOf('zgkit'), urlOf('zgkit-simd')]
const original = globalThis.fetch

it('takes the modules from wherever the caller has them', async () => {
  const bytes = await (await fetch(simd)).arrayBuffer()
  const wrongType = { headers: { 'content-type': 'text/html' } }
  const sources: Record<string, WasmSource> = {
    URL: simd,
    text: simd.href,
    'relative text': simd.pathname,
    bytes: new Uint8Array(bytes),
    buffer: bytes,
    module: await WebAssembly.compile(bytes),
    response: await fetch(simd),
    promise: fetch(simd),
    function: () => fetch(simd),
    'response of another media type': new Response(bytes, wrongType),
    inlined: inlined.simd,
  }
  for (const [kind, source] of Object.entries(sources)) {
    const asked: string[] = []
    globalThis.fetch = (...args) => {
      asked.push(String(args[0]))
      return original(...args)
    }
    expect((await init({ wasm: { simd: source } })).tier, kind).toBe('wasm-simd')
    globalThis.fetch = original
    // Nothing but what was asked for is fetched.
    expect(
      asked.filter(url => !url.endsWith('/zgkit-simd.wasm')),
      kind,
    ).toEqual([])
  }
  expect(toHex(await fileRoot(painted(300_000)))).toBe(toHex(fileRootSync(painted(300_000))))
  expect((await init({ tier: 'wasm', wasm: inlined })).tier).toBe('wasm')
})

it('says of every tier why it could not be had', async () => {
  const wrong = {
    plain: new URL('/missing.wasm?', plain),
    simd: new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
  }
  globalThis.fetch = async () => new Response('', { status: 404 })
  const { tier, refused } = await init({ wasm: wrong })
  expect(tier).toBe('js')
  expect(refused.map(({ tier, code }) => [tier, code])).toEqual([
    ['native', 'TIER_UNAVAILABLE'],
    ['wasm-simd', 'TIER_UNAVAILABLE'],
    ['wasm', 'TIER_UNAVAILABLE'],
  ])
  expect(refused[1]?.reason).toMatch(/magic/)
  expect(refused[2]?.reason).toMatch(/missing\.wasm\?: HTTP 404/)
  globalThis.fetch = original

  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
  await expect(init({ tier: 'wasm', wasm: { plain: empty } })).rejects.toMatchObject({
    code: 'TIER_UNAVAILABLE',
    details: { refused: [{ tier: 'wasm', reason: expect.stringContaining('lacks zgkit_alloc') }] },
  })
  expect(await codeOf(() => init({ tier: 'wasm', wasm: { plain: 5 as never } }))).toBe('TIER_UNAVAILABLE')
  expect(await codeOf(() => init({ wasm: 5 as never }))).toBe('INVALID_ARGUMENT')
  await init()
})
