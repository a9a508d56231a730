import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import vectors from '../../../testdata/storage/client_features.json' with { type: 'json' }
import { equalBytes } from '../../dist/bytes.js'
import { createCipher, FileCipher, openCipher } from '../../dist/encryption/cipher.js'
import {
  type DecryptionKeys,
  decryptBytes,
  type EncryptionKey,
  parseEncryptionHeader,
} from '../../dist/encryption/index.js'
import { importKey } from '../../dist/encryption/web-crypto.js'
import { fileRoot, fromHex, type Hex, toHex } from '../../dist/index.js'
import { patternBytes } from '../patterns.js'

const hex = (text: string) => fromHex(text)

it('encryption: header, ciphertext and root of 8 files, and back', async () => {
  const ran = { 1: 0, 2: 0 }
  for (const row of vectors.encryption) {
    const plain = patternBytes(row.plainPattern, row.size)
    const recipient = row.recipientPub as Hex | undefined
    const to: EncryptionKey = recipient === undefined ? { key: row.aesKey as Hex } : { recipient }
    const keys: DecryptionKeys =
      row.recipientPriv === undefined ? { key: row.aesKey as Hex } : { privateKey: row.recipientPriv as Hex }
    const cipher = await createCipher(to, {
      nonce: hex(row.nonce),
      ...(row.ephemeralPriv !== undefined && { ephemeralPrivateKey: hex(row.ephemeralPriv) }),
    })
    expect(toHex(cipher.header)).toBe(row.header)
    const encrypted = new Uint8Array(row.encryptedSize)
    encrypted.set(cipher.header)
    encrypted.set(await cipher.crypt(plain), cipher.headerBytes)
    expect(cipher.headerBytes + plain.length).toBe(row.encryptedSize)
    expect(toHex(encrypted.subarray(cipher.headerBytes, cipher.headerBytes + 48))).toBe(row.cipherHead)
    expect(toHex(keccak_256(encrypted))).toBe(row.encryptedKeccak)
    expect(toHex(await fileRoot(encrypted))).toBe(row.fileRoot)

    expect(equalBytes(await decryptBytes(encrypted, keys), plain)).toBe(true)
    const header = parseEncryptionHeader(encrypted)
    expect(toHex(header.nonce)).toBe(row.nonce)
    if (header.version === 2) {
      expect(toHex(header.ephemeralKey)).toBe(row.ephemeralPub)
      // The key that was agreed on is the row's: as a key of version 1 it decrypts the same bytes.
      const agreed = new FileCipher({ version: 1, nonce: header.nonce }, await importKey(hex(row.aesKey)))
      expect(equalBytes(await agreed.crypt(encrypted.subarray(50)), plain)).toBe(true)
    }
    ran[header.version]++
  }
  expect(ran).toEqual({ 1: 6, 2: 2 })
})

it('ctr: the key stream at 9 places, over the counter’s end too', async () => {
  for (const { key, nonce, offset, keystream40 } of vectors.ctr) {
    const cipher = await createCipher({ key: key as Hex }, { nonce: hex(nonce) })
    expect(toHex(await cipher.crypt(new Uint8Array(40), offset))).toBe(keystream40)
  }
  expect(vectors.ctr.length).toBe(9)
})

it('goFixture: a message of another client', async () => {
  const { recipientPriv, message, plaintextHex } = vectors.goFixture
  const privateKey = recipientPriv as Hex
  expect(toHex(await decryptBytes(hex(message), { privateKey }))).toBe(plaintextHex)
  const cipher = await openCipher(hex(message).subarray(0, 50), { privateKey })
  expect(toHex(await cipher.crypt(hex(message).subarray(50 + 7), 7))).toBe(`0x${plaintextHex.slice(2 + 14)}`)
})
