import type { Rejection } from '../backend/verdict.js'
import { asBytes, equalBytes, type HashLike, toCount, toHash } from '../bytes.js'
import { MAX_DEPTH, SECTOR_BYTES } from '../limits.js'
import { flowDepth } from '../rules/flow.js'
import { readHashes } from './proof.js'
import type { ProofHasher } from './proof-hasher.js'

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

/** The answer of `verifyFlowSector`. */
export type FlowVerdict = { readonly ok: true } | ({ readonly ok: false } & Rejection)

/** Checks a claim about a sector of the flow (SPEC.md section 7); `rootOf` is who hashes. */
export function checkFlowSector(claim: FlowClaim, rootOf: ProofHasher['sectorRoot']): FlowVerdict {
  const { root, length, sector, data, siblings } = claim
  const no = (code: Rejection['code'], expected: number, got: number) => ({ ok: false, code, expected, got }) as const
  const trusted = toHash(root, 'root')
  const count = toCount(length, 'length')
  const content = asBytes(data, 'data')
  const hashes = readHashes(siblings, MAX_DEPTH)
  if (!Array.isArray(hashes)) return { ok: false, ...hashes }
  if (!Number.isSafeInteger(sector) || sector < 0 || sector >= count) return no('INDEX_RANGE', count, sector)
  if (content.length !== SECTOR_BYTES) return no('CONTENT_LENGTH', SECTOR_BYTES, content.length)
  if (hashes.length !== flowDepth(count)) return no('PROOF_DEPTH', flowDepth(count), hashes.length)
  const got = rootOf(content, sector, hashes)
  if (sector === 0 || !equalBytes(got, trusted)) return { ok: false, code: 'ROOT_MISMATCH', expected: trusted, got }
  return { ok: true }
}
