import type { Backend } from '../backend/backend.js'
import type { WorkerSetup } from '../backend/host.js'
import { jsBackend } from '../backend/js/index.js'
import { WasmBackend } from '../backend/wasm.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { type Outcome, READY, type Reply, type Request } from './messages.js'

type Post = (message: Reply | typeof READY, transfer: ArrayBuffer[]) => void

/** The worker's side on every host: makes its own backend, says that it is ready, and gives what answers calls. */
export function serve(setup: WorkerSetup, post: Post): (request: Request) => void {
  const backend = setup.tier === 'js' ? jsBackend : new WasmBackend(setup.module, setup.tier === 'wasm-simd')
  post(READY, [])
  return ({ call, lent }) => {
    const outcome = answer(backend, call)
    post({ outcome, lent }, outcome.ok ? [outcome.result.buffer, ...lent] : [...lent])
  }
}

function answer(backend: Backend, call: KernelCall): Outcome {
  try {
    return { ok: true, result: backend.call(call) as Uint8Array<ArrayBuffer> }
  } catch (error) {
    if (error instanceof ZgkitError) {
      return { ok: false, code: error.code, message: error.message, details: error.details }
    }
    return { ok: false, code: 'INTERNAL', message: String(error), details: { kernel: call.kernel } }
  }
}
