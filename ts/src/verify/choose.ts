import { ZgkitError } from '../errors.js'
import type { Hasher, VerifierTier } from './hasher.js'
import { jsHasher } from './js.js'
import { wasmHasher } from './wasm.js'

/** What hashes, and why nothing faster does. */
export interface VerifierInfo {
  readonly tier: VerifierTier
  /** Why it is not WebAssembly, if it is not: what the engine said, or that it was chosen. */
  readonly reason?: string | undefined
}

interface Choice extends VerifierInfo {
  readonly hasher: Hasher
}

let chosen: Choice | undefined

/** What the next call verifies with: WebAssembly, or JavaScript where the page's Content-Security-Policy forbids it. */
export function verifier(): VerifierInfo {
  const { tier, reason } = choice()
  return reason === undefined ? { tier } : { tier, reason }
}

/**
 * Verifies with one tier from now on.
 * @throws {ZgkitError} `TIER_UNAVAILABLE` with the reason where WebAssembly is missing or forbidden, `INVALID_ARGUMENT` for no tier
 */
export function useVerifier(tier: VerifierTier): void {
  if (tier !== 'wasm' && tier !== 'js') {
    throw new ZgkitError('INVALID_ARGUMENT', `unknown tier ${String(tier)}: expected wasm, js`, { tier })
  }
  chosen = tier === 'js' ? { tier, hasher: jsHasher, reason: 'chosen' } : wasm()
}

/** Who hashes. */
export function hasher(): Hasher {
  return choice().hasher
}

function choice(): Choice {
  if (chosen) return chosen
  try {
    chosen = wasm()
  } catch (error) {
    chosen = { tier: 'js', hasher: jsHasher, reason: (error as ZgkitError).message }
  }
  return chosen
}

function wasm(): Choice {
  try {
    return { tier: 'wasm', hasher: wasmHasher() }
  } catch (cause) {
    throw new ZgkitError('TIER_UNAVAILABLE', `wasm: ${String(cause)}`, { tier: 'wasm' }, cause)
  }
}
