// @ts-check
/** The demo's second half: the file in a flow, sealed for a miner, mined until an answer wins, verified on every tier. */
import { tableRows } from './tiers.mjs'

/** @typedef {import('../../ts/dist/index.js')} Zgkit */

const SECTOR = 256
const LOAD = 262_144
const LOAD_SECTORS = 1024
/** 32 MiB: seconds to seal, and enough that a nonce soon draws one of them. */
const MAX_SEALED_LOADS = 128
/** One seal in so many wins. */
const DIFFICULTY = 2000

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 * @param {(line: string) => void} say
 * @returns {Promise<import('./tiers.mjs').Row[]>}
 */
export async function runMining(file, size, say) {
  const zgkit = await import('../../ts/dist/index.js')
  const { contextDigest, init, Miner, minerIdOf, RecallRange, seal, subtaskDigest, targetOf, verifyAnswer } = zgkit
  const { TIERS } = await import('../../ts/dist/kernels.js')
  const { rows, row } = tableRows()

  const { tier } = await init()
  const flow = await place(zgkit, file, size)
  const loads = Math.floor(flow.tree.length / LOAD_SECTORS)
  if (loads === 0) {
    row('mine', tier, true, 'left out: the flow has no complete load of 256 KiB')
    return rows
  }
  row('place in flow', tier, true, `${flow.tree.length} sectors, ${loads} loads`)

  // The chain's side of it, made up: one epoch that has the whole flow.
  const block = new Uint8Array(32).fill(7)
  const digest = contextDigest(block, flow.tree.root, flow.tree.length)
  const task = {
    context: { flowRoot: flow.tree.root, flowLength: flow.tree.length, digest },
    poraTarget: targetOf(DIFFICULTY),
    subtaskDigest: subtaskDigest(digest, block),
    maxShards: 1,
    sealRanges: [{ digest, start: 0, end: flow.tree.length }],
  }
  const minerId = minerIdOf(block, `0x${'22'.repeat(20)}`, 0)

  const count = Math.min(loads, MAX_SEALED_LOADS)
  say(`${tier}: sealing ${count} of ${loads} loads`)
  /** @type {Uint8Array[]} */
  const sealed = []
  const sealing = performance.now()
  for (let load = 0; load < count; load += 1) {
    const key = { minerId, contextDigest: digest, startSector: load * LOAD_SECTORS }
    sealed.push(await seal(await flow.read(load), key))
  }
  const sealRate = (count * LOAD) / 1e3 / (performance.now() - sealing)
  row('seal', tier, true, `${count} loads for one miner`, sealRate)

  say(`${tier}: mining`)
  const miner = new Miner(task, { minerId, range: RecallRange.of(flow.tree.length) }, load => sealed[load])
  const started = performance.now()
  let answer
  for await (const win of miner.mine({ signal: AbortSignal.timeout(60_000) })) {
    const position = Number(win.recallPosition)
    const segment = await flow.read(Math.floor(position / LOAD_SECTORS))
    answer = { ...win, sealedContextDigest: digest, merkleProof: flow.tree.prove(position, segment).slice(4) }
    break
  }
  const { pads, mixes } = miner.counters
  const nonces = Math.round(pads / ((performance.now() - started) / 1000))
  row('mine', tier, answer !== undefined, `${pads} nonces, ${mixes} seals tried, ${nonces} nonces/s`)
  if (!answer) return rows

  for (const each of TIERS) {
    await init({ tier: each })
    const verdict = await verifyAnswer(answer, task)
    row('verify answer', each, verdict.ok, verdict.ok ? 'accepted' : verdict.code)
    const sealedData = answer.sealedData.slice()
    sealedData[99] = (sealedData[99] ?? 0) ^ 1
    const refused = await verifyAnswer({ ...answer, sealedData }, task)
    const good = !refused.ok && refused.code === 'FLOW_ROOT_MISMATCH'
    row('one sealed bit flipped', each, good, refused.ok ? 'ACCEPTED' : `rejected: ${refused.code}`)
  }
  return rows
}

/**
 * Places the file at the beginning of an empty flow; `read` gives the flow's bytes of a load.
 * @param {Zgkit} zgkit
 * @param {import('node:fs/promises').FileHandle} file
 * @param {number} size
 */
async function place({ FileTree, FlowTree }, file, size) {
  const built = await FileTree.build(file)
  const { nodes } = built.submission()
  const tree = new FlowTree()
  const { positions } = tree.append({ nodes, segmentRoots: built.segmentRoots() })
  let offset = 0
  const parts = nodes.map(({ height }, i) => {
    const part = { start: Number(positions[i]) * SECTOR, bytes: 2 ** height * SECTOR, offset }
    offset += part.bytes
    return part
  })
  /** @param {number} load */
  const read = async load => {
    const bytes = new Uint8Array(LOAD)
    for (const part of parts) {
      const begin = Math.max(load * LOAD, part.start)
      // What lies behind the file's end is padding: zeros.
      const end = Math.min((load + 1) * LOAD, part.start + Math.min(part.bytes, Math.max(0, size - part.offset)))
      if (begin < end) await file.read(bytes, begin - load * LOAD, end - begin, part.offset + begin - part.start)
    }
    return bytes
  }
  return { tree, read }
}
