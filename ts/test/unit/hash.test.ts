import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import {
  blake2b512Many,
  blake2b512ManySync,
  keccak256Many,
  keccak256ManySync,
  type Progress,
} from '../../dist/index.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { onEachTier } from '../tiers.js'

onEachTier(() => {
  const forms = [
    { many: keccak256Many, sync: keccak256ManySync, oracle: keccak_256, digest: 32 },
    { many: blake2b512Many, sync: blake2b512ManySync, oracle: (message: Uint8Array) => blake2b(message), digest: 64 },
  ]

  it('hashes any number of messages of any length', async () => {
    for (const { many, sync, oracle, digest } of forms) {
      for (const length of [1, 32, 64, 137, 256]) {
        for (const count of [0, 1, 2, 7, 8, 9, 17]) {
          const messages = painted(length * count)
          const due = concatBytes(
            Array.from({ length: count }, (_, i) => oracle(messages.subarray(length * i, length * (i + 1)))),
          )
          expect(sync(messages, length), `${count} of ${length}`).toEqual(due)
          expect(await many(messages, length), `${count} of ${length}`).toEqual(due)
        }
      }
      // Into the caller's memory, and nothing beside it.
      const around = new Uint8Array(3 * digest + 2).fill(7)
      const out = around.subarray(1, 1 + 3 * digest)
      const messages = painted(300)
      const due = sync(messages, 100)
      expect(sync(messages, 100, out).buffer).toBe(around.buffer)
      expect(out).toEqual(due)
      expect([around[0], around.at(-1)]).toEqual([7, 7])
      out.fill(0)
      expect((await many(messages, 100, { out })).buffer).toBe(around.buffer)
      expect(out).toEqual(due)
      const shared = sharedBytes(300)
      shared.set(messages)
      expect(sync(shared, 100)).toEqual(due)
    }
  })

  it('reports, aborts and takes buffers over', async () => {
    const messages = painted(64 * 4000)
    const due = keccak256ManySync(messages, 64)
    const events: Progress[] = []
    expect(await keccak256Many(messages, 64, { onProgress: event => events.push(event) })).toEqual(due)
    expect(events.at(-1)).toEqual({ done: messages.length, total: messages.length })
    const controller = new AbortController()
    const hashing = keccak256Many(messages, 64, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(hashing).rejects.toThrow('enough')
    const given = messages.slice()
    expect(await keccak256Many(given, 64, { transfer: true })).toEqual(due)
    expect(given.length).toBe(0)
  })

  it('refuses what does not fit', async () => {
    const bytes = new Uint8Array(100)
    expect(await codeOf(() => keccak256ManySync(bytes, 33))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => keccak256Many(bytes, 33))).toBe('BUFFER_LENGTH')
    for (const length of [0, -1, 0.5, Number.NaN]) {
      expect(await codeOf(() => keccak256ManySync(bytes, length)), String(length)).toBe('RANGE')
    }
    expect(await codeOf(() => keccak256ManySync('text' as never, 1))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => blake2b512ManySync(bytes, 50, new Uint8Array(127)))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => blake2b512Many(bytes, 50, { out: new Uint8Array(129) }))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => keccak256ManySync(bytes.subarray(0, 50), 50, bytes.subarray(40, 72)))).toBe(
      'BUFFER_OVERLAP',
    )
    expect(await codeOf(() => keccak256ManySync(bytes.subarray(0, 40), 40, bytes.subarray(40, 72)))).toBe(
      'nothing was thrown',
    )
    expect(await codeOf(() => keccak256ManySync(bytes, 50, sharedBytes(64)))).toBe('INVALID_ARGUMENT')
  })
})
