import { submissionDigest } from '../rules/submission.js'
import type { SubmissionNode } from './peaks.js'

/** A file's submission as the flow contract takes it, without tags. */
export interface Submission {
  /** Length of the file in bytes. */
  readonly length: number
  /** Its nodes, highest first. */
  readonly nodes: readonly SubmissionNode[]
  /** Its identity. */
  readonly digest: Uint8Array
}

/** The submission of a file of `length` bytes with these nodes: memory of its own. */
export function submissionOf(length: number, nodes: readonly SubmissionNode[]): Submission {
  const own = nodes.map(({ root, height }) => ({ root: root.slice(), height }))
  return { length, nodes: own, digest: submissionDigest(own.map(node => node.root)) }
}
