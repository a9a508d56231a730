import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../../scripts/lib/browser.mjs'
import { type Content, modules, serve } from '../../../scripts/lib/web-server.mjs'
import type * as zgkit from '../../dist/index.js'
import { fileRoot, toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'

// Pages with the headers, policies and workers that sites have, in a Chromium of their own: the modules as they ship, without a bundler.
const executable = process.env.CHROMIUM_PATH
const deep = Boolean(process.env.ZGKIT_DEEP)

declare global {
  interface Window {
    readonly zgkit: typeof zgkit
    readonly painted: (size: number) => Uint8Array
  }
}

/** What every page does: hashes on what it has, verifies a proof, refuses a changed one. */
const PROGRAM = `
import * as zgkit from '/ts/dist/index.js'
const painted = size => new Uint8Array(size).map((_, i) => (i % 251) + 1)
const rooted = async () => zgkit.toHex(await zgkit.fileRoot(painted(3_000_000)))
const program = async options => {
  await zgkit.init(options)
  let root = await rooted()
  // Workers are known to be there, or not, once there was work.
  for (let i = 0; i < 20 && !(await settled()); i++) root = await rooted()
  const tree = await zgkit.FileTree.build(painted(300_000))
  const claim = { root: tree.root, size: 300_000, index: 0, data: painted(262_144), proof: tree.proveSegment(0) }
  const { ok } = await zgkit.verifySegment(claim)
  claim.data[0] ^= 1
  const { code } = await zgkit.verifySegment(claim)
  return { root, ok, code, backend: zgkit.backend() }
}
let workers = 0
const settled = async () => zgkit.backend().threads === 0 || workers > 0
if (globalThis.Worker) globalThis.Worker = class extends Worker {
  constructor(...args) { super(...args); this.addEventListener('message', () => workers++) }
}
Object.assign(globalThis, { zgkit, painted, program })
`
const HOSTED: Record<string, string> = {
  '/program.js': PROGRAM,
  '/page.js': `import '/program.js'; document.title = 'ready'`,
  '/module-worker.js': `import '/program.js'; onmessage = async ({ data }) => postMessage(await program(data))`,
  '/service-worker.js': `import '/program.js'
    onmessage = ({ data, source }) => program(data).then(result => source.postMessage(result))
    onactivate = event => event.waitUntil(clients.claim())`,
}
const HTML =
  '<!doctype html><html lang="en"><head><title>loading</title></head><body><script type="module" src="/page.js"></script>'

const FILE = painted(3_000_000)

interface Outcome {
  readonly root: string
  readonly ok: boolean
  readonly code: string
  readonly backend: zgkit.BackendInfo
}

describe.skipIf(!executable)('a page', () => {
  let browser: Browser
  let expected: { root: string; ok: true; code: string }
  beforeAll(async () => {
    browser = await launchChromium(executable as string)
    expected = { root: toHex(await fileRoot(FILE)), ok: true, code: 'CONTENT_MISMATCH' }
  })
  afterAll(() => browser?.close())

  /** Opens a page whose every response has these headers. */
  async function open<T>(headers: Record<string, string>, test: (page: Page) => Promise<T>): Promise<T> {
    const find = (path: string): Content | undefined => {
      const type = (type: string) => ({ 'content-type': type, ...headers })
      if (path === '/') return { body: HTML, headers: type('text/html') }
      const hosted = HOSTED[path]
      if (hosted !== undefined) return { body: hosted, headers: type('text/javascript') }
      const found = modules(path)
      return found && { ...found, headers: { ...found.headers, ...headers } }
    }
    const server = await serve(find)
    const page = await browser.newPage()
    try {
      await page.goto(server.url)
      await page.waitForFunction(() => document.title === 'ready')
      return await test(page)
    } finally {
      await page.close()
      await server.close()
    }
  }

  /** Runs the program in the page itself. */
  const run = (options: zgkit.InitOptions) => (page: Page) =>
    page.evaluate(options => (window as never as { program(o: unknown): Promise<Outcome> }).program(options), options)

  it('without isolation headers has workers', async () => {
    const { isolated, ...outcome } = await open({}, async page => ({
      ...(await run({ threads: 2 })(page)),
      isolated: await page.evaluate(() => crossOriginIsolated),
    }))
    expect(isolated).toBe(false)
    expect(outcome).toMatchObject({ ...expected, backend: { tier: 'wasm-simd', threads: 2 } })
  })

  it('with isolation headers works alike', async () => {
    const headers = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    }
    expect(await open(headers, run({ threads: 2 }))).toMatchObject({ ...expected, backend: { threads: 2 } })
  })

  it('that forbids workers computes by itself and says why', async () => {
    const policy = "default-src 'self' 'wasm-unsafe-eval'; worker-src 'none'"
    const outcome = await open({ 'content-security-policy': policy }, run({ threads: 2 }))
    expect(outcome).toMatchObject({ ...expected, backend: { tier: 'wasm-simd', threads: 0 } })
    expect(outcome.backend.threadsRefused).toMatch(/no worker could be started/)
  })

  it('that forbids WebAssembly verifies in JavaScript, on workers', async () => {
    const outcome = await open({ 'content-security-policy': "default-src 'self'" }, run({ threads: 2 }))
    expect(outcome).toMatchObject({ ...expected, backend: { tier: 'js', threads: 2 } })
    expect(outcome.backend.refused.map(({ tier }) => tier)).toEqual(['native', 'wasm-simd', 'wasm'])
  })

  it('can leave it to a module worker, which has workers of its own', async () => {
    const outcome = await open({}, page =>
      page.evaluate(
        () =>
          new Promise<Outcome>((resolve, reject) => {
            const worker = new Worker('/module-worker.js', { type: 'module' })
            worker.onmessage = ({ data }) => resolve(data)
            worker.onerror = ({ message }) => reject(new Error(message))
            worker.postMessage({ threads: 2 })
          }),
      ),
    )
    expect(outcome).toMatchObject({ ...expected, backend: { tier: 'wasm-simd', threads: 2 } })
  })

  it('can leave it to its service worker, which has none', async () => {
    const outcome = await open({}, page =>
      page.evaluate(async () => {
        await navigator.serviceWorker.register('/service-worker.js', { type: 'module' })
        const { active } = await navigator.serviceWorker.ready
        return new Promise<Outcome>(resolve => {
          navigator.serviceWorker.onmessage = ({ data }) => resolve(data)
          active?.postMessage({})
        })
      }),
    )
    expect(outcome).toMatchObject({ ...expected, backend: { tier: 'wasm-simd', threads: 0 } })
    expect(outcome.backend.threadsRefused).toBe('this host has no workers')
  })

  it('keeps its own thread free while a large stream is hashed', { timeout: 600_000 }, async () => {
    const size = deep ? 2 ** 30 : 2 ** 26
    await open({}, async page => {
      const { result, longest } = await traced(page, () =>
        page.evaluate(async size => {
          const { fileRoot, init, toHex } = window.zgkit
          await init({ threads: 2 })
          const portion = window.painted(2 ** 20)
          let made = 0
          const stream = new ReadableStream<Uint8Array>({
            pull(controller) {
              new DataView(portion.buffer).setUint32(0, made)
              controller.enqueue(portion.slice())
              made += portion.length
              if (made >= size) controller.close()
            },
          })
          return toHex(await fileRoot(stream))
        }, size),
      )
      async function* portions() {
        const portion = painted(2 ** 20)
        for (let made = 0; made < size; made += portion.length) {
          new DataView(portion.buffer).setUint32(0, made)
          yield portion
        }
      }
      expect(result).toBe(toHex(await fileRoot(portions())))
      expect(longest).toBeLessThanOrEqual(50)
      // On the page's own thread it is one task, and the trace shows it.
      const blocked = await traced(page, () =>
        page.evaluate(async () => {
          await window.zgkit.init({ tier: 'js' })
          window.zgkit.fileRootSync(window.painted(2 ** 22))
        }),
      )
      expect(blocked.longest).toBeGreaterThan(50)
    })
  })

  /**
   * The longest task of a page's own thread while something is done, in milliseconds of processor time: what other programs of the
   * machine take away in between is not the page's.
   */
  async function traced<T>(page: Page, work: () => Promise<T>): Promise<{ result: T; longest: number }> {
    await browser.startTracing(page, { categories: ['-*', 'disabled-by-default-devtools.timeline'] })
    const result = await work()
    // A task that is not over when tracing ends has no duration; the work ends within one.
    await page.evaluate(() => new Promise(resolve => setTimeout(resolve)))
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
    const threads = new Set(
      traceEvents.filter(({ args }) => args?.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`),
    )
    const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && threads.has(`${pid} ${tid}`))
    expect(tasks.length).toBeGreaterThan(0)
    return { result, longest: Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000 }
  }
})

/** An event of Chromium's trace; `tdur` is processor time in microseconds. */
interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}
