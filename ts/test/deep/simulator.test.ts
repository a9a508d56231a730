import { expect, it } from 'vitest'
import { init } from '../../dist/index.js'
import { simulations } from '../simulation.js'

it('[native] breaks no rule with 100,000 seeds', async () => {
  await init({ tier: 'native' })
  let seeds = 0
  for await (const { ok } of simulations(100_000)) seeds += Number(ok)
  expect(seeds).toBe(100_000)
})
