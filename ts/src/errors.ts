/** Codes that kernels return, in the order of their numbers from 1 on. Equal to `Code` of the crate zgkit-core (a test there compares). */
export const KERNEL_CODES = [
  'PROOF_FORMAT',
  'INDEX_RANGE',
  'CONTENT_LENGTH',
  'PROOF_DEPTH',
  'INDEX_MISMATCH',
  'CONTENT_MISMATCH',
  'ROOT_MISMATCH',
  'PADDING_NONZERO',
  'EMPTY_INPUT',
  'LIMIT_EXCEEDED',
  'RANGE',
  'BUFFER_LENGTH',
  'BUFFER_OVERLAP',
  'INTERNAL',
  'MINER_ID_ZERO',
  'CONTEXT_MISMATCH',
  'CONTEXT_EMPTY',
  'RANGE_UNALIGNED',
  'RANGE_OVERFLOW',
  'RANGE_TOO_LONG',
  'RANGE_TOO_SHORT',
  'SHARD_ID_MASKED',
  'SEAL_CONTEXT',
  'SHARDS_EXCEEDED',
  'FLOW_ROOT_MISMATCH',
  'RECALL_POSITION',
  'SEAL_OFFSET',
  'TARGET_MISSED',
  // What only the chain can answer, since it takes its state: never returned here.
  'MINER_UNREGISTERED',
  'TOO_EARLY',
  'DEADLINE',
  'DUPLICATE_ANSWER',
  'ISA_UNAVAILABLE',
  'TOO_FEW_SHARDS',
  'DUPLICATE_SHARD',
  'MATRIX_SINGULAR',
  'HEADER_FORMAT',
  'COMMITMENT_MISMATCH',
  'ENCODING_MISMATCH',
  'EVIDENCE_FORMAT',
  'EVIDENCE_REFUTED',
  'INDEX_ORDER',
] as const

/** Codes that only arise around the kernels. */
export const HOST_CODES = [
  /** An argument has the wrong type or shape. */
  'INVALID_ARGUMENT',
  /** Text is not `0x` and an even number of hex digits. */
  'INVALID_HEX',
  /** The buffer was transferred elsewhere. */
  'DETACHED_BUFFER',
  /** The forced tier cannot be had, or no tier can. */
  'TIER_UNAVAILABLE',
  /** The tier in use has no such operation. */
  'UNSUPPORTED_ON_TIER',
  /** A synchronous call came before the forced tier was loaded: `await init()` first. */
  'NOT_READY',
  /** A worker ended while it had work. The work can be repeated. */
  'WORKER_LOST',
] as const

export type KernelCode = (typeof KERNEL_CODES)[number]
export type ErrorCode = KernelCode | (typeof HOST_CODES)[number]

/** Values that explain an error; which ones depends on the code. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** The one error class of zgkit. `code` is stable; the message is for people. */
export class ZgkitError extends Error {
  override readonly name = 'ZgkitError'
  readonly code: ErrorCode
  readonly details: ErrorDetails
  /** Whether the same call may succeed when it is repeated. */
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
    this.retryable = code === 'WORKER_LOST'
  }
}

/** The number by which kernels report a code. */
export function codeNumber(code: KernelCode): number {
  return KERNEL_CODES.indexOf(code) + 1
}

/** The code behind a kernel's number; a number that is no code is our own fault. */
export function codeOf(number: number): KernelCode {
  return KERNEL_CODES[number - 1] ?? 'INTERNAL'
}
