import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { WorkerSetup } from '../../dist/backend/host.js'
import { host } from '../../dist/backend/host-web.js'
import { jsBackend } from '../../dist/backend/js/index.js'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import {
  backend,
  decodeBytes,
  ErasureCode,
  encodeBytes,
  fileRoot,
  fileRootSync,
  init,
  keccak256Many,
  Miner,
  RecallRange,
  seal,
  targetOf,
  toHex,
  unseal,
} from '../../dist/index.js'
import type { Request } from '../../dist/run/messages.js'
import { WorkerPool } from '../../dist/run/workers.js'
import { codeOf, painted } from '../patterns.js'
import { patchModule } from '../wasm-patch.js'

/** The page's own workers, watched; silent ones never say that they are ready. */
const Original = globalThis.Worker
const started: Watched[] = []
class Watched extends Original {
  static silent = false
  calls = 0
  ended = false
  constructor(url: string | URL, options?: WorkerOptions) {
    super(Watched.silent ? 'data:text/javascript,' : url, options)
    started.push(this)
  }
  override postMessage(message: unknown, transfer?: unknown) {
    if ((message as Partial<Request>).call) this.calls++
    super.postMessage(message, transfer as Transferable[])
  }
  override terminate() {
    this.ended = true
    super.terminate()
  }
}
beforeAll(() => {
  globalThis.Worker = Watched
})
afterAll(() => {
  globalThis.Worker = Original
})
beforeEach(() => {
  started.length = 0
})

const calls = () => started.reduce((sum, { calls }) => sum + calls, 0)

/** Long enough to wait for a worker rather than to be done on the calling thread while it starts. */
const LONG = { kernel: 'keccak256', inputs: [painted(2 ** 20)], params: [2 ** 20] } as const
const SOUND = { kernel: 'keccak256', inputs: [painted(64)], params: [64] } as const
const LONG_RESULT = jsBackend.call(LONG)
const SOUND_RESULT = jsBackend.call(SOUND)

const key = { minerId: new Uint8Array(32).fill(1), contextDigest: new Uint8Array(32).fill(2), startSector: 0 }
const load = painted(262_144)

/** What pages do, each giving bytes. */
const WORK: Record<string, () => Promise<Uint8Array>> = {
  root: () => fileRoot(painted(1_500_000)),
  async shards() {
    const { commitment, shards } = await encodeBytes(painted(4_000_000), {
      code: ErasureCode.vandermonde(4, 2),
      chunkBytes: 2 ** 20,
    })
    const { data } = await decodeBytes(commitment, shards.slice(2))
    return concatBytes([...shards, data])
  },
  async seals() {
    const sealed = await seal(load, key)
    return concatBytes([sealed, await unseal(sealed, key)])
  },
  async wins() {
    const context = { flowRoot: new Uint8Array(32), flowLength: 1024, digest: key.contextDigest }
    const task = { context, poraTarget: targetOf(500), subtaskDigest: new Uint8Array(32), maxShards: 1 }
    const miner = new Miner(task, { minerId: key.minerId, range: RecallRange.of(1024) }, () => load)
    const nonces: Uint8Array[] = []
    for await (const win of miner.mine({ nonces: 64, baseNonce: new Uint8Array(32) })) nonces.push(win.nonce)
    expect(nonces.length).toBeGreaterThan(1)
    return concatBytes(nonces)
  },
}

describe.each(['wasm-simd', 'wasm', 'js'] as const)('[%s] workers', tier => {
  const names = Object.keys(WORK).filter(name => tier !== 'js' || name === 'root')

  it.each(names)('give what the calling thread gives: %s', async name => {
    const work = WORK[name] ?? expect.fail(name)
    await init({ tier, threads: 0 })
    expect(backend()).toMatchObject({ threads: 0, threadsRefused: undefined })
    const expected = await work()
    expect(started).toEqual([])

    await init({ tier, threads: 2 })
    expect(started).toEqual([]) // they start when there is work
    // Until they are ready the calling thread works, so the first time may be done without them.
    while (calls() === 0) expect(equalBytes(await work(), expected)).toBe(true)
    expect(calls()).toBeGreaterThan(0)
    expect(equalBytes(await work(), expected)).toBe(true)
    expect(started.length).toBeLessThanOrEqual(2)
    expect(backend()).toMatchObject({ tier, threads: 2, threadsRefused: undefined })
  })
})

it('the first call does not wait for workers to start', async () => {
  await init({ tier: 'wasm', threads: 1 })
  Watched.silent = true
  const root = await fileRoot(painted(1_000_000))
  Watched.silent = false
  expect(started.length).toBe(1)
  expect(calls()).toBe(0)
  expect(root).toEqual(fileRootSync(painted(1_000_000)))
})

it('as many threads as the browser says there are cores', async () => {
  expect((await init()).threads).toBe(navigator.hardwareConcurrency)
})

it('an aborted long call frees its worker within 100 ms', async () => {
  await init({ tier: 'js', threads: 1 })
  const expected = toHex(await keccak256Many(LONG.inputs[0], 2 ** 20))
  const long = painted(2 ** 26) // one message: a second or more in one call
  while (calls() === 0) await keccak256Many(LONG.inputs[0], 2 ** 20)
  const controller = new AbortController()
  const reason = new Error('enough')
  const before = calls()
  const hashing = keccak256Many(long, long.length, { signal: controller.signal, transfer: true })
  while (calls() === before) await new Promise(resolve => setTimeout(resolve, 10))
  const queued = keccak256Many(LONG.inputs[0], 2 ** 20)
  controller.abort(reason)
  // Timers fire in the order in which they are due, on a busy machine too.
  const later = new Promise(resolve => setTimeout(resolve, 100))
  await expect(Promise.race([hashing, later])).rejects.toBe(reason)
  await later
  expect(started[0]?.ended).toBe(true)
  expect(toHex(await queued)).toBe(expected)
  expect(started.length).toBe(2)
})

/** A pool of one worker that is ready. */
async function poolOf(setup: WorkerSetup): Promise<WorkerPool> {
  const pool = new WorkerPool(() => host.startWorker?.(setup) ?? expect.fail('no workers'), 1, jsBackend)
  expect(await pool.run(LONG, false)).toEqual(LONG_RESULT)
  expect(calls()).toBe(1)
  return pool
}

const variant = async () => {
  const response = await fetch(new URL('../../../target/test-panic/zgkit.wasm', import.meta.url))
  expect(response.ok).toBe(true)
  return new Uint8Array(await response.arrayBuffer())
}

describe('a worker that', () => {
  it('is lost rejects its call as retryable, and is replaced', async () => {
    const pool = await poolOf({ tier: 'js' })
    const doomed = pool.run({ ...LONG, inputs: [painted(2 ** 22)], params: [2 ** 22] }, false)
    const queued = pool.run(SOUND, false)
    started[0]?.terminate()
    started[0]?.dispatchEvent(new ErrorEvent('error', { message: 'killed' }))
    await expect(doomed).rejects.toMatchObject({ code: 'WORKER_LOST', retryable: true })
    expect(await queued).toEqual(SOUND_RESULT)
    expect(await pool.run(LONG, false)).toEqual(LONG_RESULT)
    expect(started.length).toBe(2)
    pool.close()
  })

  it('traps answers INTERNAL, and its next call is right', async () => {
    const module = await WebAssembly.compile(patchModule(await variant(), { redirect: ['blake2b512', 'force_panic'] }))
    const pool = await poolOf({ tier: 'wasm', module })
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(() => pool.run({ ...SOUND, kernel: 'blake2b512' }, false))).toBe('INTERNAL')
      expect(await pool.run(SOUND, false)).toEqual(SOUND_RESULT)
    }
    expect(started.length).toBe(1)
    pool.close()
  })

  it('runs out of memory answers LIMIT_EXCEEDED, and its next call is right', async () => {
    const module = await WebAssembly.compile(patchModule(await variant(), { growPages: 64 }))
    const pool = await poolOf({ tier: 'wasm', module })
    const huge = { ...SOUND, inputs: [new Uint8Array(2 ** 23)] }
    expect(await codeOf(() => pool.run(huge, true))).toBe('LIMIT_EXCEEDED')
    expect(await pool.run(SOUND, false)).toEqual(SOUND_RESULT)
    pool.close()
  })
})

it('a pool whose workers cannot start works on the calling thread and says why', async () => {
  let tries = 0
  const pool = new WorkerPool(
    () => {
      tries++
      throw new Error('forbidden here')
    },
    3,
    jsBackend,
  )
  expect(pool.threads).toBe(3)
  expect(await Promise.all([pool.run(LONG, false), pool.run(SOUND, false)])).toEqual([LONG_RESULT, SOUND_RESULT])
  expect(pool).toMatchObject({ threads: 0, refusal: 'no worker could be started: forbidden here' })
  expect(await pool.run(SOUND, false)).toEqual(SOUND_RESULT)
  expect(tries).toBe(1)
})
