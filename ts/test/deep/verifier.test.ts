import { expect, it } from 'vitest'
import { backend, init } from '../../dist/index.js'
import { compareClaims } from '../random-claims.js'

it('[verifier] three implementations agree on 20,000 random claims, honest and changed', async () => {
  await init()
  expect(backend().tier).toBe('native')
  const { accepted, refused } = compareClaims(20_000)
  expect(accepted + refused).toBe(20_000)
  expect(accepted).toBeGreaterThan(4000)
  expect(refused).toBeGreaterThan(8000)
})
