import type { ErrorCode } from '../errors.js'

/** What a source is asked for: one segment of a file, with what the asker knows the file by. */
export interface SegmentRequest {
  /** The file's root, 32 bytes: a copy of the source's own. */
  readonly root: Uint8Array
  /** The file's length in bytes. */
  readonly size: number
  /** Which segment, from 0 on. */
  readonly index: number
  /** Aborted when the answer is no longer wanted. Whether the source minds it makes no difference to the download. */
  readonly signal: AbortSignal
  /** To be called whenever bytes arrive: the idle clock starts again. */
  alive(): void
}

/** A source's answer, of which nothing is believed. Each of its fields is read once. */
export interface SegmentResponse {
  /** The segment's bytes: exactly the file's, or whole sectors with zeros behind the file's end. */
  readonly data: ArrayBufferView | ArrayBufferLike
  /** Proof of the segment, as object or parsed JSON: `FileProof`, `FileProofJson`, `{ lemma, path }`, or anything. */
  readonly proof: unknown
}

/** Somebody who may have the file. The transport is the caller's own function. */
export interface Source {
  /** By what it is named in faults and reports. */
  readonly name: string
  /**
   * Asks for one segment. A rejection is retried later, unless it is a `ZgkitError` that is not `retryable`: then this source is not
   * asked for this segment again.
   */
  fetchSegment(request: SegmentRequest): Promise<SegmentResponse>
}

/** Why an answer, or the lack of one, was no good. */
export interface SourceFault {
  /** Name of the source; `undefined` for what the caller held. */
  readonly source: string | undefined
  /** Which fragment was asked for: 0 for a file that is whole. */
  readonly fragment: number
  /** Which of its segments. */
  readonly index: number
  /**
   * `SOURCE_TIMEOUT` and `SOURCE_FAILED`: it may be asked again. Every other code is that of a check (SPEC.md section 18): the
   * source lied, and is not asked again for anything.
   */
  readonly code: ErrorCode
  /** The two values that a check compared, where it has such. */
  readonly expected?: number | Uint8Array | undefined
  readonly got?: number | Uint8Array | undefined
  /** What `fetchSegment` threw. */
  readonly cause?: unknown
}

/** What became of a source so far. */
export interface SourceReport {
  readonly name: string
  /** Segments that it delivered and that were verified. */
  readonly segments: number
  /** Requests that it let time out. */
  readonly timeouts: number
  /** Requests that it failed. */
  readonly failures: number
  /** Answers that came after they were given up; nobody looked at them. */
  readonly late: number
  /** The lie for which it is asked no more. */
  readonly lie: SourceFault | undefined
}
