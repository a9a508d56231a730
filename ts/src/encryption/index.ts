/**
 * Files that are encrypted by the client: AES-256-CTR behind a header, for those who share a key or for the holder of a private key.
 *
 * The format has no authentication tag. What makes a decrypted file whole and right is that its encrypted bytes were verified: decrypt
 * what a verified download gave.
 * @module
 */
import { concatBytes } from '../bytes.js'
import {
  createCipher,
  type DecryptionKeys,
  type EncryptionKey,
  type FileCipher,
  limited,
  openCipher,
} from './cipher.js'

export type { PublicKey } from './agreement.js'
export type { DecryptionKeys, EncryptionKey, FileCipher } from './cipher.js'
export {
  type EncryptionHeader,
  type EncryptionVersion,
  encryptionHeaderBytes,
  formatEncryptionHeader,
  parseEncryptionHeader,
} from './header.js'
export { decrypting, encrypting } from './streams.js'

/**
 * A cipher for a new file, with a nonce (and for version 2 a key pair) of its own. Encrypt one file with it, each byte once.
 *
 * Keys are read before this returns, our copies of them are wiped, and WebCrypto does not give them back.
 * @throws {ZgkitError} `BUFFER_LENGTH` for a key that has not 32 bytes, `INVALID_KEY` for a recipient that is no point of secp256k1,
 *   `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`, `UNSUPPORTED_ON_HOST` where there is no WebCrypto
 */
export function createFileCipher(to: EncryptionKey): Promise<FileCipher> {
  return createCipher(to)
}

/**
 * The cipher of an encrypted file, for random access.
 * @param start the file's first 50 bytes, or all there are
 * @throws {ZgkitError} as {@link createFileCipher}; `ENCRYPTION_FORMAT` for a header that is none, `INVALID_KEY` for a private key that is
 *   none and where the key is missing that the version needs
 */
export function openFileCipher(start: ArrayBufferView | ArrayBufferLike, keys: DecryptionKeys): Promise<FileCipher> {
  return openCipher(start, keys)
}

/**
 * Bytes encrypted as a file of their own: header and ciphertext.
 * @throws {ZgkitError} as {@link createFileCipher} and {@link FileCipher.crypt}
 */
export async function encryptBytes(plain: ArrayBufferView | ArrayBufferLike, to: EncryptionKey): Promise<Uint8Array> {
  const own = limited(plain, 'plain').slice()
  const cipher = await createCipher(to)
  return concatBytes([cipher.header, await cipher.crypt(own)])
}

/**
 * The plain bytes of a whole encrypted file.
 * @throws {ZgkitError} as {@link openFileCipher} and {@link FileCipher.crypt}
 */
export async function decryptBytes(
  encrypted: ArrayBufferView | ArrayBufferLike,
  keys: DecryptionKeys,
): Promise<Uint8Array> {
  const own = limited(encrypted, 'encrypted').slice()
  const cipher = await openCipher(own, keys)
  return cipher.crypt(own.subarray(cipher.headerBytes))
}
