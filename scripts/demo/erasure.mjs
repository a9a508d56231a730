// @ts-check
/** The demo's part on erasure codes: the file in 10 + 4 shards, some of them destroyed or corrupt, restored on every tier. */
import { tableRows } from './tiers.mjs'

/** What JavaScript alone gets through in seconds. */
const MOST = 16 * 2 ** 20
const [DATA, PARITY] = [10, 4]

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {number} size
 * @param {(line: string) => void} say
 * @returns {Promise<import('./tiers.mjs').Row[]>}
 */
export async function runErasure(handle, size, say) {
  const { init, toHex } = await import('../../ts/dist/index.js')
  const { decodeBytes, ErasureCode, encodeBytes } = await import('../../ts/dist/erasure/index.js')
  const { TIERS } = await import('../../ts/dist/kernels.js')
  const { rows, row } = tableRows()
  const file = new Uint8Array(Math.min(size, MOST))
  await handle.read(file, 0, file.length, 0)
  /** @param {number} started */
  const rate = started => file.length / 1e3 / (performance.now() - started)

  let first = ''
  for (const tier of TIERS) {
    await init({ tier })
    say(`${tier}: encoding ${file.length} bytes to ${DATA} + ${PARITY} shards`)
    const encoding = performance.now()
    const { commitment, shards } = await encodeBytes(file, { code: ErasureCode.vandermonde(DATA, PARITY) })
    const encoded = rate(encoding)
    const own = toHex(commitment)
    first ||= own
    row(
      `encode ${DATA}+${PARITY}`,
      tier,
      own === first,
      own === first ? `committed to by ${own.slice(0, 12)}…` : 'differs',
      encoded,
    )

    /** @type {(step: string, lost: number[], corrupt: number[], expected: string) => Promise<void>} */
    const round = async (step, lost, corrupt, expected) => {
      const kept = shards.flatMap((shard, i) => {
        if (lost.includes(i)) return []
        if (!corrupt.includes(i)) return [shard]
        const copy = shard.slice()
        copy[copy.length - 9] = (copy[copy.length - 9] ?? 0) ^ 1
        return [copy]
      })
      const decoding = performance.now()
      /** @type {string} */
      let result
      let speed = 0
      try {
        const { data, faults } = await decodeBytes(commitment, kept)
        speed = rate(decoding)
        const named = faults.map(({ index, code }) => `, shard ${index} named: ${code}`).join('')
        result = Buffer.compare(data, file) === 0 ? `restored, identical${named}` : 'DIFFERS'
      } catch (error) {
        const { code } = /** @type {{ code?: string }} */ (error)
        result = `refused: ${code}`
      }
      row(step, tier, result === expected, result, speed)
    }
    await round('four shards destroyed', [0, 3, 7, 12], [], 'restored, identical')
    const named = 'restored, identical, shard 5 named: CONTENT_MISMATCH'
    await round('three destroyed, one corrupt', [1, 2, 13], [5], named)
    await round('four destroyed, one corrupt', [1, 2, 3, 13], [5], 'refused: TOO_FEW_SHARDS')
  }
  return rows
}
