import { asBytes, asObject, type HashLike, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_CALL_BYTES } from '../limits.js'
import { uintOf, word } from '../rules/uint.js'
import { agree, drawPrivateKey, isPoint, type PublicKey, publicKeyOf, toPublicKey } from './agreement.js'
import {
  type EncryptionHeader,
  encryptionHeaderBytes,
  formatEncryptionHeader,
  NONCE_BYTES,
  parseEncryptionHeader,
} from './header.js'
import { deriveKey, drawBytes, importKey, xorStream } from './web-crypto.js'

/** Whom a file is encrypted for: those who have a key of 32 bytes (version 1), or the holder of a private key (version 2). */
export type EncryptionKey =
  | { readonly key: HashLike; readonly recipient?: undefined }
  | { readonly recipient: PublicKey; readonly key?: undefined }

/** What a reader has: files of version 1 need the key, those of version 2 the private key of secp256k1, each 32 bytes. */
export interface DecryptionKeys {
  readonly key?: HashLike | undefined
  readonly privateKey?: HashLike | undefined
}

/** What is drawn for each file. Vectors give it; everybody else must leave it to chance: two files under one key and nonce betray both. */
export interface Chance {
  readonly nonce?: Uint8Array
  readonly ephemeralPrivateKey?: Uint8Array
}

const BLOCK_BYTES = 16

/** An encrypted file's header with its key: encrypts or decrypts bytes from any place on. */
export class FileCipher {
  readonly #header: EncryptionHeader
  readonly #key: CryptoKey
  /** The nonce as an integer: the counter of the file's first 16 bytes. */
  readonly #first: bigint

  /** For `createFileCipher` and `openFileCipher`. */
  constructor(header: EncryptionHeader, key: CryptoKey) {
    this.#header = header
    this.#key = key
    this.#first = uintOf(header.nonce)
  }

  /** The bytes in front of the encrypted file. */
  get header(): Uint8Array {
    return formatEncryptionHeader(this.#header)
  }

  /** How many these are: byte `i` of the plain file is byte `headerBytes + i` of the encrypted one. */
  get headerBytes(): number {
    return encryptionHeaderBytes(this.#header.version)
  }

  /**
   * Encrypts plain bytes or decrypts encrypted ones: the two are the same. Nothing shows whether the result is right: there is no
   * authentication tag, so verify what you decrypt first.
   * @param offset of the first byte in the plain file, any number of bytes
   * @throws {ZgkitError} `LIMIT_EXCEEDED` above 1 GiB, `RANGE`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
   */
  async crypt(bytes: ArrayBufferView | ArrayBufferLike, offset = 0): Promise<Uint8Array> {
    const given = limited(bytes, 'bytes')
    const place = toCount(offset, 'offset')
    toCount(place + given.length, 'offset and length')
    // The key stream comes in blocks: what stands before the first byte in its block is made too and dropped.
    const skip = place % BLOCK_BYTES
    const blocks = new Uint8Array(skip + given.length)
    blocks.set(given, skip)
    const result = await xorStream(this.#key, this.#counterAt((place - skip) / BLOCK_BYTES), blocks)
    // A copy, not a view: the dropped bytes are key stream, which must not leave in the result's buffer.
    return skip === 0 ? result : result.slice(skip)
  }

  #counterAt(block: number): Uint8Array {
    return word(BigInt.asUintN(8 * BLOCK_BYTES, this.#first + BigInt(block))).slice(-BLOCK_BYTES)
  }
}

/**
 * Bytes that are not too many for one call.
 * @throws {ZgkitError} `LIMIT_EXCEEDED`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function limited(value: unknown, name: string): Uint8Array {
  const bytes = asBytes(value, name)
  if (bytes.length <= MAX_CALL_BYTES) return bytes
  throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_CALL_BYTES} bytes at once, got ${bytes.length}`, {
    name,
    expected: MAX_CALL_BYTES,
    got: bytes.length,
  })
}

/** A cipher for a new file. Both keys and chance are read before this returns. */
export async function createCipher(to: EncryptionKey, chance: Chance = {}): Promise<FileCipher> {
  const { key, recipient } = asObject(to, 'to')
  if ((key === undefined) === (recipient === undefined)) {
    throw new ZgkitError('INVALID_ARGUMENT', 'one of key and recipient is needed', { name: 'to' })
  }
  const nonce = chance.nonce?.slice() ?? drawBytes(NONCE_BYTES)
  if (key !== undefined) return new FileCipher({ version: 1, nonce }, await importKey(toHash(key, 'key')))
  const publicKey = toPublicKey(recipient as PublicKey, 'recipient')
  const own = chance.ephemeralPrivateKey?.slice() ?? drawPrivateKey()
  try {
    const header = { version: 2, ephemeralKey: publicKeyOf(own), nonce } as const
    return new FileCipher(header, await deriveKey(agree(own, publicKey)))
  } finally {
    own.fill(0)
  }
}

/** The cipher of a file that begins with `start`. */
export async function openCipher(start: ArrayBufferView | ArrayBufferLike, keys: DecryptionKeys): Promise<FileCipher> {
  const own = ownKeys(keys)
  try {
    const header = parseEncryptionHeader(start)
    const needed = header.version === 1 ? own.key : own.privateKey
    if (!needed) {
      const name = header.version === 1 ? 'key' : 'privateKey'
      throw new ZgkitError('INVALID_KEY', `the file is of version ${header.version}, which needs ${name}`, { name })
    }
    if (header.version === 1) return new FileCipher(header, await importKey(needed))
    if (!isPoint(header.ephemeralKey)) {
      throw new ZgkitError('ENCRYPTION_FORMAT', 'the ephemeral key is no point of secp256k1')
    }
    return new FileCipher(header, await deriveKey(agree(needed, header.ephemeralKey)))
  } finally {
    wipe(own)
  }
}

/** Copies of our own of a reader's keys. */
export interface OwnKeys {
  readonly key: Uint8Array | undefined
  readonly privateKey: Uint8Array | undefined
}

export function ownKeys(keys: DecryptionKeys): OwnKeys {
  const { key, privateKey } = asObject(keys, 'keys')
  return {
    key: key === undefined ? undefined : toHash(key, 'key'),
    privateKey: privateKey === undefined ? undefined : toHash(privateKey, 'privateKey'),
  }
}

export function wipe({ key, privateKey }: OwnKeys): void {
  key?.fill(0)
  privateKey?.fill(0)
}
