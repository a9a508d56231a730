import { execFileSync } from 'node:child_process'
import { createCipheriv, createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createCipher } from '../../dist/encryption/cipher.js'
import { decryptBytes, encryptBytes } from '../../dist/encryption/index.js'
import { codeOf } from '../patterns.js'
import { runs } from '../tiers.js'

/** A module's address as a literal of a script. */
const urlOf = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

it('version 1 equals AES-256-CTR of node:crypto, at any place', async () => {
  const data = fc.uint8Array({ maxLength: 700 })
  await fc.assert(
    fc.asyncProperty(bytesOf(32), bytesOf(16), data, fc.nat(700), async (key, nonce, plain, from) => {
      const cipher = await createCipher({ key }, { nonce })
      const expected = createCipheriv('aes-256-ctr', key, nonce).update(plain)
      expect(Buffer.from(await cipher.crypt(plain))).toEqual(expected)
      const start = Math.min(from, plain.length)
      expect(Buffer.from(await cipher.crypt(plain.subarray(start), start))).toEqual(expected.subarray(start))
    }),
    { numRuns: runs(200) },
  )
})

/** Version 2 by node:crypto alone: the file's key. */
function fileKey(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const own = createECDH('secp256k1')
  own.setPrivateKey(privateKey)
  const info = '0g-storage-client/ecies/v1/aes-256'
  return new Uint8Array(hkdfSync('sha256', own.computeSecret(publicKey), new Uint8Array(), info, 32))
}

it('version 2 is readable for node:crypto, and reads what that wrote', async () => {
  // Zero and numbers above the order do not come up.
  await fc.assert(
    fc.asyncProperty(bytesOf(32), fc.boolean(), fc.uint8Array({ maxLength: 300 }), async (seed, compressed, plain) => {
      const recipient = createECDH('secp256k1')
      recipient.setPrivateKey(seed.with(0, 1))
      const form = compressed ? 'compressed' : 'uncompressed'
      const publicKey = new Uint8Array(recipient.getPublicKey(null, form))

      const encrypted = await encryptBytes(plain, { recipient: publicKey })
      const key = fileKey(seed.with(0, 1), encrypted.subarray(1, 34))
      const decipher = createDecipheriv('aes-256-ctr', key, encrypted.subarray(34, 50))
      expect(new Uint8Array(decipher.update(encrypted.subarray(50)))).toEqual(plain)

      const sender = createECDH('secp256k1')
      sender.generateKeys()
      const ephemeral = sender.getPublicKey(null, 'compressed')
      const nonce = randomBytes(16)
      const body = createCipheriv('aes-256-ctr', fileKey(sender.getPrivateKey(), publicKey), nonce).update(plain)
      const sent = Buffer.concat([Buffer.of(2), ephemeral, nonce, body])
      expect(await decryptBytes(sent, { privateKey: seed.with(0, 1) })).toEqual(plain)
    }),
    { numRuns: runs(30) },
  )
})

it('more than 1 GiB at once is refused before it is copied', () => {
  // In a process of its own: the most memory that it ever had says whether there was a copy. Zeros that nobody read take none.
  const script = `import { createCipher } from ${urlOf('../../dist/encryption/cipher.js')}
    import { decryptBytes, encryptBytes } from ${urlOf('../../dist/encryption/index.js')}
    import { peakMemory } from ${urlOf('../peak.mjs')}
    const much = new Uint8Array(2 ** 30 + 1)
    const key = new Uint8Array(32)
    const calls = [encryptBytes(much, { key }), decryptBytes(much, { key }), (await createCipher({ key })).crypt(much)]
    const codes = (await Promise.allSettled(calls)).map(({ reason }) => reason?.code)
    console.log(JSON.stringify({ codes, peak: peakMemory() }))`
  const { codes, peak } = JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString())
  expect(codes).toEqual(new Array(3).fill('LIMIT_EXCEEDED'))
  expect(peak).toBeLessThan(2 ** 29)
})

it('without WebCrypto it says so', async () => {
  const given = Object.getOwnPropertyDescriptor(globalThis, 'crypto') as PropertyDescriptor
  const key = new Uint8Array(32).fill(1)
  const file = await encryptBytes(new Uint8Array(1), { key })
  try {
    for (const value of [undefined, { getRandomValues: () => {} }]) {
      Object.defineProperty(globalThis, 'crypto', { configurable: true, value })
      expect(await codeOf(() => encryptBytes(new Uint8Array(1), { key }))).toBe('UNSUPPORTED_ON_HOST')
      expect(await codeOf(() => decryptBytes(file, { key }))).toBe('UNSUPPORTED_ON_HOST')
    }
  } finally {
    Object.defineProperty(globalThis, 'crypto', given)
  }
})
