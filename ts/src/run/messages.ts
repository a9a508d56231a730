import { type ErrorCode, type ErrorDetails, ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'

/** What a worker says first: it has its backend and takes calls. */
export const READY = 'ready'

/** What a worker is sent: a call, and the buffers of its inputs, to be sent back. */
export interface Request {
  readonly call: KernelCall
  readonly lent: readonly ArrayBuffer[]
}

/** What came of a call: the result, or an error in plain fields (classes do not survive the crossing). */
export type Outcome =
  | { readonly ok: true; readonly result: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails }

/** What a worker answers. */
export interface Reply {
  readonly outcome: Outcome
  readonly lent: readonly ArrayBuffer[]
}

/** The caller's side: unpacks an answer. */
export function unpack(outcome: Outcome): Uint8Array {
  if (outcome.ok) return outcome.result
  throw new ZgkitError(outcome.code, outcome.message, outcome.details)
}
