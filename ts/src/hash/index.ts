/**
 * Keccak-256 and BLAKE2b-512 of many messages of one length: as many at once as the processor has lanes.
 * @module
 */
import { engine, syncEngine } from '../backend/choose.js'
import { asBytes, outBytes, ownBytes, stableBytes, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES } from '../limits.js'
import { Control, type RunOptions } from '../run/control.js'
import { inPieces } from '../run/pieces.js'

/** Options of hashing many messages. */
export interface HashOptions extends RunOptions {
  /** Take the messages' buffer over instead of copying it; the caller's view is empty afterwards. */
  readonly transfer?: boolean | undefined
  /** Where the digests go. Memory of their own unless given. Until the end it holds nothing of use. */
  readonly out?: Uint8Array | undefined
}

/**
 * Keccak-256, with the original padding, of messages of one length that lie one after the other; off the calling thread if it is
 * worth it.
 * @param messages n * `messageBytes` bytes
 * @param messageBytes bytes of each message, at least 1
 * @returns 32 bytes for each message, in the same order
 * @throws {ZgkitError} `BUFFER_LENGTH` unless these are whole messages and `out` fits, `RANGE` for a length that is none,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`; the signal's reason when aborted
 */
export function keccak256Many(
  messages: ArrayBufferView | ArrayBufferLike,
  messageBytes: number,
  options: HashOptions = {},
): Promise<Uint8Array> {
  return many('keccak256', messages, messageBytes, options)
}

/**
 * As {@link keccak256Many} on the calling thread: at most 1 GiB, `LIMIT_EXCEEDED` otherwise; `BUFFER_OVERLAP` for an `out` over the
 * messages.
 */
export function keccak256ManySync(
  messages: ArrayBufferView | ArrayBufferLike,
  messageBytes: number,
  out?: Uint8Array,
): Uint8Array {
  return manySync('keccak256', messages, messageBytes, out)
}

/** As {@link keccak256Many} with BLAKE2b (RFC 7693, no key): 64 bytes for each message. */
export function blake2b512Many(
  messages: ArrayBufferView | ArrayBufferLike,
  messageBytes: number,
  options: HashOptions = {},
): Promise<Uint8Array> {
  return many('blake2b512', messages, messageBytes, options)
}

/** As {@link keccak256ManySync} with BLAKE2b (RFC 7693, no key): 64 bytes for each message. */
export function blake2b512ManySync(
  messages: ArrayBufferView | ArrayBufferLike,
  messageBytes: number,
  out?: Uint8Array,
): Uint8Array {
  return manySync('blake2b512', messages, messageBytes, out)
}

const DIGEST_BYTES = { keccak256: HASH_BYTES, blake2b512: 64 } as const
type Kernel = keyof typeof DIGEST_BYTES

async function many(kernel: Kernel, given: unknown, messageBytes: number, options: HashOptions): Promise<Uint8Array> {
  const control = new Control(options)
  control.check()
  const items = messageCount(given, messageBytes)
  const resultBytes = DIGEST_BYTES[kernel]
  const out = outBytes(options.out, items * resultBytes)
  const bytes = ownBytes(given, 'messages', options.transfer)
  const at = (start: number, end: number) => ({
    kernel,
    inputs: [bytes.subarray(start * messageBytes, end * messageBytes)],
    params: [messageBytes],
  })
  return inPieces(await engine(), control, { items, itemBytes: messageBytes, resultBytes, at }, out)
}

function manySync(kernel: Kernel, given: unknown, messageBytes: number, into: Uint8Array | undefined): Uint8Array {
  const items = messageCount(given, messageBytes)
  const bytes = stableBytes(given, 'messages')
  const out = outBytes(into, items * DIGEST_BYTES[kernel], bytes)
  return syncEngine().backend.call({ kernel, inputs: [bytes], params: [messageBytes] }, out)
}

/** How many messages these bytes are. */
function messageCount(given: unknown, messageBytes: number): number {
  const { length } = asBytes(given, 'messages')
  if (toCount(messageBytes, 'messageBytes') === 0) {
    throw new ZgkitError('RANGE', 'messageBytes must be at least 1', { got: 0 })
  }
  if (length % messageBytes !== 0) {
    throw new ZgkitError('BUFFER_LENGTH', `messages must be a multiple of ${messageBytes} bytes, got ${length}`, {
      expected: length - (length % messageBytes),
      got: length,
    })
  }
  return length / messageBytes
}
