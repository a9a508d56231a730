import { codeOf, ZgkitError } from '../errors.js'
import { KERNELS, type KernelCall } from '../kernels.js'
import { type Backend, kernelError, operationsOf, outMemory } from './backend.js'

/** What a module exports. */
interface Exports {
  readonly memory: WebAssembly.Memory
  zgkit_alloc(bytes: number): number
  zgkit_free(pointer: number, bytes: number): void
  readonly [operation: string]: unknown
}

/** Blocks are aligned to a cache line, so that what lies behind an input is aligned too. */
const ALIGN = 64

/**
 * A compiled module as a backend.
 *
 * An instance that trapped is in an undefined state and never used again: the next call makes a new one.
 */
export class WasmBackend implements Backend {
  readonly tier: 'wasm' | 'wasm-simd'
  readonly isa: string
  readonly operations = operationsOf('wasm')
  readonly #module: WebAssembly.Module
  #instance: Exports | undefined

  constructor(module: WebAssembly.Module, simd: boolean) {
    this.tier = simd ? 'wasm-simd' : 'wasm'
    this.isa = simd ? 'simd128' : 'portable'
    this.#module = module
    const instance = instantiate(module)
    for (const name of ['zgkit_alloc', 'zgkit_free', ...Object.values(KERNELS).map(({ wasm }) => wasm)]) {
      if (typeof instance[name] === 'function') continue
      throw new ZgkitError('TIER_UNAVAILABLE', `the module lacks ${name}: it is not zgkit's, or its version differs`, {
        name,
      })
    }
    this.#instance = instance
  }

  call(call: KernelCall, out?: Uint8Array): Uint8Array {
    const result = outMemory(call, out)
    const sizes = [...call.inputs.map(input => input.length), result.length]
    const bytes = sizes.reduce((sum, size) => sum + Math.ceil(size / ALIGN) * ALIGN, 0)

    let trapped = true
    let block = 0
    let exports: Exports | undefined
    try {
      this.#instance ??= instantiate(this.#module)
      exports = this.#instance
      block = bytes > 0 ? exports.zgkit_alloc(bytes) >>> 0 : 0
      if (bytes > 0 && block === 0) {
        trapped = false
        throw kernelError('LIMIT_EXCEEDED', call)
      }
      // Allocation may have grown the memory and detached earlier views, so views are made here and not kept.
      const memory = new Uint8Array(exports.memory.buffer, block, bytes)
      const args: number[] = []
      let offset = 0
      const place = (size: number): number => {
        const at = offset
        args.push(block + at, size)
        offset += Math.ceil(size / ALIGN) * ALIGN
        return at
      }
      for (const input of call.inputs) memory.set(input, place(input.length))
      args.push(...call.params)
      const outAt = place(result.length)

      const operation = exports[KERNELS[call.kernel].wasm] as (...args: number[]) => number
      const code = operation(...args)
      trapped = false
      if (code !== 0) throw kernelError(codeOf(code), call)
      result.set(new Uint8Array(exports.memory.buffer, block + outAt, result.length))
      return result
    } catch (error) {
      if (!trapped) throw error
      this.#instance = undefined
      throw kernelError('INTERNAL', call, error)
    } finally {
      if (!trapped && block !== 0) exports?.zgkit_free(block, bytes)
    }
  }
}

function instantiate(module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module).exports as unknown as Exports
}

/** The smallest module that uses a SIMD instruction. */
const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // type: () -> ()
  ...[0x03, 0x02, 0x01, 0x00], // one function of it
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x1a, 0x0b], // i32.const 0, i8x16.splat, drop
)

/** Whether this engine validates SIMD instructions. */
export function hasSimd(): boolean {
  return WebAssembly.validate(SIMD_PROBE)
}
