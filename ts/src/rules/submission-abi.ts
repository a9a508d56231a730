import {
  asBytes,
  asObject,
  concatBytes,
  equalBytes,
  fromHex,
  type HashLike,
  type Hex,
  toHash,
  toHex,
} from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, MAX_NODE_HEIGHT, MAX_TAGS_BYTES } from '../limits.js'
import { addressWord, bytesWords, malformed, Reader, WORD, wholeWords } from './abi.js'
import { type AddressLike, toAddress } from './task.js'
import { toUint, type Uint, word } from './uint.js'

/** A node of a submission. */
export interface NodeFields {
  readonly root: HashLike
  /** It covers 2^`height` sectors; at most 64. */
  readonly height: number
}

/** What the flow contract's `submit` takes, both generations of it (SPEC.md section 5). */
export interface SubmissionFields {
  /** Bytes of the file (uint64 here; the contract's type admits more). */
  readonly length: Uint
  /** Whatever the submitter wants to tell; none unless given. */
  readonly tags?: Uint8Array | Hex | undefined
  /** Nodes, highest first. At most 64. */
  readonly nodes: readonly NodeFields[]
  /** For whom it is submitted: in the newer generation, and only there. */
  readonly submitter?: AddressLike | undefined
}

/** {@link SubmissionFields} read: bytes and bigints of its own. */
export interface SubmissionData extends SubmissionFields {
  readonly length: bigint
  readonly tags: Uint8Array
  readonly nodes: readonly { readonly root: Uint8Array; readonly height: number }[]
  readonly submitter: Uint8Array | undefined
}

/** The flow contract's event `Submit`. It is the same in both generations, but for whom `sender` names. */
export interface SubmitEventFields {
  /** The submitter in the newer generation, who called in the older. */
  readonly sender: AddressLike
  /** The submission's digest. */
  readonly identity: HashLike
  /** Its number in the flow (uint64). */
  readonly submissionIndex: Uint
  /** Its first sector in the flow (uint64). */
  readonly startPos: Uint
  /** Its sectors (uint64). */
  readonly length: Uint
  /** What was submitted; a `submitter` is not part of the event. */
  readonly submission: SubmissionFields
}

/** {@link SubmitEventFields} read. */
export interface SubmitEvent extends SubmitEventFields {
  readonly sender: Uint8Array
  readonly identity: Uint8Array
  readonly submissionIndex: bigint
  readonly startPos: bigint
  readonly length: bigint
  readonly submission: SubmissionData
}

/** A log as nodes give it: what of it the event is in. */
export interface LogFields {
  readonly topics: readonly HashLike[]
  readonly data: Uint8Array | Hex
}

/** First four bytes of Keccak-256 over the signature of the older `submit`. */
const OLDER = Uint8Array.of(0xef, 0x3e, 0x12, 0xdc)
/** Likewise of the newer. */
const NEWER = Uint8Array.of(0xbc, 0x8c, 0x11, 0xf8)
/** Keccak-256 over the signature of the event. */
const EVENT: Hex = '0x167ce04d2aa1981994d3a31695da0d785373335b1078cec239a1a3a2c7675555'

const UINT64 = 2n ** 64n - 1n
/** Bytes of a submission before its tags: its length and two offsets. */
const HEAD = 3 * WORD
/** Bytes of a node. */
const NODE = 2 * WORD

/**
 * The calldata of `submit`: with a `submitter` in the newer form, `{data, submitter}`, otherwise in the older,
 * `{length, tags, nodes}`.
 * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 64 nodes or 4 MiB of tags, `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function encodeSubmission(fields: SubmissionFields): Uint8Array {
  const data = toSubmission(fields)
  if (!data.submitter) return concatBytes([OLDER, word(32n), tuple(data)])
  return concatBytes([NEWER, word(32n), word(64n), addressWord(data.submitter), tuple(data)])
}

/**
 * The submission of calldata of `submit`, of either generation: the selector says which. Only the one form that
 * {@link encodeSubmission} gives is taken.
 * @throws {ZgkitError} `LIMIT_EXCEEDED`, `DATA_FORMAT` for another selector, an offset that is not the due one and padding that is
 *   not zero, `RANGE` for numbers over 64 bits and heights above 64, `BUFFER_LENGTH` for bytes that are missing or left over
 */
export function decodeSubmission(calldata: Uint8Array | Hex): SubmissionData {
  const bytes = limited(calldata, 'calldata')
  const reader = new Reader(bytes)
  const got = reader.bytes(4)
  const newer = equalBytes(got, NEWER)
  if (!newer && !equalBytes(got, OLDER))
    throw malformed('the selector', `${toHex(NEWER)} or ${toHex(OLDER)}`, toHex(got))
  reader.offset(WORD)
  if (newer) reader.offset(2 * WORD)
  const submitter = newer ? reader.address() : undefined
  return { ...readTuple(reader), submitter }
}

/**
 * The log of a `Submit` event.
 * @throws {ZgkitError} as {@link encodeSubmission}
 */
export function encodeSubmitEvent(event: SubmitEventFields): { topics: Uint8Array[]; data: Uint8Array } {
  const { sender, identity, submissionIndex, startPos, length, submission } = asObject(event, 'event')
  const numbers = [
    toUint(submissionIndex, 64, 'submissionIndex'),
    toUint(startPos, 64, 'startPos'),
    toUint(length, 64, 'length'),
    4n * BigInt(WORD),
  ]
  return {
    topics: [fromHex(EVENT), addressWord(toAddress(sender, 'sender')), toHash(identity, 'identity')],
    data: concatBytes([...numbers.map(word), tuple(toSubmission(submission))]),
  }
}

/**
 * The event of a `Submit` log. Whether `identity` and `length` are the submission's is not asked: `submissionDigest` and
 * `submissionCapacity` say so.
 * @throws {ZgkitError} as {@link decodeSubmission}; `DATA_FORMAT` also for topics that are not this event's
 */
export function decodeSubmitEvent(log: LogFields): SubmitEvent {
  const { topics, data } = asObject(log, 'log')
  if (!Array.isArray(topics) || topics.length !== 3) throw malformed('topics', '3 hashes', topics?.length)
  const [event, account, identity] = Array.from(topics, topic => toHash(topic as HashLike, 'topic'))
  if (toHex(event as Uint8Array) !== EVENT) throw malformed('the event', EVENT, toHex(event as Uint8Array))
  const reader = new Reader(limited(data, 'data'))
  const sender = new Reader(account as Uint8Array).address()
  const submissionIndex = reader.word('submissionIndex', UINT64)
  const startPos = reader.word('startPos', UINT64)
  const length = reader.word('length', UINT64)
  reader.offset(4 * WORD)
  const submission = { ...readTuple(reader), submitter: undefined }
  return { sender, identity: identity as Uint8Array, submissionIndex, startPos, length, submission }
}

/** Reads a submission, each field once, limits first. */
function toSubmission(fields: SubmissionFields): SubmissionData {
  const { length, tags, nodes, submitter } = asObject(fields, 'submission')
  if (!Array.isArray(nodes)) throw new ZgkitError('INVALID_ARGUMENT', 'nodes must be an array')
  limit('nodes', MAX_NODE_HEIGHT, nodes.length)
  return {
    length: toUint(length, 64, 'length'),
    tags: tags === undefined ? new Uint8Array() : tagBytes(tags),
    nodes: Array.from(nodes as readonly NodeFields[], node => {
      const { root, height } = asObject(node, 'node')
      if (!Number.isInteger(height) || height < 0 || height > MAX_NODE_HEIGHT) {
        throw new ZgkitError('RANGE', `height must be an integer up to ${MAX_NODE_HEIGHT}, got ${height}`, {
          got: height,
        })
      }
      return { root: toHash(root, 'root'), height }
    }),
    submitter: submitter === undefined ? undefined : toAddress(submitter, 'submitter'),
  }
}

function tagBytes(tags: Uint8Array | Hex): Uint8Array {
  limit('bytes of tags', MAX_TAGS_BYTES, byteLength(tags, 'tags'))
  return typeof tags === 'string' ? fromHex(tags) : asBytes(tags, 'tags').slice()
}

/** The inner struct, whose offsets count from its own start. */
function tuple({ length, tags, nodes }: SubmissionData): Uint8Array {
  return concatBytes([
    word(length),
    word(BigInt(HEAD)),
    word(BigInt(HEAD + WORD + wholeWords(tags.length))),
    bytesWords(tags),
    word(BigInt(nodes.length)),
    ...nodes.flatMap(({ root, height }) => [root, word(BigInt(height))]),
  ])
}

/** Reads the inner struct, which ends what is encoded. */
function readTuple(reader: Reader): Omit<SubmissionData, 'submitter'> {
  const length = reader.word('length', UINT64)
  reader.offset(HEAD)
  const nodesAt = reader.uint(WORD)
  const tagsBytes = readCount(reader, 'bytes of tags', MAX_TAGS_BYTES)
  const due = HEAD + WORD + wholeWords(tagsBytes)
  if (nodesAt !== BigInt(due)) throw malformed('an offset', due, nodesAt)
  const tags = reader.bytes(tagsBytes)
  reader.zeros(wholeWords(tagsBytes) - tagsBytes)
  const count = readCount(reader, 'nodes', MAX_NODE_HEIGHT)
  const nodes = Array.from({ length: count }, () => ({
    root: reader.bytes(HASH_BYTES),
    height: Number(reader.word('height', BigInt(MAX_NODE_HEIGHT))),
  }))
  reader.end()
  return { length, tags, nodes }
}

function readCount(reader: Reader, what: string, most: number): number {
  const got = reader.uint(WORD)
  limit(what, most, got)
  return Number(got)
}

/** The bytes of what came from outside, unless they are more than any submission has. */
function limited(value: Uint8Array | Hex, name: string): Uint8Array {
  const most = MAX_TAGS_BYTES + MAX_NODE_HEIGHT * NODE + 16 * WORD
  limit(`bytes of ${name}`, most, byteLength(value, name))
  return typeof value === 'string' ? fromHex(value) : asBytes(value, name)
}

function byteLength(value: Uint8Array | Hex, name: string): number {
  return typeof value === 'string' ? value.length / 2 - 1 : asBytes(value, name).length
}

function limit(what: string, expected: number, got: number | bigint): void {
  if (got <= expected) return
  throw new ZgkitError('LIMIT_EXCEEDED', `at most ${expected} ${what}, got ${got}`, { expected, got })
}
