import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import { createCipher } from '../../dist/encryption/cipher.js'
import {
  createFileCipher,
  type DecryptionKeys,
  decryptBytes,
  decrypting,
  type EncryptionKey,
  encryptBytes,
  encrypting,
  encryptionHeaderBytes,
  formatEncryptionHeader,
  openFileCipher,
  parseEncryptionHeader,
} from '../../dist/encryption/index.js'
import { Download, FileTree, fromHex, type Hex, type SegmentRequest } from '../../dist/index.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { runs } from '../tiers.js'

const key = painted(32)
/** The generator of the curve is the public key of 1. */
const one = new Uint8Array(32)
one[31] = 1
const GENERATOR = '0x0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'
const ORDER = '0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'

/** Both versions: whom it is for, and what they read it with. */
const BOTH: [EncryptionKey, DecryptionKeys][] = [
  [{ key }, { key }],
  [{ recipient: GENERATOR }, { privateKey: one }],
]

/** Cuts bytes at places in between. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const all = [0, ...places.filter(place => place <= bytes.length).sort((a, b) => a - b), bytes.length]
  return all.slice(1).map((end, i) => bytes.subarray(all[i], end))
}

async function through(
  portions: readonly Uint8Array[],
  transform: TransformStream<Uint8Array, Uint8Array>,
): Promise<Uint8Array> {
  const [writer, reader] = [transform.writable.getWriter(), transform.readable.getReader()]
  const writing = (async () => {
    for (const portion of portions) await writer.write(portion)
    await writer.close()
  })()
  writing.catch(() => {})
  const parts: Uint8Array[] = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concatBytes(parts)
    parts.push(value)
  }
}

it('streams: any portions give the bytes back, behind a header of their version', async () => {
  const places = fc.array(fc.nat(3000), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.nat(3000), places, places, async (version, size, plainCuts, cuts) => {
      const [to, keys] = BOTH[version] as [EncryptionKey, DecryptionKeys]
      const plain = painted(size)
      const encrypted = await through(cut(plain, plainCuts), encrypting(to))
      expect(encrypted.length).toBe(size + encryptionHeaderBytes(version === 0 ? 1 : 2))
      expect(encrypted[0]).toBe(version + 1)
      expect(equalBytes(await through(cut(encrypted, cuts), decrypting(keys)), plain)).toBe(true)
      expect(equalBytes(await decryptBytes(encrypted, keys), plain)).toBe(true)
      expect(equalBytes(await through([await encryptBytes(plain, to)], decrypting(keys)), plain)).toBe(true)
    }),
    { numRuns: runs(40) },
  )
})

it('random access: any range is that of the whole, wherever the counter begins', async () => {
  const bytes = painted(4096)
  const nonces = fc.oneof(
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    // Near the end of the counter, which wraps to 0.
    fc.nat(255).map(last => new Uint8Array(16).fill(255).with(15, last)),
  )
  await fc.assert(
    fc.asyncProperty(nonces, fc.nat(4096), fc.nat(4096), async (nonce, a, b) => {
      const cipher = await createCipher({ key }, { nonce })
      const [start, end] = [Math.min(a, b), Math.max(a, b)]
      const whole = await cipher.crypt(bytes)
      const part = await cipher.crypt(bytes.subarray(start, end), start)
      expect(equalBytes(part, whole.subarray(start, end))).toBe(true)
      // Nothing of the key stream comes along.
      expect(part.buffer.byteLength).toBe(end - start)
      const again = await openFileCipher(cipher.header, { key })
      expect(equalBytes(await again.crypt(part, start), bytes.subarray(start, end))).toBe(true)
    }),
    { numRuns: runs(100) },
  )
})

it('fragments are parts of the encrypted stream: one header, and the counter runs on', async () => {
  for (const [to, keys] of BOTH) {
    const plain = painted(5000)
    const encrypted = await encryptBytes(plain, to)
    const fragments = cut(encrypted, [1024, 2048, 3072, 4096])
    expect(equalBytes(await through(fragments, decrypting(keys)), plain)).toBe(true)
    const cipher = await openFileCipher(fragments[0] as Uint8Array, keys)
    const place = 3 * 1024 - cipher.headerBytes
    expect(await cipher.crypt(fragments[3] as Uint8Array, place)).toEqual(plain.subarray(place, place + 1024))
  }
})

it('a verified download of fragments, decrypted on the way', async () => {
  for (const [to, keys] of BOTH) {
    const plain = painted(700_001)
    const fragments = cut(await encryptBytes(plain, to), [524_288])
    const trees = await Promise.all(fragments.map(bytes => FileTree.build(bytes)))
    const source = {
      name: 'memory',
      async fetchSegment({ root, index }: SegmentRequest) {
        const fragment = trees.findIndex(tree => equalBytes(tree.root, root))
        const data = (fragments[fragment] as Uint8Array).subarray(index * 262_144, (index + 1) * 262_144)
        return { data, proof: (trees[fragment] as FileTree).proveSegment(index) }
      },
    }
    const files = trees.map(({ root, layout: { size } }) => ({ root, size }))
    const parts: Uint8Array[] = []
    const reader = new Download({ fragments: files, sources: [source] })
      .stream()
      .pipeThrough(decrypting(keys))
      .getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value)
    expect(equalBytes(concatBytes(parts), plain)).toBe(true)
  }
})

it('a nonce, and for a recipient a key pair, is drawn for each file', async () => {
  for (const [to] of BOTH) {
    const headers = await Promise.all(Array.from({ length: 20 }, async () => (await createFileCipher(to)).header))
    expect(new Set(headers.map(String)).size).toBe(20)
    const ephemeral = headers.map(bytes => parseEncryptionHeader(bytes)).map(header => String(Object.values(header)[1]))
    expect(new Set(ephemeral).size).toBe(20)
  }
})

it('keys and bytes are read before a call returns, whatever kind they are', async () => {
  const plain = painted(100)
  const shared = sharedBytes(100)
  shared.set(plain)
  const secret = key.slice()
  const pending = encryptBytes(shared, { key: secret })
  const stream = encrypting({ key: secret })
  const [mine, reading] = [key.slice(), key.slice()]
  const decoder = decrypting({ key: reading })
  for (const bytes of [secret, shared, reading]) bytes.fill(0)
  const encrypted = await pending
  const opening = decryptBytes(encrypted.slice().buffer, { key: mine })
  mine.fill(0)
  expect(await opening).toEqual(plain)
  expect(equalBytes(await decryptBytes(await through([plain], stream), { key }), plain)).toBe(true)
  expect(equalBytes(await through([encrypted], decoder), plain)).toBe(true)
  // Ours, not the caller's, are wiped.
  await encryptBytes(plain, { key })
  expect(key).toEqual(painted(32))
})

it('our copies of keys are wiped, and no key can be read back', async () => {
  const { subtle } = globalThis.crypto
  const seen: { bytes: Uint8Array; before: number; extractable: unknown }[] = []
  const importKey = (
    format: 'raw',
    bytes: Uint8Array<ArrayBuffer>,
    algorithm: 'HKDF',
    extractable: boolean,
    usages: KeyUsage[],
  ) => {
    seen.push({ bytes, before: bytes.filter(byte => byte !== 0).length, extractable })
    return SubtleCrypto.prototype.importKey.call(subtle, format, bytes, algorithm, extractable, usages)
  }
  Object.defineProperty(subtle, 'importKey', { configurable: true, value: importKey })
  try {
    for (const [to, keys] of BOTH) await decryptBytes(await encryptBytes(painted(10), to), keys)
  } finally {
    Reflect.deleteProperty(subtle, 'importKey')
  }
  expect(seen.length).toBe(4)
  for (const { bytes, before, extractable } of seen) {
    expect(before).toBeGreaterThan(16)
    expect(bytes).toEqual(new Uint8Array(32))
    expect(extractable).toBe(false)
  }
})

it('headers: parsed from more bytes than they have, and formatted again', () => {
  for (const [version, length] of [
    [1, 17],
    [2, 50],
  ] as const) {
    const bytes = painted(60).with(0, version)
    const header = parseEncryptionHeader(bytes)
    expect(header.version).toBe(version)
    expect(formatEncryptionHeader(header)).toEqual(bytes.subarray(0, length))
    expect(encryptionHeaderBytes(version)).toBe(length)
  }
})

it('what is no encrypted file is ENCRYPTION_FORMAT, from bytes and from streams', async () => {
  const keys = { key, privateKey: one }
  const header = (version: number, length: number) => painted(length).with(0, version)
  const point = fromHex(GENERATOR)
  const v2 = (ephemeral: Uint8Array) => concatBytes([Uint8Array.of(2), ephemeral, new Uint8Array(16)])
  const none: Record<string, Uint8Array> = {
    empty: new Uint8Array(),
    'version 0': header(0, 60),
    'version 3': header(3, 60),
    'version 255': header(255, 60),
    'short, version 1': header(1, 16),
    'short, version 2': header(2, 49),
    'x above the field': v2(point.map((_, i) => (i === 0 ? 2 : 255))),
    'x of no point': v2(point.map((byte, i) => (i === 0 ? byte : i === 32 ? 5 : 0))),
    'another form of point': v2(point.with(0, 4)),
    'point at infinity': v2(new Uint8Array(33)),
  }
  for (const [name, bytes] of Object.entries(none)) {
    expect(await codeOf(() => decryptBytes(bytes, keys)), name).toBe('ENCRYPTION_FORMAT')
    expect(await codeOf(() => through(cut(bytes, [1, 5, 20]), decrypting(keys))), name).toBe('ENCRYPTION_FORMAT')
  }
  expect(await codeOf(() => parseEncryptionHeader('0x01' as unknown as Uint8Array))).toBe('INVALID_ARGUMENT')
})

it('keys that are none have codes of their own, and never stand in the error', async () => {
  const file = await encryptBytes(painted(10), { key })
  const sent = await encryptBytes(painted(10), { recipient: GENERATOR })
  const wrong = (value: unknown) => value as EncryptionKey
  const cases: [string, () => unknown][] = [
    ['BUFFER_LENGTH', () => encryptBytes(file, { key: painted(31) })],
    ['BUFFER_LENGTH', () => decryptBytes(file, { key: painted(33) })],
    ['BUFFER_LENGTH', () => decryptBytes(sent, { privateKey: `0x${'ab'.repeat(31)}` })],
    ['INVALID_HEX', () => decryptBytes(sent, { privateKey: `${'ab'.repeat(32)}` as Hex })],
    ['INVALID_KEY', () => decryptBytes(sent, { key })],
    ['INVALID_KEY', () => decryptBytes(file, { privateKey: one })],
    ['INVALID_KEY', () => decryptBytes(file, {})],
    ['INVALID_KEY', () => decryptBytes(sent, { privateKey: new Uint8Array(32) })],
    ['INVALID_KEY', () => decryptBytes(sent, { privateKey: ORDER })],
    ['INVALID_KEY', () => encryptBytes(file, { recipient: painted(33) })],
    ['INVALID_KEY', () => encryptBytes(file, { recipient: new Uint8Array(33) })],
    ['INVALID_KEY', () => encryptBytes(file, { recipient: `0x${'00'.repeat(100_000)}` })],
    ['INVALID_KEY', () => encryptBytes(file, { recipient: fromHex(GENERATOR).subarray(0, 32) })],
    ['INVALID_HEX', () => encryptBytes(file, { recipient: GENERATOR.slice(2) as Hex })],
    ['INVALID_ARGUMENT', () => encryptBytes(file, wrong({ key, recipient: GENERATOR }))],
    ['INVALID_ARGUMENT', () => encryptBytes(file, wrong({}))],
    ['INVALID_ARGUMENT', () => encryptBytes(file, wrong(undefined))],
    ['INVALID_ARGUMENT', () => decryptBytes(file, wrong(null) as DecryptionKeys)],
    ['INVALID_ARGUMENT', () => through([file], encrypting(wrong({ key: 5 })))],
    ['INVALID_ARGUMENT', () => through(['text' as unknown as Uint8Array], encrypting({ key }))],
    ['BUFFER_LENGTH', () => decrypting({ key: painted(5) })],
  ]
  for (const [code, call] of cases) expect(await codeOf(call), call.toString()).toBe(code)
  const secret = `0x${'fe'.repeat(33)}` as const
  const error = await decryptBytes(sent, { privateKey: secret }).catch(error => error)
  expect(`${error.stack}${JSON.stringify(error.details)}${String(error.cause)}`).not.toContain('fefe')
})

it('places and lengths have limits', async () => {
  const cipher = await createFileCipher({ key })
  expect(await codeOf(() => cipher.crypt(painted(1), -1))).toBe('RANGE')
  expect(await codeOf(() => cipher.crypt(painted(1), 0.5))).toBe('RANGE')
  expect(await codeOf(() => cipher.crypt(painted(2), Number.MAX_SAFE_INTEGER))).toBe('RANGE')
  expect((await cipher.crypt(painted(1), Number.MAX_SAFE_INTEGER - 1)).length).toBe(1)
  expect((await cipher.crypt(new Uint8Array(), 5)).length).toBe(0)
  expect(await codeOf(() => cipher.crypt('text' as unknown as Uint8Array))).toBe('INVALID_ARGUMENT')
})
