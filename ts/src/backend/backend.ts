import { toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { KERNELS, type KernelCall, type KernelName, type Tier } from '../kernels.js'
import { MAX_CALL_BYTES } from '../limits.js'

/** A tier that is loaded. */
export interface Backend {
  readonly tier: Tier
  /** The instruction set that it computes with. */
  readonly isa: string
  readonly operations: readonly KernelName[]
  /**
   * Runs a kernel on the calling thread.
   * @param out memory for the result, which comes back; fresh memory unless given. A call that fails writes nothing to it
   */
  call(call: KernelCall, out?: Uint8Array): Uint8Array
}

/**
 * Checks a call before anything is allocated for it and returns the bytes of its result.
 * @throws {ZgkitError} `RANGE` for numbers that are no counts, `LIMIT_EXCEEDED` for inputs or results over 1 GiB
 */
export function outLength(call: KernelCall): number {
  const { out } = KERNELS[call.kernel]
  for (const param of call.params) toCount(param, `${call.kernel} parameter`)
  const length = out(call.inputs, call.params)
  for (const bytes of [length, ...call.inputs.map(input => input.length)]) {
    if (bytes > MAX_CALL_BYTES) {
      throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_CALL_BYTES} bytes in one call, got ${bytes}`, {
        expected: MAX_CALL_BYTES,
        got: bytes,
      })
    }
  }
  return length
}

/**
 * Checks a call as {@link outLength} does, and gives memory for its result.
 * @throws {ZgkitError} as {@link outLength}; `BUFFER_LENGTH` for memory of another length than the result
 */
export function outMemory(call: KernelCall, out: Uint8Array | undefined): Uint8Array {
  const length = outLength(call)
  if (out && out.length !== length) throw kernelError('BUFFER_LENGTH', call)
  return out ?? new Uint8Array(length)
}

/** The names of all kernels that are there for a tier. */
export function operationsOf(tier: Tier): KernelName[] {
  const names = Object.keys(KERNELS) as KernelName[]
  return tier === 'js' ? names.filter(name => KERNELS[name].js) : names
}

/** The error of a tier that was to use an instruction set that it does not have. */
export function noIsa(tier: Tier, available: readonly string[], isa: string): ZgkitError {
  const message = `the tier ${tier} computes with ${available.join(', ')}, not ${isa}`
  return new ZgkitError('ISA_UNAVAILABLE', message, { isa, available })
}

/** The error behind a number that a kernel returned. */
export function kernelError(code: ZgkitError['code'], call: KernelCall, cause?: unknown): ZgkitError {
  return new ZgkitError(code, `${call.kernel}: ${code}`, { kernel: call.kernel, params: call.params }, cause)
}
