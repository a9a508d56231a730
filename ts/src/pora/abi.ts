import { asObject, type Hex, toHash, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, SEAL_BYTES } from '../limits.js'
import { type Answer, type AnswerFields, toAnswer } from '../rules/answer.js'
import { toSealRanges, toTask, type VerifyTask } from './checks.js'

/** A recall range as libraries for contracts take and give it. */
export interface AbiRange {
  readonly startPosition: bigint
  readonly mineLength: bigint
  readonly shardId: bigint
  readonly shardMask: bigint
}

/** An answer as libraries for contracts take and give it: `0x` text and bigints, the seal in 128 words. */
export interface AbiAnswer {
  readonly contextDigest: Hex
  readonly nonce: Hex
  readonly minerId: Hex
  readonly range: AbiRange
  readonly recallPosition: bigint
  readonly sealOffset: bigint
  readonly sealedContextDigest: Hex
  readonly sealedData: readonly Hex[]
  readonly merkleProof: readonly Hex[]
}

/** What an answer is checked against, as the verifier contract takes it. */
export interface AbiTask {
  readonly context: { readonly flowRoot: Hex; readonly flowLength: bigint; readonly digest: Hex }
  readonly poraTarget: bigint
  readonly subtaskDigest: Hex
  readonly maxShards: bigint
  readonly sealRanges: readonly { readonly digest: Hex; readonly start: bigint; readonly end: bigint }[]
}

/**
 * An answer for `mineAbi` and `verifierAbi`.
 * @throws {ZgkitError} as `toAnswer`
 */
export function answerToAbi(fields: AnswerFields): AbiAnswer {
  const { sealedData, merkleProof, range, ...answer } = toAnswer(fields)
  const { startPosition, mineLength, shardId, shardMask } = range
  return {
    contextDigest: toHex(answer.contextDigest),
    nonce: toHex(answer.nonce),
    minerId: toHex(answer.minerId),
    range: { startPosition, mineLength, shardId, shardMask },
    recallPosition: answer.recallPosition,
    sealOffset: answer.sealOffset,
    sealedContextDigest: toHex(answer.sealedContextDigest),
    sealedData: Array.from({ length: SEAL_BYTES / HASH_BYTES }, (_, i) =>
      toHex(sealedData.subarray(HASH_BYTES * i, HASH_BYTES * (i + 1))),
    ),
    merkleProof: merkleProof.map(toHex),
  }
}

/**
 * A task for `verifierAbi`.
 * @throws {ZgkitError} as `verifyAnswer` for a task that is none
 */
export function taskToAbi(trusted: VerifyTask): AbiTask {
  const { flowRoot, flowLength, digest, poraTarget, subtaskDigest, maxShards } = toTask(trusted)
  return {
    context: { flowRoot: toHex(flowRoot), flowLength, digest: toHex(digest) },
    poraTarget,
    subtaskDigest: toHex(subtaskDigest),
    maxShards,
    sealRanges: toSealRanges(trusted).map(({ digest, start, end }) => ({ digest: toHex(digest), start, end })),
  }
}

/**
 * The answer in what a library decoded by `mineAbi`, with any fields besides. It may be anybody's.
 * @throws {ZgkitError} as `toAnswer`
 */
export function answerFromAbi(decoded: AnswerWords): Answer {
  // Each field by its name: what ethers gives has no names of its own to spread.
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
  } = asObject(decoded, 'answer')
  return toAnswer({
    contextDigest,
    nonce,
    minerId,
    range,
    recallPosition,
    sealOffset,
    sealedContextDigest,
    sealedData: joinWords(sealedData),
    merkleProof,
  })
}

/** An answer as decoded: {@link AbiAnswer}, but for the seal, a list of 128 words, of which viem's types only say `unknown`. */
export type AnswerWords = Omit<AnswerFields, 'sealedData'> & { readonly sealedData: unknown }

function joinWords(words: unknown): Uint8Array {
  const count = SEAL_BYTES / HASH_BYTES
  if (!Array.isArray(words)) throw new ZgkitError('INVALID_ARGUMENT', 'sealedData must be an array')
  if (words.length !== count) {
    throw new ZgkitError('BUFFER_LENGTH', `sealedData must be ${count} words, got ${words.length}`, {
      expected: count,
      got: words.length,
    })
  }
  const bytes = new Uint8Array(SEAL_BYTES)
  for (let i = 0; i < count; i++) bytes.set(toHash(words[i] as Hex, 'word'), HASH_BYTES * i)
  return bytes
}
