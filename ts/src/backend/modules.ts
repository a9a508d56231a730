import { ZgkitError } from '../errors.js'
import type { Host } from './host.js'

/**
 * Where a WebAssembly module of zgkit is to be had: compiled, as bytes, as a response of `fetch`, at a URL, or what a function or
 * promise gives of these. The functions of `zgkit/inline` are two.
 */
export type WasmSource = WasmThing | PromiseLike<WasmThing> | (() => WasmThing | PromiseLike<WasmThing>)
type WasmThing = WebAssembly.Module | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Response | URL | string

/** The modules that a caller brings; the package's own are used for what is left out. */
export interface WasmSources {
  /** The module without SIMD instructions. */
  readonly plain?: WasmSource | undefined
  /** The module built for `simd128`. */
  readonly simd?: WasmSource | undefined
}

/** Compiles a module. What it throws says what was tried. */
export async function compile(source: WasmSource, open: Host['open']): Promise<WebAssembly.Module> {
  const thing = await (typeof source === 'function' ? source() : source)
  const kind = kindOf(thing)
  if (kind === 'WebAssembly.Module') return thing as WebAssembly.Module
  if (kind === 'Response') return compileResponse(thing as Response)
  if (ArrayBuffer.isView(thing) || kind === 'ArrayBuffer') return WebAssembly.compile(thing as BufferSource)
  if (typeof thing !== 'string' && kind !== 'URL') {
    throw new ZgkitError('INVALID_ARGUMENT', 'a module is a WebAssembly.Module, bytes, a Response or a URL')
  }
  try {
    const opened = await open(thing as string | URL)
    return ArrayBuffer.isView(opened) ? await WebAssembly.compile(opened) : await compileResponse(opened)
  } catch (cause) {
    throw new Error(`${String(thing)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** A server that names the wrong media type costs the streaming, not the module. */
async function compileResponse(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer())
}

/** Works for objects of other realms, where `instanceof` does not. */
function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
