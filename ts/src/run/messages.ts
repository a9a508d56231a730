import type { Backend } from '../backend/backend.js'
import { type ErrorCode, type ErrorDetails, ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'

/** What a worker answers: the result, or an error in plain fields (classes do not survive the crossing). */
export type Reply =
  | { readonly ok: true; readonly result: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails }

/** The worker's side: runs a call. */
export function answer(backend: Backend, call: KernelCall): Reply {
  try {
    return { ok: true, result: backend.call(call) as Uint8Array<ArrayBuffer> }
  } catch (error) {
    if (error instanceof ZgkitError) {
      return { ok: false, code: error.code, message: error.message, details: error.details }
    }
    return { ok: false, code: 'INTERNAL', message: String(error), details: { kernel: call.kernel } }
  }
}

/** The caller's side: unpacks an answer. */
export function unpack(reply: Reply): Uint8Array {
  if (reply.ok) return reply.result
  throw new ZgkitError(reply.code, reply.message, reply.details)
}
