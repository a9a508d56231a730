import { type Engine, engine, syncEngine } from '../backend/choose.js'
import { asBytes, asObject, type HashLike, outBytes, ownBytes, stableBytes, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { HASH_BYTES, MAX_CALL_BYTES, SEAL_BYTES, SEAL_SECTORS } from '../limits.js'
import { type HashMany, unmask } from '../rules/seal.js'
import { Control, type RunOptions } from '../run/control.js'
import { inPieces } from '../run/pieces.js'

/** What data is sealed for: who holds it, since when, and where in the flow. */
export interface SealKey {
  readonly minerId: HashLike
  /** The digest of the context whose epoch range holds the **last** sector of each seal; data of several contexts is sealed in parts. */
  readonly contextDigest: HashLike
  /** The first sector in the flow, a multiple of 16. */
  readonly startSector: number | bigint
}

/** Options of {@link seal} and {@link unseal}. */
export interface SealOptions extends RunOptions {
  /** Where the result goes: as many bytes as the data. Memory of its own unless given. Until the end it holds nothing of use. */
  readonly out?: Uint8Array | undefined
}

/**
 * Seals data of the flow: each 4096 bytes on their own, each 32-byte word under a mask that hangs on the sealed word before it
 * (SPEC.md section 9). Sequential within a seal, parallel over seals.
 * @param data n * 4096 bytes
 * @returns as many bytes
 * @throws {ZgkitError} `EMPTY_INPUT` and `BUFFER_LENGTH` for lengths, `RANGE` for a sector that no seal begins at,
 *   `UNSUPPORTED_ON_TIER` on the js tier, `BUFFER_OVERLAP` for an `out` over the data of a synchronous call, `INVALID_HEX`,
 *   `INVALID_ARGUMENT`, `DETACHED_BUFFER`; the signal's reason when aborted
 */
export function seal(
  data: ArrayBufferView | ArrayBufferLike,
  key: SealKey,
  options: SealOptions = {},
): Promise<Uint8Array> {
  return convert('seal', data, key, options)
}

/** As {@link seal} on the calling thread, at most 1 GiB: `LIMIT_EXCEEDED` otherwise. The result goes into `out` if given. */
export function sealSync(data: ArrayBufferView | ArrayBufferLike, key: SealKey, out?: Uint8Array): Uint8Array {
  return convertSync('seal', data, key, out)
}

/** Gives back what {@link seal} was given, on every tier; otherwise as there. */
export function unseal(
  sealed: ArrayBufferView | ArrayBufferLike,
  key: SealKey,
  options: SealOptions = {},
): Promise<Uint8Array> {
  return convert('unseal', sealed, key, options)
}

/** As {@link unseal} on the calling thread, at most 1 GiB: `LIMIT_EXCEEDED` otherwise. The result goes into `out` if given. */
export function unsealSync(sealed: ArrayBufferView | ArrayBufferLike, key: SealKey, out?: Uint8Array): Uint8Array {
  return convertSync('unseal', sealed, key, out)
}

/**
 * Unseals the words from some word but the first on, on the calling thread: it takes the sealed word before them and no key.
 * @param previous the sealed word before, 32 bytes
 * @param sealed sealed words of the same seal, n * 32 bytes up to 127 words
 * @returns the plain words
 * @throws {ZgkitError} `EMPTY_INPUT`, `BUFFER_LENGTH`, `LIMIT_EXCEEDED`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function unsealWords(
  previous: ArrayBufferView | ArrayBufferLike,
  sealed: ArrayBufferView | ArrayBufferLike,
): Uint8Array {
  const before = toHash(asBytes(previous, 'previous'), 'previous')
  const words = stableBytes(sealed, 'sealed')
  if (words.length === 0) throw new ZgkitError('EMPTY_INPUT', 'no words to unseal')
  if (words.length > SEAL_BYTES - HASH_BYTES) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${SEAL_BYTES - HASH_BYTES} bytes follow a seal's first word`, {
      expected: SEAL_BYTES - HASH_BYTES,
      got: words.length,
    })
  }
  if (words.length % HASH_BYTES !== 0) {
    throw new ZgkitError('BUFFER_LENGTH', `words have ${HASH_BYTES} bytes each`, { got: words.length })
  }
  return unmask(before, words, keccakOf(syncEngine()))
}

/** Keccak-256 of many messages, by an engine. */
export function keccakOf({ backend }: Engine): HashMany {
  return (messages, length) => backend.call({ kernel: 'keccak256', inputs: [messages], params: [length] })
}

type Direction = 'seal' | 'unseal'

async function convert(direction: Direction, given: unknown, key: SealKey, options: SealOptions): Promise<Uint8Array> {
  const control = new Control(options)
  control.check()
  const { bytes, at } = callOf(direction, given, key, ownBytes)
  const out = outBytes(options.out, bytes.length)
  const batch = {
    items: bytes.length / SEAL_BYTES,
    itemBytes: SEAL_BYTES,
    resultBytes: SEAL_BYTES,
    at: (start: number, end: number) => at(start * SEAL_BYTES, end * SEAL_BYTES),
  }
  return inPieces(await engine(), control, batch, out)
}

function convertSync(direction: Direction, given: unknown, key: SealKey, into: Uint8Array | undefined): Uint8Array {
  const { bytes, at } = callOf(direction, given, key, stableBytes)
  if (bytes.length > MAX_CALL_BYTES) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_CALL_BYTES} bytes at once, got ${bytes.length}`, {
      expected: MAX_CALL_BYTES,
      got: bytes.length,
    })
  }
  return syncEngine().backend.call(at(0, bytes.length), outBytes(into, bytes.length, bytes))
}

/** The bytes of a call, and the call for the part from `start` to `end` of them. */
function callOf(
  direction: Direction,
  given: unknown,
  key: SealKey,
  take: (value: unknown, name: string) => Uint8Array,
) {
  const { startSector, ...ids } = asObject(key, 'key')
  const minerId = toHash(ids.minerId, 'minerId')
  const contextDigest = toHash(ids.contextDigest, 'contextDigest')
  const sector = toCount(startSector, 'startSector')
  const { length } = asBytes(given, 'data')
  if (length === 0) throw new ZgkitError('EMPTY_INPUT', `no data to ${direction}`)
  if (length % SEAL_BYTES !== 0) {
    throw new ZgkitError('BUFFER_LENGTH', `data must be a multiple of ${SEAL_BYTES} bytes, got ${length}`, {
      expected: SEAL_BYTES,
      got: length,
    })
  }
  if (sector % SEAL_SECTORS !== 0) {
    throw new ZgkitError('RANGE', `startSector must be a multiple of ${SEAL_SECTORS}, got ${sector}`, { got: sector })
  }
  toCount(sector + (length / SEAL_BYTES) * SEAL_SECTORS, 'the last sector')
  const bytes = take(given, 'data')
  const at = (start: number, end: number): KernelCall => ({
    kernel: direction,
    inputs: [bytes.subarray(start, end), minerId, contextDigest],
    params: [sector + (start / SEAL_BYTES) * SEAL_SECTORS],
  })
  return { bytes, at }
}
