import { asBytes, asObject, concatBytes, fromHex, type HashLike, type Hex, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_DEPTH, SEAL_BYTES } from '../limits.js'
import { type RangeFields, RecallRange } from './recall.js'
import { toUint, type Uint, word } from './uint.js'

/** An answer as the mine contract takes it: its fields under its names, in its order. */
export interface AnswerFields {
  /** The context that was mined for. */
  readonly contextDigest: HashLike
  /** 32 bytes of the miner's choice. */
  readonly nonce: HashLike
  readonly minerId: HashLike
  readonly range: RangeFields
  /** The seal's first sector in the flow (uint256). */
  readonly recallPosition: Uint
  /** The seal's number within its load, 0 to 63 (uint256: the type admits more). */
  readonly sealOffset: Uint
  /** The context that the seal was sealed with: the one whose epoch added the seal's last sector. */
  readonly sealedContextDigest: HashLike
  /** The sealed bytes, 4096, before mixing. */
  readonly sealedData: Uint8Array | Hex
  /** Siblings in the flow tree from the seal's root (height 4) up, the root not included. */
  readonly merkleProof: readonly HashLike[]
}

/** {@link AnswerFields} read: bytes and bigints of its own. */
export interface Answer extends AnswerFields {
  readonly contextDigest: Uint8Array
  readonly nonce: Uint8Array
  readonly minerId: Uint8Array
  readonly range: RecallRange
  readonly recallPosition: bigint
  readonly sealOffset: bigint
  readonly sealedContextDigest: Uint8Array
  readonly sealedData: Uint8Array
  readonly merkleProof: readonly Uint8Array[]
}

/**
 * Reads an answer, each field once, into bytes and integers of its own.
 * @throws {ZgkitError} where it is none in the contract's types: `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`,
 *   `DETACHED_BUFFER`, and `LIMIT_EXCEEDED` for a proof of more than 64 siblings
 */
export function toAnswer(fields: AnswerFields): Answer {
  const {
    contextDigest,
    nonce,
    minerId,
    range,
    recallPosition,
    sealOffset,
    sealedContextDigest,
    sealedData,
    merkleProof,
  } = asObject(fields, 'answer')
  if (!Array.isArray(merkleProof)) throw new ZgkitError('INVALID_ARGUMENT', 'merkleProof must be an array')
  if (merkleProof.length > MAX_DEPTH) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_DEPTH} siblings, got ${merkleProof.length}`, {
      expected: MAX_DEPTH,
      got: merkleProof.length,
    })
  }
  // The length first: text of any length is not worth decoding.
  const given = typeof sealedData === 'string' ? sealedData.length / 2 - 1 : asBytes(sealedData, 'sealedData').length
  if (given !== SEAL_BYTES) {
    throw new ZgkitError('BUFFER_LENGTH', `sealedData must be ${SEAL_BYTES} bytes, got ${given}`, {
      expected: SEAL_BYTES,
      got: given,
    })
  }
  return {
    contextDigest: toHash(contextDigest, 'contextDigest'),
    nonce: toHash(nonce, 'nonce'),
    minerId: toHash(minerId, 'minerId'),
    range: new RecallRange(range),
    recallPosition: toUint(recallPosition, 256, 'recallPosition'),
    sealOffset: toUint(sealOffset, 256, 'sealOffset'),
    sealedContextDigest: toHash(sealedContextDigest, 'sealedContextDigest'),
    sealedData: typeof sealedData === 'string' ? fromHex(sealedData) : asBytes(sealedData, 'sealedData').slice(),
    merkleProof: Array.from(merkleProof, sibling => toHash(sibling, 'sibling')),
  }
}

/** The first four bytes of Keccak-256 over the signature of the mine contract's `submit`. */
const SUBMIT_SELECTOR = Uint8Array.of(0xae, 0x72, 0x2e, 0x82)
/** Words of the answer before its proof's elements, but for the proof's length. */
const HEAD_WORDS = 139

/**
 * The calldata of the mine contract's `submit(answer)`: 4 + 32 * (141 + siblings) bytes (SPEC.md section 11).
 * @throws {ZgkitError} as {@link toAnswer}
 */
export function encodeSubmit(fields: AnswerFields): Uint8Array {
  const { range, ...answer } = toAnswer(fields)
  return concatBytes([
    SUBMIT_SELECTOR,
    word(32n),
    answer.contextDigest,
    answer.nonce,
    answer.minerId,
    word(range.startPosition),
    word(range.mineLength),
    word(range.shardId),
    word(range.shardMask),
    word(answer.recallPosition),
    word(answer.sealOffset),
    answer.sealedContextDigest,
    answer.sealedData,
    word(BigInt(32 * HEAD_WORDS)),
    word(BigInt(answer.merkleProof.length)),
    ...answer.merkleProof,
  ])
}
