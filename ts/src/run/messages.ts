import { type ErrorCode, type ErrorDetails, ZgkitError } from '../errors.js'

/** What a worker says first: it has its backend and takes calls. */
export const READY = 'ready'

/** What a worker answers: the result, or an error in plain fields (classes do not survive the crossing). */
export type Reply =
  | { readonly ok: true; readonly result: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string; readonly details: ErrorDetails }

/** The caller's side: unpacks an answer. */
export function unpack(reply: Reply): Uint8Array {
  if (reply.ok) return reply.result
  throw new ZgkitError(reply.code, reply.message, reply.details)
}
