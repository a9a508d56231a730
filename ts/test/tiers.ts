import { beforeAll, describe } from 'vitest'
import { type Engine, engine } from '../dist/backend/choose.js'
import { init } from '../dist/index.js'
import { type KernelName, TIERS, type Tier } from '../dist/kernels.js'
import { useVerifier, type VerifierTier } from '../dist/verify/index.js'

export const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined

/** The tiers that must work here. One that does not makes its tests fail, not vanish. */
export const tiers: readonly Tier[] = inNode ? TIERS : TIERS.filter(tier => tier !== 'native')

/** How many random cases a property gets: many more in `npm run test:deep`. */
export const runs = (usual: number) => (inNode && process.env.ZGKIT_DEEP ? 50 * usual : usual)

/** Runs tests once on each tier. */
export function onEachTier(tests: (tier: Tier) => void): void {
  describe.each(tiers)('[%s]', tier => {
    beforeAll(async () => {
      await init({ tier })
    })
    tests(tier)
  })
}

/** Runs tests once on each tier of zgkit/verify: tagged `verifier` on its own module, `verifier js` without. */
export function onEachVerifier(tests: (tier: VerifierTier) => void): void {
  describe.each(['wasm', 'js'] as const)('%s', tier => {
    describe(tier === 'wasm' ? '[verifier]' : '[verifier js]', () => {
      beforeAll(() => useVerifier(tier))
      tests(tier)
    })
  })
}

/** Calls a kernel of the tier in use directly. */
export async function kernel(
  name: KernelName,
  inputs: readonly Uint8Array[],
  params: readonly number[],
): Promise<Uint8Array> {
  return (await engine()).backend.call({ kernel: name, inputs, params })
}

export type { Engine }
