import { codeOf, ZgkitError } from '../errors.js'
import { KERNELS, type KernelCall } from '../kernels.js'
import { type Backend, kernelError, noIsa, operationsOf, outLength, outMemory } from './backend.js'

/** What the addon exports: for each kernel an inline and a pooled form. */
export type Addon = Readonly<Record<string, (...args: unknown[]) => unknown>>

/** The addon as a backend that can also run calls on its own threads. */
export class NativeBackend implements Backend {
  readonly tier = 'native'
  readonly isa: string
  readonly operations = operationsOf('native')
  readonly #addon: Addon

  /**
   * @param isa the instruction set to use, in the whole process; the best unless given
   * @throws {ZgkitError} `ISA_UNAVAILABLE`
   */
  constructor(addon: Addon, isa?: string | undefined) {
    this.#addon = addon
    const available = this.#function('isas')() as string[]
    const wanted = isa ?? available.at(-1) ?? 'portable'
    if (this.#function('useIsa')(wanted) !== 0) throw noIsa('native', available, wanted)
    this.isa = wanted
  }

  call(call: KernelCall, out?: Uint8Array): Uint8Array {
    const memory = outMemory(call, out)
    const code = this.#function(`${KERNELS[call.kernel].native}Sync`)(...call.inputs, ...call.params, memory)
    if (code !== 0) throw kernelError(codeOf(code as number), call)
    return memory
  }

  /** Runs a kernel on the addon's pool. The inputs are copied before this returns. */
  async submit(call: KernelCall): Promise<Uint8Array> {
    outLength(call)
    const result = await this.#function(KERNELS[call.kernel].native)(...call.inputs, ...call.params)
    if (typeof result === 'number') throw kernelError(codeOf(result), call)
    return result as Uint8Array
  }

  /** Starts the pool with this many threads (0: one for each core) and returns how many it has. */
  startPool(threads: number): number {
    return Number(this.#function('startPool')(threads))
  }

  #function(name: string): (...args: unknown[]) => unknown {
    const found = this.#addon[name]
    if (typeof found !== 'function') {
      throw new ZgkitError('TIER_UNAVAILABLE', `the addon lacks ${name}: its version differs from zgkit's`, { name })
    }
    return found
  }
}
