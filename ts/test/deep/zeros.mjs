// @ts-check
/**
 * The root of many zero bytes, in a process of its own: prints it and the most memory that it had, in bytes.
 *
 *     node zeros.mjs TIER BYTES [EVERY] as one source, or by a hasher that is resumed after every so many bytes
 */
import { FileHasher, fileRoot, init, toHex } from '../../dist/index.js'
import { peakMemory } from '../peak.mjs'

const [tier, ...numbers] = process.argv.slice(2)
const [size = 0, every] = numbers.map(Number)

/** In portions that fit no boundary of ours. */
async function* zeros() {
  const portion = new Uint8Array(1_000_003)
  for (let rest = size; rest > 0; rest -= portion.length) yield portion.subarray(0, Math.min(rest, portion.length))
}

/** @param {number} every */
async function resumed(every) {
  let hasher = await FileHasher.create()
  let next = every
  for await (const portion of zeros()) {
    await hasher.write(portion)
    if (hasher.size < next) continue
    hasher = await FileHasher.resume(await hasher.suspend())
    next += every
  }
  return (await hasher.finish()).root
}

await init({ tier: /** @type {import('../../dist/index.js').Tier} */ (tier) })
const root = toHex(await (every === undefined ? fileRoot(zeros()) : resumed(every)))
console.log(JSON.stringify({ root, peak: peakMemory() }))
