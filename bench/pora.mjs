// @ts-check
/** Mining: a batch of nonces, each over a load of its own in memory. The scalar reference has the same input. */
import { patternBytes } from './data.mjs'

/** As on the chain next to nothing wins: one seal in 2^40. */
const THRESHOLD = new Uint8Array(32).fill(255).fill(0, 0, 5)
/** Where it stands in the input. */
const THRESHOLD_AT = 96
/** Job without the range's numbers, then the range's digest. */
const HEAD = 160

/** @type {import('./workloads.mjs').Kind} */
export const pora = {
  /** Miner id, subtask digest, base nonce, threshold, range digest; the loads. */
  async input({ bytes }) {
    const input = new Uint8Array(HEAD + bytes)
    input.set(new Uint8Array(96).map((_, i) => i))
    input.set(THRESHOLD, THRESHOLD_AT)
    input.set((await range()).digest(), 128)
    input.set(patternBytes(bytes), HEAD)
    return input
  },

  /** Every second seal wins, so that wrong hashes show in the bitmaps. */
  toCheck(input) {
    const checked = input.slice()
    checked[THRESHOLD_AT] = 127
    return checked
  },

  async ours({ messages }, input, { backend }) {
    const { startPosition, mineLength, shardId, shardMask } = await range()
    const job = new Uint8Array(HEAD)
    job.set(input.subarray(0, 128))
    const numbers = new BigUint64Array([startPosition, mineLength, shardId, shardMask])
    job.set(new Uint8Array(numbers.buffer), 128) // little-endian, as these machines are
    const loads = input.subarray(HEAD)
    const available = new Uint8Array(8 * messages).fill(255)
    return () => {
      const rows = backend.call({ kernel: 'seek', inputs: [job], params: [0, messages] })
      return backend.call({ kernel: 'mix', inputs: [job, rows, loads, available], params: [] })
    }
  },
}

async function range() {
  const { RecallRange } = await import('../ts/dist/index.js')
  return RecallRange.of(1024n * 1_000_003n)
}
