// @ts-check
/** The demo's steps on each tier. */

/**
 * @typedef {object} Row
 * @property {string} step
 * @property {string} tier
 * @property {string} rate MB/s, or nothing
 * @property {number} megabytesPerSecond 0 where there is no rate
 * @property {string} result
 * @property {boolean} ok
 */

const SEGMENT = 262_144
const SECTOR = 256

/** A table to fill. */
export function tableRows() {
  /** @type {Row[]} */
  const rows = []
  /** @type {(step: string, tier: string, ok: boolean, result: string, rate?: number) => void} */
  const row = (step, tier, ok, result, rate = 0) => {
    rows.push({ step, tier, ok, result, megabytesPerSecond: rate, rate: rate ? rate.toFixed(rate < 10 ? 1 : 0) : '' })
  }
  return { rows, row }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 * @param {(line: string) => void} say
 * @returns {Promise<{rows: Row[], root: string}>}
 */
export async function runTiers(file, size, say) {
  const { FileTree, init, toHex, verifySector, verifySegment } = await import('../../ts/dist/index.js')
  const { progressBar } = await import('../../ts/dist/cli/output.js')
  const { TIERS } = await import('../../ts/dist/kernels.js')

  const { rows, row } = tableRows()
  let root = ''
  for (const tier of TIERS) {
    /** @type {import('../../ts/dist/index.js').BackendInfo} */
    let info
    try {
      info = await init({ tier })
    } catch (error) {
      row('root', tier, false, error instanceof Error ? error.message : String(error))
      continue
    }
    say(`${tier}: hashing with ${info.threads} threads (${info.isa})`)
    const bar = await progressBar(tier)
    const started = performance.now()
    const tree = await FileTree.build(file, { onProgress: ({ done }) => bar.update({ done, total: size }) })
    const seconds = (performance.now() - started) / 1000
    bar.stop()
    const own = toHex(tree.root)
    root ||= own
    row('root', tier, own === root, own === root ? short(own) : `differs: ${short(own)}`, size / 1e6 / seconds)

    const index = Math.floor(tree.layout.segments / 2)
    const data = await segmentOf(file, size, index)
    const claim = { root: tree.root, size, index, data, proof: tree.proveSegment(index) }
    const verifying = performance.now()
    const verdict = await verifySegment(claim)
    const verified = (performance.now() - verifying) / 1000
    row(
      `segment ${index}`,
      tier,
      verdict.ok,
      verdict.ok ? 'proven, verified' : verdict.code,
      data.length / 1e6 / verified,
    )

    const sectorIndex = Math.min(index * 1024 + 7, tree.layout.sectors - 1)
    const offset = (sectorIndex % 1024) * SECTOR
    const sector = {
      ...claim,
      index: sectorIndex,
      data: data.slice(offset, offset + SECTOR),
      proof: await tree.proveSector(sectorIndex, data),
    }
    const sectorVerdict = await verifySector(sector)
    row(`sector ${sectorIndex}`, tier, sectorVerdict.ok, sectorVerdict.ok ? 'proven, verified' : sectorVerdict.code)

    const flipped = data.slice()
    flipped[1000 % flipped.length] = (flipped[1000 % flipped.length] ?? 0) ^ 1
    const refused = await verifySegment({ ...claim, data: flipped })
    const good = !refused.ok && refused.code === 'CONTENT_MISMATCH'
    row('one bit flipped', tier, good, refused.ok ? 'ACCEPTED' : `rejected: ${refused.code}`)
  }
  return { rows, root }
}

/**
 * The sectors of a segment, the last one filled with zeros.
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 * @param {number} index
 */
async function segmentOf(file, size, index) {
  const bytes = Math.max(0, Math.min(SEGMENT, size - index * SEGMENT))
  const data = new Uint8Array(Math.ceil(bytes / SECTOR) * SECTOR)
  await file.read(data, 0, bytes, index * SEGMENT)
  return data
}

/** @param {string} hash */
const short = hash => `${hash.slice(0, 12)}…${hash.slice(-8)}`
