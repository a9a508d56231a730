import { expect, it } from 'vitest'
import { backend, FileTree, fileRoot, init, toHex, verifySegment } from '../../dist/index.js'
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

it('compiles from bytes where the server names the wrong media type', async () => {
  const { host } = await import('../../dist/backend/host-web.js')
  const original = globalThis.fetch
  globalThis.fetch = async (...args) => {
    const response = await original(...args)
    return new Response(response.body, { headers: { 'content-type': 'application/octet-stream' } })
  }
  try {
    expect(await host.loadModule(true)).toBeInstanceOf(WebAssembly.Module)
  } finally {
    globalThis.fetch = original
  }
})
