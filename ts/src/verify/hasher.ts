import type { InclusionCall } from '../merkle/claim.js'
import type { StepsCall } from '../pora/checks.js'
import type { Answer } from '../rules/answer.js'

/** What hashes here: the WebAssembly module of `verifier/`, or JavaScript where a page forbids WebAssembly. */
export type VerifierTier = 'wasm' | 'js'

/** Who hashes for the checks, a whole proof in each call. */
export interface Hasher {
  readonly tier: VerifierTier
  /** A verdict record. */
  readonly inclusion: (call: InclusionCall) => Uint8Array
  /** The flow root that a sector's bytes and siblings lead to. */
  readonly sectorRoot: (content: Uint8Array, sector: number, siblings: readonly Uint8Array[]) => Uint8Array
  /** The values of an answer's proof of random access, 256 bytes. */
  readonly steps: (call: StepsCall) => Uint8Array
  /** The flow root that an answer's data and proof lead to. */
  readonly answerRoot: (answer: Answer) => Uint8Array
}
