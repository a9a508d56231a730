import type { ProofHasher } from '../merkle/proof-hasher.js'
import type { StepsCall } from '../pora/checks.js'
import type { Answer } from '../rules/answer.js'

/** What hashes here: the WebAssembly module of `verifier/`, or JavaScript where a page forbids WebAssembly. */
export type VerifierTier = 'wasm' | 'js'

/** Who hashes for all checks. */
export interface Hasher extends ProofHasher {
  /** The values of an answer's proof of random access, 256 bytes. */
  readonly steps: (call: StepsCall) => Uint8Array
  /** The flow root that an answer's data and proof lead to. */
  readonly answerRoot: (answer: Answer) => Uint8Array
}
