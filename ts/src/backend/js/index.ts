import { ZgkitError } from '../../errors.js'
import { KERNELS } from '../../kernels.js'
import { type Backend, kernelError, operationsOf, outMemory } from '../backend.js'

/** The tier that runs everywhere: what a verifier needs, on @noble/hashes. */
export const jsBackend: Backend = {
  tier: 'js',
  isa: 'js',
  operations: operationsOf('js'),
  call(call, out) {
    const { js } = KERNELS[call.kernel]
    if (!js) throw kernelError('UNSUPPORTED_ON_TIER', call)
    const memory = outMemory(call, out)
    try {
      js(call.inputs, call.params, memory)
    } catch (error) {
      // As the other tiers report it: only the code crosses their boundaries.
      throw error instanceof ZgkitError ? kernelError(error.code, call) : error
    }
    return memory
  },
}
