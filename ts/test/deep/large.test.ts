import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import { fileRoot, planSubmission, toHex, zeroRoot } from '../../dist/index.js'
import { onEachTier } from '../tiers.js'

const GIB = 2 ** 30

/** Zero bytes, in portions that fit no boundary of ours. */
async function* zeros(size: number): AsyncGenerator<Uint8Array> {
  const portion = new Uint8Array(1_000_003)
  for (let rest = size; rest > 0; rest -= portion.length) yield portion.subarray(0, Math.min(rest, portion.length))
}

/** The root of that many zero bytes, from the nodes of their submission alone. */
function rootOfZeros(size: number): Uint8Array {
  return planSubmission(size)
    .nodes.map(node => zeroRoot(node.height))
    .reduceRight((right, left) => keccak_256(concatBytes([left, right])))
}

onEachTier(tier => {
  // JavaScript alone would take minutes for each GiB.
  const sizes = tier === 'js' ? [GIB / 4] : [4 * GIB, 5 * GIB + 1]

  it('hashes streams beyond 32-bit sizes in constant memory', { timeout: 900_000 }, async () => {
    for (const size of sizes) {
      let peak = 0
      const before = process.memoryUsage.rss()
      const root = await fileRoot(zeros(size), {
        onProgress: () => {
          peak = Math.max(peak, process.memoryUsage.rss() - before)
        },
      })
      expect(toHex(root)).toBe(toHex(rootOfZeros(size)))
      expect(peak / 2 ** 20, `${size} bytes: MiB above the start`).toBeLessThan(160)
    }
  })
})
