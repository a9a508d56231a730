import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Rejection } from '../backend/verdict.js'
import { asBytes, equalBytes, type HashLike, toCount, toHash } from '../bytes.js'
import { MAX_DEPTH, SECTOR_BYTES } from '../limits.js'
import { flowDepth, flowRoot } from '../rules/flow.js'
import { readHashes } from './proof.js'

/** What a verifier of a sector of the flow holds: trusted values of its own, and what somebody sent. */
export interface FlowClaim {
  /** Trusted: the flow root. */
  readonly root: HashLike
  /** Trusted: the flow's length in sectors. */
  readonly length: number | bigint
  /** Trusted: which sector was asked for. */
  readonly sector: number
  /** The sector's 256 bytes. */
  readonly data: ArrayBufferView | ArrayBufferLike
  /** Siblings from the leaf up, from anywhere: nothing in them makes this throw. */
  readonly siblings: unknown
}

/** The answer of {@link verifyFlowSector}. */
export type FlowVerdict = { readonly ok: true } | ({ readonly ok: false } & Rejection)

/**
 * Verifies that a sector of the flow has these bytes, on the calling thread. Sector 0 is a mark without bytes: none are right.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `ROOT_MISMATCH` (SPEC.md section 7).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifyFlowSector({ root, length, sector, data, siblings }: FlowClaim): FlowVerdict {
  const no = (code: Rejection['code'], expected: number, got: number) => ({ ok: false, code, expected, got }) as const
  const trusted = toHash(root, 'root')
  const count = toCount(length, 'length')
  const content = asBytes(data, 'data')
  const hashes = readHashes(siblings, MAX_DEPTH)
  if (!Array.isArray(hashes)) return { ok: false, ...hashes }
  if (!Number.isSafeInteger(sector) || sector < 0 || sector >= count) return no('INDEX_RANGE', count, sector)
  if (content.length !== SECTOR_BYTES) return no('CONTENT_LENGTH', SECTOR_BYTES, content.length)
  if (hashes.length !== flowDepth(count)) return no('PROOF_DEPTH', flowDepth(count), hashes.length)
  const got = flowRoot(keccak_256(content), sector, hashes)
  if (sector === 0 || !equalBytes(got, trusted)) return { ok: false, code: 'ROOT_MISMATCH', expected: trusted, got }
  return { ok: true }
}
