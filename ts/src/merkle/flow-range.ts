import type { Rejection } from '../backend/verdict.js'
import { asBytes, equalBytes, type HashLike, type Hex, stableBytes, toCount, toHash, toHex } from '../bytes.js'
import { MAX_DEPTH, SECTOR_BYTES } from '../limits.js'
import { checkIndices, type NodePlace, siblingPlaces } from '../rules/climb.js'
import { flowDepth } from '../rules/flow.js'
import type { FlowVerdict } from './flow.js'
import { judge } from './multi.js'
import { readHashes } from './proof.js'
import type { ProofHasher } from './proof-hasher.js'

/** A flow proof in the storage node's form. */
export interface FlowProof {
  /** The leaf, the siblings from bottom to top, the flow root; also in a flow of one sector. */
  readonly lemma: readonly Uint8Array[]
  /** One direction for each sibling: `true` where the running node is the left child. */
  readonly path: readonly boolean[]
}

/** The network's proof of a range of sectors of the flow: that of its first and that of its last sector. */
export interface FlowRangeProof {
  readonly leftProof: FlowProof
  readonly rightProof: FlowProof
}

/** A {@link FlowRangeProof} as JSON has it. */
export interface FlowRangeProofJson {
  readonly leftProof: { readonly lemma: readonly Hex[]; readonly path: readonly boolean[] }
  readonly rightProof: { readonly lemma: readonly Hex[]; readonly path: readonly boolean[] }
}

/** The network's proof of a range with its hashes as hex text. */
export function flowRangeProofToJson({ leftProof, rightProof }: FlowRangeProof): FlowRangeProofJson {
  const json = ({ lemma, path }: FlowProof) => ({ lemma: lemma.map(toHex), path: [...path] })
  return { leftProof: json(leftProof), rightProof: json(rightProof) }
}

/** What a verifier of a range of the flow holds: trusted values of its own, and what somebody sent. */
export interface FlowRangeClaim {
  /** Trusted: the flow root. */
  readonly root: HashLike
  /** Trusted: the flow's length in sectors. */
  readonly length: number | bigint
  /** Trusted: the first sector that was asked for. */
  readonly first: number
  /** Trusted: how many were asked for. */
  readonly count: number
  /** The sectors' bytes one after the other, 256 for each. */
  readonly data: ArrayBufferView | ArrayBufferLike
  /** A {@link FlowRangeProof}, hashes as bytes or hex, from anywhere: nothing in it makes this throw. */
  readonly proof: unknown
}

/** Checks a claim about a range of the flow by the network's proof (SPEC.md section 7). */
export function checkFlowRange(claim: FlowRangeClaim, hasher: ProofHasher): FlowVerdict {
  const rejection = check(claim, hasher)
  return rejection ? { ok: false, ...rejection } : { ok: true }
}

function check(claim: FlowRangeClaim, hasher: ProofHasher): Rejection | undefined {
  const { root, length, first, count, data, proof } = claim
  const trusted = toHash(root, 'root')
  const leaves = toCount(length, 'length')
  const given = asBytes(data, 'data')
  const ends = readEnds(proof)
  if ('code' in ends) return ends
  const indices = checkIndices({ first, count }, leaves)
  if (!Array.isArray(indices)) return indices
  const bytes = indices.length * SECTOR_BYTES
  if (given.length !== bytes) return { code: 'CONTENT_LENGTH', expected: bytes, got: given.length }
  const depth = flowDepth(leaves)
  for (const { path } of ends) {
    if (path.length !== depth) return { code: 'PROOF_DEPTH', expected: depth, got: path.length }
  }
  const content = stableBytes(given, 'data')
  const [left, right] = ends
  const sides = [
    { end: left, sector: first, bytes: content.subarray(0, SECTOR_BYTES) },
    { end: right, sector: first + count - 1, bytes: content.subarray(-SECTOR_BYTES) },
  ]
  for (const { end, sector } of sides) {
    const got = end.path.reduceRight((index, isLeft) => 2 * index + (isLeft ? 0 : 1), 0)
    if (got !== sector) return { code: 'INDEX_MISMATCH', expected: sector, got }
  }
  for (const { end, bytes } of sides) {
    const leaf = hasher.sectorHashes(bytes)
    if (!equalBytes(end.leaf, leaf)) return { code: 'CONTENT_MISMATCH', expected: end.leaf, got: leaf }
  }
  for (const { end, sector, bytes } of sides) {
    for (const got of [end.root, hasher.sectorRoot(bytes, sector, end.siblings)]) {
      if (!equalBytes(got, trusted)) return { code: 'ROOT_MISMATCH', expected: trusted, got }
    }
  }
  // As a multi-proof has them: what stands left of the range from the left proof, the rest from the right one. Whatever else is in
  // the two led to the root above.
  const outer = ({ height, index }: NodePlace) =>
    (index < Math.floor(first / 2 ** height) ? left : right).siblings[height] as Uint8Array
  const siblings = siblingPlaces(indices, leaves).map(outer)
  return judge({ root: trusted, shape: 'flow', leaves }, indices, content, siblings, hasher)
}

/** A flow proof in its parts. */
interface End {
  readonly leaf: Uint8Array
  readonly siblings: readonly Uint8Array[]
  readonly root: Uint8Array
  readonly path: readonly boolean[]
}

/** Both proofs from anywhere as values of our own: limits first, then shape. Each property is read once. */
function readEnds(proof: unknown): readonly [End, End] | Rejection {
  try {
    if (typeof proof !== 'object' || proof === null) return { code: 'PROOF_FORMAT' }
    const { leftProof, rightProof } = proof as Record<string, unknown>
    const left = readEnd(leftProof)
    if ('code' in left) return left
    const right = readEnd(rightProof)
    return 'code' in right ? right : [left, right]
  } catch {
    // Whatever a hostile object does when it is read, it is no proof.
    return { code: 'PROOF_FORMAT' }
  }
}

function readEnd(proof: unknown): End | Rejection {
  const { lemma, path: given } = proof as Record<string, unknown>
  if (!Array.isArray(given)) return { code: 'PROOF_FORMAT' }
  const { length } = given
  if (length > MAX_DEPTH) return { code: 'LIMIT_EXCEEDED', expected: MAX_DEPTH, got: length }
  const hashes = readHashes(lemma, MAX_DEPTH + 2)
  if (!Array.isArray(hashes)) return hashes
  const path = Array.from({ length }, (_, level): unknown => given[level])
  const [leaf, root] = [hashes[0], hashes.at(-1)]
  const isPath = path.every((direction): direction is boolean => typeof direction === 'boolean')
  if (!leaf || !root || !isPath || hashes.length !== length + 2) return { code: 'PROOF_FORMAT' }
  return { leaf, siblings: hashes.slice(1, -1), root, path }
}
