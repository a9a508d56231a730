import { type Engine, engine, syncEngine } from '../backend/choose.js'
import { decodeVerdict, type Rejection } from '../backend/verdict.js'
import { asBytes, fromHex, type HashLike, stableBytes, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, MAX_DEPTH, SECTOR_BYTES, SEGMENT_SECTORS } from '../limits.js'
import { type FileLayout, fileLayout, segmentLeaves, segmentSectors } from '../rules/layout.js'
import { Control, type RunOptions } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
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

/**
 * Verifies that segment `index` of the file with this root and size has these bytes.
 *
 * Codes of a rejection, in check order: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
 * `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`, `PADDING_NONZERO` (SPEC.md section 4).
 * @throws {ZgkitError} only for the trusted values and the kind of `data`: `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`,
 *   `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function verifySegment(claim: Claim, options: RunOptions = {}): Promise<Verdict> {
  return verify('segment', claim, options)
}

/** As {@link verifySegment} on the calling thread (a segment takes milliseconds natively, more in JavaScript). */
export function verifySegmentSync(claim: Claim): Verdict {
  return verifySync('segment', claim)
}

/** Verifies that sector `index` of the padded file with this root and size has these 256 bytes; otherwise as {@link verifySegment}. */
export function verifySector(claim: Claim, options: RunOptions = {}): Promise<Verdict> {
  return verify('sector', claim, options)
}

/** As {@link verifySector} on the calling thread. */
export function verifySectorSync(claim: Claim): Verdict {
  return verifySync('sector', claim)
}

/**
 * Throws unless the verdict is good.
 * @throws {ZgkitError} with the verdict's code and values
 */
export function assertVerified(verdict: Verdict): asserts verdict is Verdict & { ok: true } {
  if (verdict.ok) return
  const { code, expected, got } = verdict
  throw new ZgkitError(code, `verification failed: ${code}`, { expected, got })
}

async function verify(kind: ProofKind, claim: Claim, options: RunOptions): Promise<Verdict> {
  const control = new Control(options)
  control.check()
  const prepared = prepare(kind, claim, bytes => bytes.slice())
  if ('ok' in prepared) return prepared
  const record = await control.race(run(prepared.call))
  control.finish(prepared.data.length)
  return conclude(prepared, record)
}

async function run(call: KernelCall): Promise<Uint8Array> {
  // The copy is read again for the bytes behind the file's end, so it is not given away.
  return dispatch(await engine(), call, false)
}

function verifySync(kind: ProofKind, claim: Claim): Verdict {
  const prepared = prepare(kind, claim, bytes => stableBytes(bytes, 'data'))
  if ('ok' in prepared) return prepared
  const active: Engine = syncEngine()
  return conclude(prepared, active.backend.call(prepared.call))
}

interface Prepared {
  readonly kind: ProofKind
  readonly index: number
  readonly layout: FileLayout
  readonly data: Uint8Array
  readonly call: KernelCall
}

/** Derives the content's place from trusted values and brings the proof into flat form. */
function prepare(kind: ProofKind, claim: Claim, take: (data: Uint8Array) => Uint8Array): Prepared | Verdict {
  const { root, size, index, data, proof } = claim
  const layout = fileLayout(size)
  const trusted = toHash(root, 'root')
  const given = asBytes(data, 'data')
  const flat = flatten(kind, proof)
  if ('code' in flat) return { ok: false, ...flat }
  const leafCount = kind === 'segment' ? layout.segments : layout.paddedSectors
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafCount) {
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
  const call: KernelCall = {
    kernel: 'verifyInclusion',
    inputs: [trusted, content, flat.lemma, flat.path],
    params: [index, leafCount, contentBytes, leafSectors],
  }
  return { kind, index, layout, data: content, call }
}

function conclude({ kind, index, layout, data }: Prepared, record: Uint8Array): Verdict {
  const rejection = decodeVerdict(record)
  if (rejection) return { ok: false, ...rejection }
  // A root does not commit to the file's length: what lies past the trusted one must be zero.
  const start = index * (kind === 'segment' ? SECTOR_BYTES * SEGMENT_SECTORS : SECTOR_BYTES)
  const fileBytes = Math.max(0, Math.min(layout.size - start, data.length))
  const offset = data.subarray(fileBytes).findIndex(byte => byte !== 0)
  if (offset >= 0) {
    return { ok: false, code: 'PADDING_NONZERO', expected: layout.size, got: start + fileBytes + offset }
  }
  return { ok: true, kind, index, layout }
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
