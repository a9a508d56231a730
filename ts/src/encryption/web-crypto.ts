import { ZgkitError } from '../errors.js'

/** AES with keys of 256 bits, the counter being all of the block: it wraps at 2^128. */
const AES = { name: 'AES-CTR', length: 256 } as const
const COUNTER_BITS = 128
/** What the key of version 2 is derived for. */
const INFO = new TextEncoder().encode('0g-storage-client/ecies/v1/aes-256')

/** WebCrypto of Node, browsers and workers. */
function webCrypto(): Crypto {
  const found = globalThis.crypto
  if (found?.subtle) return found
  throw new ZgkitError('UNSUPPORTED_ON_HOST', 'there is no WebCrypto here; browsers have it in secure contexts only')
}

const subtle = () => webCrypto().subtle

/** Bytes that nobody can guess. */
export function drawBytes(length: number): Uint8Array {
  return webCrypto().getRandomValues(new Uint8Array(length))
}

/** A key of 32 bytes as WebCrypto keeps it: it cannot be read back. The bytes are wiped. */
export function importKey(bytes: Uint8Array): Promise<CryptoKey> {
  return wiped(bytes, key => subtle().importKey('raw', key, AES, false, ['encrypt']))
}

/** The key that follows from an agreed secret, by HKDF-SHA256 without salt. The secret is wiped. */
export async function deriveKey(secret: Uint8Array): Promise<CryptoKey> {
  const base = await wiped(secret, bytes => subtle().importKey('raw', bytes, 'HKDF', false, ['deriveKey']))
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: INFO }
  return subtle().deriveKey(hkdf, base, AES, false, ['encrypt'])
}

/** XORs the key stream that begins at a counter. */
export async function xorStream(key: CryptoKey, counter: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const algorithm = { name: AES.name, counter: counter as Uint8Array<ArrayBuffer>, length: COUNTER_BITS }
  return new Uint8Array(await subtle().encrypt(algorithm, key, bytes as Uint8Array<ArrayBuffer>))
}

/** WebCrypto copies what it is given before it returns, so nothing is lost by wiping at once. */
function wiped<T>(bytes: Uint8Array, use: (bytes: Uint8Array<ArrayBuffer>) => T): T {
  try {
    return use(bytes as Uint8Array<ArrayBuffer>)
  } finally {
    bytes.fill(0)
  }
}
