import { expect, it } from 'vitest'
import vectors from '../../../testdata/merkle/hasher_states.json' with { type: 'json' }
import { FileHasher, fromHex, toHex } from '../../dist/index.js'
import { codeOf, patternFile } from '../patterns.js'
import { onEachTier } from '../tiers.js'

onEachTier(() => {
  it('hasher_states: those of 22 places in files, and on to the root', async () => {
    for (const { pattern, size, at, state, root } of vectors.honest) {
      const file = patternFile(pattern, size)
      const hasher = await FileHasher.create()
      await hasher.write(file.subarray(0, at))
      expect(toHex(await hasher.suspend()), `${at} of ${size}`).toBe(state)
      const resumed = await FileHasher.resume(fromHex(state))
      expect(toHex(await resumed.suspend()), `${at} of ${size}, again`).toBe(state)
      await resumed.write(file.subarray(at))
      expect(toHex((await resumed.finish()).root), `${at} of ${size}`).toBe(root)
    }
    expect(vectors.honest.length).toBe(22)
  })

  it('hasher_states: 23 that are none', async () => {
    for (const { what, state } of vectors.refused) {
      expect(await codeOf(() => FileHasher.resume(fromHex(state))), what).toBe('STATE_FORMAT')
    }
    expect(vectors.refused.length).toBe(23)
  })

  it('hasher_states: the largest one', async () => {
    const hasher = await FileHasher.resume(fromHex(vectors.largest))
    expect(hasher.size).toBe(Number.MAX_SAFE_INTEGER)
    expect(toHex(await hasher.suspend())).toBe(vectors.largest)
    expect(await codeOf(() => hasher.write(new Uint8Array(1)))).toBe('RANGE')
    expect((await hasher.finish()).layout.size).toBe(Number.MAX_SAFE_INTEGER)
  })
})
