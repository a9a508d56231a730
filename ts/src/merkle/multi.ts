import type { Rejection } from '../backend/verdict.js'
import { asBytes, equalBytes, type HashLike, type Hex, stableBytes, toCount, toHash, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, MAX_SIBLINGS, SECTOR_BYTES, SEGMENT_BYTES } from '../limits.js'
import { checkIndices, countSiblings, type LeafIndices, type Shape } from '../rules/climb.js'
import { type FileLayout, fileLayout, firstPast, segmentLeaves, segmentSectors } from '../rules/layout.js'
import { type ProofKind, readHashes } from './proof.js'
import type { ProofHasher } from './proof-hasher.js'

/** What a multi-proof is about: segments or padded sectors of a file, or sectors of the flow. */
export type MultiKind = ProofKind | 'flow'

/**
 * Proof of any set of leaves, a range among them. Evidence only: which leaves, of which tree, the verifier says.
 */
export interface MultiProof {
  readonly kind: MultiKind
  /** Every node that the climb from the leaves needs and cannot compute, bottom to top, left to right. */
  readonly siblings: readonly Uint8Array[]
}

/** A {@link MultiProof} as JSON has it. */
export interface MultiProofJson {
  readonly kind: MultiKind
  readonly siblings: readonly Hex[]
}

/** A multi-proof with its hashes as hex text. */
export function multiProofToJson({ kind, siblings }: MultiProof): MultiProofJson {
  return { kind, siblings: siblings.map(toHex) }
}

/** The tree that a multi-proof is checked against, from trusted values: a file's root and size, or the flow's root and length. */
export type TrustedTree =
  | { readonly kind: ProofKind; readonly root: HashLike; readonly size: number | bigint }
  | { readonly kind: 'flow'; readonly root: HashLike; readonly length: number | bigint }

/** What a verifier of many leaves holds: trusted values of its own, and the contents and proof that somebody sent. */
export type MultiClaim = TrustedTree & {
  /** Trusted: which leaves were asked for, strictly ascending, or a range of them. */
  readonly indices: LeafIndices
  /**
   * Their contents one after the other, in the order of the indices: 256 bytes for each sector; for a segment its sectors with file
   * bytes (262,144 bytes except at the file's end, none for a padding segment).
   */
  readonly data: ArrayBufferView | ArrayBufferLike
  /** The proof, from anywhere: nothing in it is trusted, and nothing in it makes this throw. */
  readonly proof: unknown
}

/** The answer of `verifyMulti`; `leaves` are those of the tree, as they follow from size or length. */
export type MultiVerdict =
  | { readonly ok: true; readonly kind: MultiKind; readonly leaves: number }
  | ({ readonly ok: false } & Rejection)

/** Checks a claim about many leaves (SPEC.md section 13). */
export function checkMulti(claim: MultiClaim, hasher: ProofHasher): MultiVerdict {
  const { indices, data, proof } = claim
  const tree = treeOf(claim)
  const given = asBytes(data, 'data')
  const siblings = readSiblings(claim.kind, proof)
  const rejection = Array.isArray(siblings) ? judge(tree, indices, given, siblings, hasher) : siblings
  return rejection ? { ok: false, ...rejection } : { ok: true, kind: claim.kind, leaves: tree.leaves }
}

/** A tree as the checks need it. */
export interface Tree {
  readonly root: Uint8Array
  readonly shape: Shape
  readonly leaves: number
  /** The file that the leaves are sectors or segments of; without one they are sectors of which nothing else is known. */
  readonly file?: { readonly layout: FileLayout; readonly kind: ProofKind }
}

function treeOf(trusted: TrustedTree): Tree {
  const root = toHash(trusted.root, 'root')
  if (trusted.kind === 'flow') return { root, shape: 'flow', leaves: toCount(trusted.length, 'length') }
  const { kind, size } = trusted
  if (kind !== 'segment' && kind !== 'sector') {
    throw new ZgkitError('INVALID_ARGUMENT', "kind must be 'segment', 'sector' or 'flow'", { name: 'kind' })
  }
  const layout = fileLayout(size)
  const leaves = kind === 'segment' ? layout.segments : layout.paddedSectors
  return { root, shape: 'file', leaves, file: { layout, kind } }
}

/** A proof from anywhere as hashes: limits first, then shape. Each property is read once. */
function readSiblings(kind: MultiKind, proof: unknown): Uint8Array[] | Rejection {
  try {
    if (typeof proof !== 'object' || proof === null) return { code: 'PROOF_FORMAT' }
    const { kind: claimed, siblings } = proof as Record<string, unknown>
    if (claimed !== undefined && claimed !== kind) return { code: 'PROOF_FORMAT' }
    return readHashes(siblings, MAX_SIBLINGS)
  } catch {
    // Whatever a hostile object does when it is read, it is no proof.
    return { code: 'PROOF_FORMAT' }
  }
}

/** The checks on indices, contents and siblings in their order; the first that fails is the verdict. */
export function judge(
  tree: Tree,
  given: LeafIndices,
  data: Uint8Array,
  siblings: readonly Uint8Array[],
  hasher: ProofHasher,
): Rejection | undefined {
  const { root, shape, leaves } = tree
  const indices = checkIndices(given, leaves)
  if (!Array.isArray(indices)) return indices
  const bytes = indices.reduce((sum, index) => sum + contentBytes(tree, index), 0)
  if (data.length !== bytes) return { code: 'CONTENT_LENGTH', expected: bytes, got: data.length }
  const count = countSiblings(indices, leaves)
  if (siblings.length !== count) return { code: 'PROOF_DEPTH', expected: count, got: siblings.length }
  const content = stableBytes(data, 'data')
  const got = hasher.multiRoot(shape, leaves, indices, leafHashes(tree, indices, content, hasher), siblings)
  // The flow's mark has no content: none is right.
  const mark = shape === 'flow' && indices[0] === 0
  if (mark || !equalBytes(got, root)) return { code: 'ROOT_MISMATCH', expected: root, got }
  return checkPadding(tree, indices, content)
}

function contentBytes({ file }: Tree, index: number): number {
  return file?.kind === 'segment' ? segmentSectors(file.layout, index) * SECTOR_BYTES : SECTOR_BYTES
}

/** The contents of leaves, which lie one after the other. */
function* contents(tree: Tree, indices: readonly number[], data: Uint8Array): Generator<[number, Uint8Array]> {
  let offset = 0
  for (const index of indices) {
    const end = offset + contentBytes(tree, index)
    yield [index, data.subarray(offset, end)]
    offset = end
  }
}

/** The hashes of leaves, one after the other. */
function leafHashes(tree: Tree, indices: readonly number[], data: Uint8Array, hasher: ProofHasher): Uint8Array {
  const { file } = tree
  if (file?.kind !== 'segment') return hasher.sectorHashes(data)
  const hashes = new Uint8Array(indices.length * HASH_BYTES)
  let next = 0
  for (const [index, content] of contents(tree, indices, data)) {
    hashes.set(hasher.segmentRoot(content, segmentLeaves(file.layout, index)), HASH_BYTES * next++)
  }
  return hashes
}

/** A root does not commit to the file's length: what lies past the trusted one must be zero. */
function checkPadding(tree: Tree, indices: readonly number[], data: Uint8Array): Rejection | undefined {
  if (!tree.file) return undefined
  const { kind, layout } = tree.file
  for (const [index, content] of contents(tree, indices, data)) {
    const start = index * (kind === 'segment' ? SEGMENT_BYTES : SECTOR_BYTES)
    const offset = firstPast(layout.size, start, content)
    if (offset !== undefined) return { code: 'PADDING_NONZERO', expected: layout.size, got: offset }
  }
  return undefined
}
