import { expect, it } from 'vitest'
import { Spares } from '../../dist/run/spares.js'

const MIB = 1_048_576

/** Compared by identity: a difference between large buffers is not to be printed. */
const isThat = (spares: Spares, buffer: ArrayBuffer) => spares.take(buffer.byteLength).buffer === buffer

it('gives a buffer that came back to the next input of its length, once', () => {
  const spares = new Spares()
  const buffer = spares.take(MIB).buffer
  spares.give([buffer])
  expect(spares.take(MIB - 1).length).toBe(MIB - 1)
  expect(isThat(spares, buffer)).toBe(true)
  expect(isThat(spares, buffer)).toBe(false)
})

it('keeps the newest 16 MiB, and none below 64 KiB', () => {
  const spares = new Spares()
  const buffers = Array.from({ length: 17 }, () => new ArrayBuffer(MIB))
  const [small, large] = [new ArrayBuffer(65_535), new ArrayBuffer(16 * MIB + 1)]
  spares.give([...buffers, small])
  expect(isThat(spares, small)).toBe(false)
  for (const buffer of buffers.slice(1)) expect(isThat(spares, buffer)).toBe(true)
  expect(isThat(spares, buffers[0] as ArrayBuffer)).toBe(false)
  spares.give([large])
  expect(isThat(spares, large)).toBe(false)
})
