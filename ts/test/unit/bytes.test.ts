import fc from 'fast-check'
import { expect, it } from 'vitest'
import { asBytes, ownBytes, stableBytes, toCount } from '../../dist/bytes.js'
import { fromHex, toHex, ZgkitError } from '../../dist/index.js'
import { codeOf, sharedBytes } from '../patterns.js'

it('hex goes there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), bytes => {
      expect(fromHex(toHex(bytes))).toEqual(bytes)
    }),
  )
  expect(fromHex('0xABcd')).toEqual(Uint8Array.of(0xab, 0xcd))
})

it('text that is no hex is refused', async () => {
  for (const bad of ['', '0', 'ab', '0x0', '0xzz', '0x00 ', '0X00', ' 0x00', '0x00\n', 5, undefined, null]) {
    expect(await codeOf(() => fromHex(bad as never)), String(bad)).toBe('INVALID_HEX')
  }
})

it('views keep their offset and length; shared memory is copied, other memory is not', () => {
  const memory = Uint8Array.of(1, 2, 3, 4)
  expect(asBytes(memory.subarray(1, 3), 'x')).toEqual(Uint8Array.of(2, 3))
  expect(stableBytes(memory, 'x').buffer).toBe(memory.buffer)
  expect(ownBytes(memory, 'x').buffer).not.toBe(memory.buffer)
  const shared = sharedBytes(4)
  expect(stableBytes(shared, 'x').buffer).not.toBe(shared.buffer)
  expect(ownBytes(shared, 'x', true).buffer).not.toBe(shared.buffer)
  expect(shared.length).toBe(4)
})

it('counts are integers from 0 to 2^53 - 1', async () => {
  expect(toCount(2n ** 53n - 1n, 'x')).toBe(2 ** 53 - 1)
  expect(toCount(0, 'x')).toBe(0)
  for (const bad of [2n ** 53n, -1n, 2 ** 53, -1, 0.5, Number.NaN, '1', null]) {
    expect(await codeOf(() => toCount(bad as never, 'x')), String(bad)).toBe('RANGE')
  }
})

it('errors carry their code, values and cause', () => {
  const error = new ZgkitError('RANGE', 'text', { got: 1 }, 'cause')
  expect(error).toMatchObject({
    name: 'ZgkitError',
    code: 'RANGE',
    details: { got: 1 },
    retryable: false,
    cause: 'cause',
  })
  expect(new ZgkitError('WORKER_LOST', 'text').retryable).toBe(true)
})
