import type { Rejection } from '../backend/verdict.js'
import { type HashLike, type Hex, toHash, toHex } from '../bytes.js'

/** What a proof is about: a segment's root among the file's segments, or a sector among its padded sectors. */
export type ProofKind = 'segment' | 'sector'

/**
 * Inclusion proof as it is made. Evidence only: what it is checked against is the verifier's own root, size and index.
 */
export interface FileProof {
  readonly kind: ProofKind
  readonly index: number
  /** The leaf, the siblings from bottom to top, the file root; a tree of one leaf has just the root. */
  readonly lemma: readonly Uint8Array[]
  /** One direction for each sibling: `true` where the running node is the left child. */
  readonly path: readonly boolean[]
}

/** A {@link FileProof} as JSON has it. */
export interface FileProofJson {
  readonly kind: ProofKind
  readonly index: number
  readonly lemma: readonly Hex[]
  readonly path: readonly boolean[]
}

/** A proof with its hashes as hex text. */
export function proofToJson({ kind, index, lemma, path }: FileProof): FileProofJson {
  return { kind, index, lemma: lemma.map(toHex), path: [...path] }
}

/** Hashes from anywhere as memory of our own: the limit first, then shape. Each is read once. */
export function readHashes(given: unknown, limit: number): Uint8Array[] | Rejection {
  try {
    if (!Array.isArray(given)) return { code: 'PROOF_FORMAT' }
    const { length } = given
    if (length > limit) return { code: 'LIMIT_EXCEEDED', expected: limit, got: length }
    return Array.from({ length }, (_, i) => toHash(given[i] as HashLike, 'hash'))
  } catch {
    // Whatever a hostile object does when it is read, it is no proof.
    return { code: 'PROOF_FORMAT' }
  }
}
