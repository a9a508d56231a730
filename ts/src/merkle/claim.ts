import { decodeVerdict, type Rejection } from '../backend/verdict.js'
import { asBytes, equalBytes, fromHex, type HashLike, stableBytes, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, MAX_DEPTH, SECTOR_BYTES, SEGMENT_BYTES } from '../limits.js'
import { type FileLayout, fileLayout, firstPast, segmentLeaves, segmentSectors } from '../rules/layout.js'
import { hashAt, path } from '../rules/path.js'
import { rearSiblings } from '../rules/rear.js'
import type { ProofKind } from './proof.js'

/** What a verifier holds: trusted values of its own, and the content and proof that somebody sent. */
export interface Claim {
  /** Trusted: the file's root, from the chain. */
  readonly root: HashLike
  /** Trusted: the file's length in bytes, from the chain. A root does not commit to it. */
  readonly size: number | bigint
  /** Trusted: which segment or sector was asked for. */
  readonly index: number
  /**
   * The content: for a segment its sectors with file bytes (262,144 bytes except at the file's end, none for a padding
   * segment), for a sector its 256 bytes; zeros behind the file's end.
   */
  readonly data: ArrayBufferView | ArrayBufferLike
  /** The proof, from anywhere: nothing in it is trusted, and nothing in it makes this throw. */
  readonly proof: unknown
}

/** The answer of a verification. */
export type Verdict =
  | { readonly ok: true; readonly kind: ProofKind; readonly index: number; readonly layout: FileLayout }
  | ({ readonly ok: false } & Rejection)

/** What else is asked of a segment's proof. */
export interface RearOption {
  /** Also check the storage node's rule of rear padding, after all others: as {@link verifyRearPadding}. */
  readonly rearPadding?: boolean | undefined
}

/** The answer of {@link verifyRearPadding}. */
export type RearVerdict = { readonly ok: true } | ({ readonly ok: false } & Rejection)

/**
 * Verifies the storage node's rule of rear padding: in the proof of segment `index` of a file of `size` bytes, every right sibling
 * that lies wholly past the file's data is the zero root of its height. A rule beside `verifySegment`, not instead: root,
 * directions and content are not looked at.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `PROOF_DEPTH`, `PADDING_NONZERO` with the two
 * hashes (SPEC.md section 7).
 * @throws {ZgkitError} only for the trusted size: `EMPTY_INPUT`, `RANGE`
 */
export function verifyRearPadding({ size, index, proof }: Pick<Claim, 'size' | 'index' | 'proof'>): RearVerdict {
  const layout = fileLayout(size)
  const flat = flatten('segment', proof)
  if ('code' in flat) return { ok: false, ...flat }
  if (!isIndex(index, layout.segments)) {
    return { ok: false, code: 'INDEX_RANGE', expected: layout.segments, got: index }
  }
  const depth = path(index, layout.segments).length
  if (flat.path.length !== depth) return { ok: false, code: 'PROOF_DEPTH', expected: depth, got: flat.path.length }
  const rejection = checkRear(layout, index, flat.lemma)
  return rejection ? { ok: false, ...rejection } : { ok: true }
}

/** The siblings of a proof of the right depth against the zero roots that are due. */
function checkRear(layout: FileLayout, index: number, lemma: Uint8Array): Rejection | undefined {
  for (const { number, zero } of rearSiblings(layout, index)) {
    const got = hashAt(lemma, number + 1)
    if (!equalBytes(got, zero)) return { code: 'PADDING_NONZERO', expected: zero, got }
  }
  return undefined
}

function isIndex(index: number, count: number): boolean {
  return Number.isSafeInteger(index) && index >= 0 && index < count
}

/**
 * Throws unless the verdict is good.
 * @throws {ZgkitError} with the verdict's code and values
 */
export function assertVerified<V extends { readonly ok: true } | ({ readonly ok: false } & Rejection)>(
  verdict: V,
): asserts verdict is V & { ok: true } {
  if (verdict.ok) return
  const { code, expected, got } = verdict
  throw new ZgkitError(code, `verification failed: ${code}`, { expected, got })
}

/** The flat call of kernel `verifyInclusion`. */
export interface InclusionCall extends KernelCall {
  readonly inputs: readonly [root: Uint8Array, content: Uint8Array, lemma: Uint8Array, path: Uint8Array]
  readonly params: readonly [index: number, leafCount: number, contentBytes: number, leafSectors: number]
}

/** A claim read: what is left is to hash. */
export interface PreparedClaim {
  readonly kind: ProofKind
  readonly index: number
  readonly layout: FileLayout
  readonly data: Uint8Array
  readonly call: InclusionCall
}

/** Derives the content's place from trusted values and brings the proof into flat form. */
export function prepareClaim(
  kind: ProofKind,
  claim: Claim,
  take: (data: Uint8Array) => Uint8Array,
): PreparedClaim | Verdict {
  const { root, size, index, data, proof } = claim
  const layout = fileLayout(size)
  const trusted = toHash(root, 'root')
  const given = asBytes(data, 'data')
  const flat = flatten(kind, proof)
  if ('code' in flat) return { ok: false, ...flat }
  const leafCount = kind === 'segment' ? layout.segments : layout.paddedSectors
  if (!isIndex(index, leafCount)) {
    return { ok: false, code: 'INDEX_RANGE', expected: leafCount, got: index }
  }
  const [contentBytes, leafSectors] =
    kind === 'segment'
      ? [segmentSectors(layout, index) * SECTOR_BYTES, segmentLeaves(layout, index)]
      : [SECTOR_BYTES, 1]
  // The kernel checks it too; here it keeps content of any length from being copied.
  if (given.length !== contentBytes) {
    return { ok: false, code: 'CONTENT_LENGTH', expected: contentBytes, got: given.length }
  }
  const content = take(given)
  const call: InclusionCall = {
    kernel: 'verifyInclusion',
    inputs: [trusted, content, flat.lemma, flat.path],
    params: [index, leafCount, contentBytes, leafSectors],
  }
  return { kind, index, layout, data: content, call }
}

/** The verdict that a claim gets with the verdict record of its call. */
export function concludeClaim(
  { kind, index, layout, data, call }: PreparedClaim,
  record: Uint8Array,
  { rearPadding }: RearOption = {},
): Verdict {
  const rejection = decodeVerdict(record)
  if (rejection) return { ok: false, ...rejection }
  // A root does not commit to the file's length: what lies past the trusted one must be zero.
  const start = index * (kind === 'segment' ? SEGMENT_BYTES : SECTOR_BYTES)
  const got = firstPast(layout.size, start, data)
  if (got !== undefined) return { ok: false, code: 'PADDING_NONZERO', expected: layout.size, got }
  const rear = rearPadding && kind === 'segment' ? checkRear(layout, index, call.inputs[2]) : undefined
  return rear ? { ok: false, ...rear } : { ok: true, kind, index, layout }
}

/** Checks a claim on the calling thread; `run` is who hashes. */
export function checkClaim(
  kind: ProofKind,
  claim: Claim,
  run: (call: InclusionCall) => Uint8Array,
  options: RearOption = {},
): Verdict {
  const prepared = prepareClaim(kind, claim, bytes => stableBytes(bytes, 'data'))
  return 'ok' in prepared ? prepared : concludeClaim(prepared, run(prepared.call), options)
}

/** Characters of a hash in hex, 0x included. */
const HEX_LENGTH = 2 + 2 * HASH_BYTES

export type Flat = { readonly lemma: Uint8Array; readonly path: Uint8Array }

/** A proof from anywhere in the kernel's form: limits first, then shape. Each property is read once. */
export function flatten(kind: ProofKind, proof: unknown): Flat | Rejection {
  const format = { code: 'PROOF_FORMAT' } as const
  try {
    if (typeof proof !== 'object' || proof === null) return format
    const { kind: claimed, lemma, path } = proof as Record<string, unknown>
    if (claimed !== undefined && claimed !== kind) return format
    if (!Array.isArray(lemma) || !Array.isArray(path)) return format
    const [entries, steps] = [lemma.length, path.length]
    if (steps > MAX_DEPTH) return { code: 'LIMIT_EXCEEDED', expected: MAX_DEPTH, got: steps }
    if (entries > MAX_DEPTH + 2) return { code: 'LIMIT_EXCEEDED', expected: MAX_DEPTH + 2, got: entries }
    if (entries !== (steps === 0 ? 1 : steps + 2)) return format
    const flat = { lemma: new Uint8Array(entries * HASH_BYTES), path: new Uint8Array(steps) }
    for (let i = 0; i < entries; i++) {
      const entry: unknown = lemma[i]
      if (typeof entry === 'string' && entry.length !== HEX_LENGTH) return format
      const hash = typeof entry === 'string' ? fromHex(entry) : asBytes(entry, 'hash')
      if (hash.length !== HASH_BYTES) return format
      flat.lemma.set(hash, i * HASH_BYTES)
    }
    for (let k = 0; k < steps; k++) {
      const direction: unknown = path[k]
      if (typeof direction !== 'boolean') return format
      flat.path[k] = Number(direction)
    }
    return flat
  } catch {
    // Whatever a hostile object does when it is read, it is no proof.
    return format
  }
}
