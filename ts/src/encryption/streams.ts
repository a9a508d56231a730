import { asBytes, concatBytes } from '../bytes.js'
import {
  createCipher,
  type DecryptionKeys,
  type EncryptionKey,
  type FileCipher,
  openCipher,
  ownKeys,
  wipe,
} from './cipher.js'
import { encryptionHeaderBytes, versionOf } from './header.js'

/**
 * Encrypts what is piped through, header first. Encrypt first and then split: fragments are parts of the encrypted stream, with one
 * header in front of the first.
 *
 * Errors, those of {@link createFileCipher} too, are the stream's.
 */
export function encrypting(to: EncryptionKey): TransformStream<Uint8Array, Uint8Array> {
  let cipher: FileCipher
  let offset = 0
  return new TransformStream({
    async start(controller) {
      cipher = await createCipher(to)
      controller.enqueue(cipher.header)
    },
    async transform(chunk, controller) {
      const bytes = asBytes(chunk, 'stream chunk')
      const place = offset
      offset += bytes.length
      if (bytes.length > 0) controller.enqueue(await cipher.crypt(bytes, place))
    },
  })
}

/**
 * Decrypts what is piped through: an encrypted file from its header on, fragments one after the other. Pipe verified bytes only: the
 * format has no authentication tag, so nothing here can tell what was changed on the way.
 *
 * Errors, those of {@link openFileCipher} too, are the stream's.
 */
export function decrypting(keys: DecryptionKeys): TransformStream<Uint8Array, Uint8Array> {
  const own = ownKeys(keys)
  let start: Uint8Array = new Uint8Array()
  let cipher: FileCipher | undefined
  let offset = 0
  const open = async () => {
    cipher = await openCipher(start, own).finally(() => wipe(own))
    return start.subarray(cipher.headerBytes)
  }
  return new TransformStream({
    async transform(chunk, controller) {
      let bytes = asBytes(chunk, 'stream chunk')
      if (!cipher) {
        start = concatBytes([start, bytes])
        if (start.length === 0 || start.length < encryptionHeaderBytes(versionOf(start[0]))) return
        bytes = await open()
        start = new Uint8Array()
      }
      if (bytes.length === 0) return
      const plain = await (cipher as FileCipher).crypt(bytes, offset)
      offset += plain.length
      controller.enqueue(plain)
    },
    async flush() {
      // Too few bytes for a header: this throws the reason.
      if (!cipher) await open()
    },
  })
}
