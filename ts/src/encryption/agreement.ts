import { secp256k1 } from '@noble/curves/secp256k1.js'
import { asBytes, fromHex, type Hex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES } from '../limits.js'
import { POINT_BYTES } from './header.js'

/** Bytes of an uncompressed point. */
const WHOLE_POINT_BYTES = 65

/** A public key of secp256k1: 33 bytes, or 65 uncompressed. */
export type PublicKey = Uint8Array | Hex

/** A private key that nobody has had before. */
export function drawPrivateKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey()
}

/** The 33 bytes of the public key. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return secp256k1.getPublicKey(checkPrivateKey(privateKey), true)
}

/**
 * The caller's public key as bytes.
 * @throws {ZgkitError} `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`; `INVALID_KEY` if it is no point of the curve
 */
export function toPublicKey(key: PublicKey, name: string): Uint8Array {
  // What is far too long is not worth reading.
  if (!(key?.length > 4 * WHOLE_POINT_BYTES)) {
    const bytes = typeof key === 'string' ? fromHex(key) : asBytes(key, name).slice()
    if (isPoint(bytes)) return bytes
  }
  throw new ZgkitError('INVALID_KEY', `${name} is no public key of secp256k1`, { name })
}

/** Whether bytes spell a point of the curve, compressed or not; the point at infinity is none. */
export function isPoint(bytes: Uint8Array): boolean {
  return (bytes.length === POINT_BYTES || bytes.length === WHOLE_POINT_BYTES) && secp256k1.utils.isValidPublicKey(bytes)
}

/**
 * What only the holders of one of the two private keys can compute: the 32 bytes of the common point's x.
 * @throws {ZgkitError} `INVALID_KEY` for a private key of 0 or not below the group's order
 */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return secp256k1.getSharedSecret(checkPrivateKey(privateKey), publicKey, true).subarray(1, 1 + HASH_BYTES)
}

function checkPrivateKey(privateKey: Uint8Array): Uint8Array {
  if (secp256k1.utils.isValidSecretKey(privateKey)) return privateKey
  throw new ZgkitError('INVALID_KEY', 'a private key is an integer from 1 to below the order of secp256k1')
}
