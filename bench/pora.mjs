// @ts-check
/** Mining, sealing and the verification of answers, as operations. */
import { readFileSync } from 'node:fs'
import { runScalar, SCALAR } from './scalar.mjs'

/** @typedef {import('./operation.mjs').Ready} Ready */
/** @typedef {Pick<import('./subjects.mjs').Workload, 'name' | 'kind' | 'messages'>} Work */

const LOAD = 262_144

/** Byte j = (167 j + 13 floor(j / 256) + 7) mod 256: the load that the scalar reference has too. */
const load = () => new Uint8Array(LOAD).map((_, j) => 167 * j + 13 * (j >> 8) + 7)

async function inputs() {
  const { RecallRange } = await import('../ts/dist/index.js')
  const header = new Uint8Array(128).map((_, i) => i)
  const range = RecallRange.of(1024n * 1_000_003n)
  header.set(range.digest(), 96)
  return { header, range }
}

/** What every subject must answer, by the scalar reference. @param {Work} work */
export async function expectedPora({ name, kind }) {
  if (kind === 'verify-answer') return Buffer.from([1]).toString('hex')
  return (await runScalar(name, 0, (await inputs()).header)).check
}

/**
 * @param {Work} work
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<Ready>}
 */
export async function poraOperation(work, subject) {
  const { header, range } = await inputs()
  if (subject.name === SCALAR) {
    const first = await runScalar(work.name, 0, header)
    return {
      isa: 'scalar',
      threads: 1,
      operation: () => Uint8Array.from(Buffer.from(first.check, 'hex')),
      // One nonce at a time; ours is timed in batches.
      timed: async ms => (await runScalar(work.name, ms / 1000, header)).seconds.map(time => time * work.messages),
    }
  }
  const { init, readCase, verifyAnswerSync } = await import('../ts/dist/index.js')
  const info = await init({ tier: subject.tier, threads: 0 })
  if (info.tier !== subject.tier) throw new Error(`asked for the tier ${subject.tier}, got ${info.tier}`)
  const { backend } = (await import('../ts/dist/backend/choose.js')).syncEngine()
  const ready = { isa: info.isa, threads: 1 }

  if (work.kind === 'verify-answer') {
    const vectors = JSON.parse(readFileSync(new URL('../testdata/storage/pora_gold.json', import.meta.url), 'utf8'))
    const { answer, task } = readCase(vectors.cases[0])
    return { ...ready, operation: () => Uint8Array.of(Number(verifyAnswerSync(answer, task).ok)) }
  }
  if (work.kind === 'seal') {
    const kernel = /** @type {'seal' | 'unseal'} */ (work.name)
    const call = { kernel, inputs: [load(), header.slice(0, 32), header.slice(64, 96)], params: [1024] }
    return { ...ready, operation: () => backend.call(call).slice(-32) }
  }

  // A batch of nonces over loads in memory: scratch pads twice, once to draw the load and once to mix it.
  const { messages } = work
  const numbers = new BigUint64Array([range.startPosition, range.mineLength, range.shardId, range.shardMask])
  const job = new Uint8Array(160)
  job.set(header.subarray(0, 32))
  job.set(header.subarray(64, 96), 32)
  job.set(header.subarray(32, 64), 64)
  job.set(new Uint8Array(numbers.buffer), 128) // little-endian, as these machines are
  const loads = new Uint8Array(messages * LOAD)
  for (let i = 0; i < messages; i += 1) loads.set(load(), i * LOAD)
  const available = new Uint8Array(8 * messages).fill(255)
  const mine = () => {
    const drawn = backend.call({ kernel: 'seek', inputs: [job], params: [0, messages] })
    const seeds = new Uint8Array(64 * messages)
    for (let i = 0; i < messages; i += 1) seeds.set(drawn.subarray(72 * i, 72 * i + 64), 64 * i)
    return backend.call({ kernel: 'mix', inputs: [job, seeds, loads, available], params: [] })
  }
  // The first time the best quality of nonce 0 instead, which the reference gives too.
  let checked = false
  return {
    ...ready,
    operation() {
      if (checked) return mine()
      checked = true
      return best(backend, header, load())
    },
  }
}

/**
 * The smallest of a load's 64 PoRA hashes.
 * @param {import('../ts/dist/backend/backend.js').Backend} backend
 * @param {Uint8Array} header
 * @param {Uint8Array} sealed
 */
function best(backend, header, sealed) {
  const hashes = Array.from({ length: 64 }, (_, seal) => {
    const offset = new Uint8Array(32)
    offset[31] = seal
    const piece = sealed.subarray(seal * 4096, (seal + 1) * 4096)
    return backend.call({ kernel: 'poraSteps', inputs: [header, offset, piece], params: [] }).slice(160, 192)
  })
  return hashes.reduce((least, hash) => (Buffer.compare(hash, least) < 0 ? hash : least))
}
