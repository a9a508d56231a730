import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { WorkerPort } from '../../dist/backend/host.js'
import { host } from '../../dist/backend/host-node.js'
import { jsBackend } from '../../dist/backend/js/index.js'
import { type Addon, NativeBackend } from '../../dist/backend/native.js'
import { WasmBackend } from '../../dist/backend/wasm.js'
import { KERNELS, type KernelName } from '../../dist/kernels.js'
import { WorkerPool } from '../../dist/run/workers.js'
import { codeOf, painted } from '../patterns.js'

// Builds with the feature `test-panic`: they have one operation more, which panics. No package contains them.
const VARIANTS = new URL('../../../target/test-panic/', import.meta.url)
const addon = createRequire(import.meta.url)(new URL('zgkit.node', VARIANTS).pathname) as Addon
const module = await WebAssembly.compile(readFileSync(new URL('zgkit.wasm', VARIANTS)))

// The operation gets a row in the table for as long as these tests run.
const panic = { kernel: 'panic' as KernelName, inputs: [], params: [] }
const sound = { kernel: 'keccak256', inputs: [painted(64)], params: [64] } as const
beforeAll(() => {
  const rate = KERNELS.keccak256.rate
  const row = { native: 'forcePanic', wasm: 'force_panic', out: () => 0, rate }
  ;(KERNELS as Record<string, unknown>).panic = row
  return () => {
    delete (KERNELS as Record<string, unknown>).panic
  }
})

/** Waits for a worker rather than being done on the calling thread while it starts. */
const long = { kernel: 'keccak256', inputs: [painted(2 ** 20)], params: [2 ** 20] } as const

const expected = jsBackend.call(sound)

describe('[native] a panic', () => {
  it('becomes INTERNAL, inline and on the pool, and the addon goes on', async () => {
    const native = new NativeBackend(addon)
    expect(await codeOf(() => native.call(panic))).toBe('INTERNAL')
    expect(native.call(sound)).toEqual(expected)
    for (let i = 0; i < 20; i++) expect(await codeOf(() => native.submit(panic))).toBe('INTERNAL')
    expect(await native.submit(sound)).toEqual(expected)
  })
})

describe('[wasm] a trap', () => {
  it('becomes INTERNAL, and the next call runs on a new instance', async () => {
    const { Instance } = WebAssembly
    let instances = 0
    WebAssembly.Instance = class extends Instance {
      constructor(...args: ConstructorParameters<typeof Instance>) {
        super(...args)
        instances++
      }
    }
    const wasm = new WasmBackend(module, false)
    expect(wasm.call(sound)).toEqual(expected)
    expect(instances).toBe(1)
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(() => wasm.call(panic))).toBe('INTERNAL')
      expect(wasm.call(sound)).toEqual(expected)
    }
    expect(instances).toBe(4)
    WebAssembly.Instance = Instance
  })

  it('leaves a worker working', async () => {
    const start = () => host.startWorker?.({ tier: 'wasm', module }) ?? expect.fail('no workers')
    const pool = new WorkerPool(start, 2, jsBackend)
    expect(await pool.run(long, false)).toEqual(jsBackend.call(long))
    // The worker's own table has no such row: what it does not know is its own fault, and stays contained too.
    expect(await codeOf(() => pool.run(panic, false))).toBe('INTERNAL')
    expect(await pool.run(sound, false)).toEqual(expected)
    pool.close()
  })

  it('memory that grows in a call does not spoil its result', () => {
    const wasm = new WasmBackend(module, false)
    for (const size of [64, 2 ** 20, 64, 2 ** 24, 64]) {
      const data = painted(size)
      const call = { kernel: 'keccak256', inputs: [data], params: [64] } as const
      expect(wasm.call(call).slice(0, 32)).toEqual(expected)
    }
  })
})

describe('the addon’s own surface', () => {
  it('refuses an output that overlaps an input', () => {
    const memory = new Uint8Array(96)
    const hash = addon.keccak256Sync as (...args: unknown[]) => number
    expect(hash(memory.subarray(0, 64), 64, memory.subarray(64))).toBe(0)
    expect(hash(memory.subarray(0, 64), 64, memory.subarray(63, 95))).toBe(13) // BUFFER_OVERLAP
    expect(hash(memory.subarray(0, 64), 64, memory.subarray(0, 32))).toBe(13)
  })

  it('refuses numbers that are no counts, and results over the limit', async () => {
    const roots = addon.segmentRoots as (...args: unknown[]) => Promise<Uint8Array | number>
    for (const bad of [-1, 0.5, Number.NaN, 2 ** 53]) expect(await roots(new Uint8Array(1), bad)).toBe(11) // RANGE
    for (const huge of [2 ** 31, 2 ** 32, 2 ** 49 + 1, 2 ** 53 - 1]) {
      expect(await roots(new Uint8Array(1), huge)).toBe(10) // LIMIT_EXCEEDED
    }
  })
})

/** A pool of one worker that is ready, and the workers that it has started. */
async function poolOfOne() {
  const ports: WorkerPort[] = []
  const start = () => {
    const port = host.startWorker?.({ tier: 'js' }) ?? expect.fail('no workers')
    ports.push(port)
    return port
  }
  const pool = new WorkerPool(start, 1, jsBackend)
  expect(await pool.run(long, false)).toEqual(jsBackend.call(long))
  return { pool, ports }
}

/** Keeps calls from a worker: it answers none of them, however fast it is. */
function deafen(port: WorkerPort | undefined): void {
  vi.spyOn(port as WorkerPort, 'post').mockReturnValue()
}

describe('a worker', () => {
  it('that dies rejects its call as retryable, and is replaced', async () => {
    const { pool, ports } = await poolOfOne()
    deafen(ports[0])
    const doomed = pool.run(long, false)
    const queued = pool.run(long, false)
    ports[0]?.terminate()
    await expect(doomed).rejects.toMatchObject({ code: 'WORKER_LOST', retryable: true })
    expect(await queued).toEqual(jsBackend.call(long))
    expect(ports.length).toBe(2)
    pool.close()
  })

  it('that dies takes the short call with it that waits there, and no other', async () => {
    const { pool, ports } = await poolOfOne()
    deafen(ports[0])
    const calls = Array.from({ length: 3 }, () => pool.run(sound, false))
    ports[0]?.terminate()
    const lost = { status: 'rejected', reason: expect.objectContaining({ code: 'WORKER_LOST', retryable: true }) }
    expect(await Promise.allSettled(calls)).toEqual([lost, lost, { status: 'fulfilled', value: expected }])
    pool.close()
  })

  it('keeps no call behind one that another signal may end it for', async () => {
    const { pool } = await poolOfOne()
    const [one, other] = [new AbortController(), new AbortController()]
    const doomed = pool.run(sound, false, one.signal)
    const others = [pool.run(sound, false, other.signal), pool.run(sound, false)]
    one.abort(new Error('enough'))
    await expect(doomed).rejects.toThrow('enough')
    expect(await Promise.all(others)).toEqual([expected, expected])
    pool.close()
  })

  it('is ended within 100 ms when its call is aborted, and is replaced', async () => {
    const { pool, ports } = await poolOfOne()
    const ended = vi.spyOn(ports[0] as WorkerPort, 'terminate')
    const controller = new AbortController()
    const endless = { ...long, inputs: [new Uint8Array(2 ** 26)], params: [2 ** 26] }
    const doomed = pool.run(endless, false, controller.signal)
    const waiting = pool.run(endless, false, controller.signal)
    const queued = pool.run(sound, false)
    controller.abort(new Error('enough'))
    // Timers fire in the order in which they are due, on a busy machine too.
    const later = new Promise(resolve => setTimeout(resolve, 100))
    await expect(Promise.race([doomed, later])).rejects.toThrow('enough')
    await expect(Promise.race([waiting, later])).rejects.toThrow('enough')
    await later
    expect(ended).toHaveBeenCalledOnce()
    expect(await queued).toEqual(expected)
    expect(ports.length).toBe(2)
    await expect(pool.run(sound, false, controller.signal)).rejects.toThrow('enough')
    pool.close()
  })

  it('that cannot be started leaves its calls to the calling thread', async () => {
    const gone = { tier: 'wasm', module: {} as WebAssembly.Module } as const
    const pool = new WorkerPool(() => host.startWorker?.(gone) ?? expect.fail('no workers'), 2, jsBackend)
    expect(await Promise.all([pool.run(long, false), pool.run(sound, false)])).toEqual([jsBackend.call(long), expected])
    expect(pool.threads).toBe(0)
    expect(pool.refusal).toMatch(/^no worker could be started: /)
    pool.close()
  })
})
