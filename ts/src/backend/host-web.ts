import { plainUrl, simdUrl } from '@zgkit/wasm'
import { ZgkitError } from '../errors.js'
import type { Host } from './host.js'

/** Fetches and compiles; a server that names the wrong media type costs the streaming, not the module. */
async function loadModule(simd: boolean): Promise<WebAssembly.Module> {
  const response = await fetch(simd ? simdUrl : plainUrl)
  if (!response.ok) throw new Error(`fetching the module: HTTP ${response.status}`)
  const type = response.headers.get('content-type')
  return type === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer())
}

export const host: Host = {
  env: () => undefined,
  cores: globalThis.navigator?.hardwareConcurrency ?? 1,
  loadAddon() {
    throw new ZgkitError('TIER_UNAVAILABLE', 'there are no addons outside Node, Bun and Deno')
  },
  loadModule,
}
