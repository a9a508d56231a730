import { asBytes, concatBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'

/** How a file was encrypted: 1 with a key that both sides have, 2 for the holder of a private key. */
export type EncryptionVersion = 1 | 2

/** What stands in front of an encrypted file (SPEC.md section 19). None of it is secret, and none of it can be trusted. */
export type EncryptionHeader =
  | { readonly version: 1; readonly nonce: Uint8Array }
  | {
      readonly version: 2
      /** The sender's public key, made for this file: 33 bytes. Whether it is one shows when the key is agreed on. */
      readonly ephemeralKey: Uint8Array
      readonly nonce: Uint8Array
    }

/** Bytes of a nonce: the counter that the file's first 16 bytes are encrypted with. */
export const NONCE_BYTES = 16
/** Bytes of a compressed point of the curve. */
export const POINT_BYTES = 33

/** Bytes of a header: 17 or 50. So much longer than the plain file is the encrypted one. */
export function encryptionHeaderBytes(version: EncryptionVersion): number {
  return version === 1 ? 1 + NONCE_BYTES : 1 + POINT_BYTES + NONCE_BYTES
}

/** The version that a header's first byte says. */
export function versionOf(byte: number | undefined): EncryptionVersion {
  if (byte === 1 || byte === 2) return byte
  const got = byte === undefined ? 'no byte' : `version ${byte}`
  throw new ZgkitError('ENCRYPTION_FORMAT', `an encrypted file begins with version 1 or 2, got ${got}`, { got: byte })
}

/**
 * The header of an encrypted file. Whether a file is encrypted is for the caller to know: many that are not begin with 1 or 2.
 * @param start the file's first bytes; more than the header is fine
 * @throws {ZgkitError} `ENCRYPTION_FORMAT` for another version and for too few bytes; `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function parseEncryptionHeader(start: ArrayBufferView | ArrayBufferLike): EncryptionHeader {
  const bytes = asBytes(start, 'start')
  const version = versionOf(bytes[0])
  const length = encryptionHeaderBytes(version)
  if (bytes.length < length) {
    throw new ZgkitError(
      'ENCRYPTION_FORMAT',
      `a header of version ${version} has ${length} bytes, got ${bytes.length}`,
      {
        expected: length,
        got: bytes.length,
      },
    )
  }
  const nonce = bytes.slice(length - NONCE_BYTES, length)
  return version === 1 ? { version, nonce } : { version, ephemeralKey: bytes.slice(1, 1 + POINT_BYTES), nonce }
}

/** A header as it stands in front of the file. */
export function formatEncryptionHeader(header: EncryptionHeader): Uint8Array {
  const { version, nonce } = header
  const middle = header.version === 2 ? [header.ephemeralKey] : []
  return concatBytes([Uint8Array.of(version), ...middle, nonce])
}
