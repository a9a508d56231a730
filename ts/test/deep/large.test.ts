import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import { planSubmission, toHex, zeroRoot } from '../../dist/index.js'
import { TIERS } from '../../dist/kernels.js'

const ZEROS = fileURLToPath(new URL('./zeros.mjs', import.meta.url))
const [MIB, GIB] = [2 ** 20, 2 ** 30]

/** The root of that many zero bytes, from the nodes of their submission alone. */
function rootOfZeros(size: number): Uint8Array {
  return planSubmission(size)
    .nodes.map(node => zeroRoot(node.height))
    .reduceRight((right, left) => keccak_256(concatBytes([left, right])))
}

/** Hashes zeros in a process of its own. */
async function hash(...args: (string | number)[]): Promise<{ root: string; peak: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [ZEROS, ...args.map(String)])
  return JSON.parse(stdout)
}

describe.each(TIERS)('[%s]', tier => {
  it('hashes a stream of 20 GiB in the memory that 1 GiB takes', { timeout: 1_800_000 }, async () => {
    // JavaScript alone would take minutes for each GiB.
    const [small, large] = tier === 'js' ? [GIB / 16, GIB / 4] : [GIB, 20 * GIB + 1]
    const peaks = []
    for (const size of [small, large]) {
      const { root, peak } = await hash(tier, size)
      expect(root).toBe(toHex(rootOfZeros(size)))
      peaks.push(Math.round(peak / MIB))
    }
    console.log(`${tier}: peak resident memory ${peaks.join(' and ')} MiB for ${small / GIB} and ${large / GIB} GiB`)
    expect((peaks[1] as number) - (peaks[0] as number)).toBeLessThanOrEqual(32)
  })

  it('a hasher resumed again and again goes beyond 32-bit sizes', { timeout: 1_800_000 }, async () => {
    const size = tier === 'js' ? GIB / 8 : 5 * GIB + 1
    expect((await hash(tier, size, size / 7)).root).toBe(toHex(rootOfZeros(size)))
  })
})
