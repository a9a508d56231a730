import { execFileSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { host } from '../../dist/backend/host-node.js'
import { backend, FileTree, fileRoot, fileRootSync, init, toHex } from '../../dist/index.js'
import { codeOf, painted } from '../patterns.js'

const DIST = new URL('../../dist/index.js', import.meta.url).href

/** Runs a script in a fresh Node, with zgkit as `z`, and returns what it prints. */
function run(script: string, env: Record<string, string> = {}): string {
  const code = `import * as z from ${JSON.stringify(DIST)}\n${script}`
  return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  }).trim()
}

/** The instruction sets of this machine, by the addon. */
const isas = () => host.loadAddon().isas?.() as string[]

const CODE = 'const code = async f => { try { await f() } catch (e) { return e.code } };'

it('chooses native by itself, and what it is told to', async () => {
  expect(await init()).toMatchObject({ tier: 'native', isa: isas().at(-1), refused: [] })
  for (const tier of ['native', 'wasm-simd', 'wasm', 'js'] as const) {
    expect((await init({ tier })).tier).toBe(tier)
    expect(backend().tier).toBe(tier)
    expect(run('console.log((await z.init()).tier)', { ZGKIT_TIER: tier })).toBe(tier)
  }
})

it('computes the same with every instruction set of this machine, and says which', async () => {
  const bytes = painted(1_500_000)
  const { root } = await FileTree.build(bytes)
  expect(isas()[0]).toBe('portable')
  for (const isa of isas()) {
    expect(await init({ tier: 'native', isa })).toMatchObject({ tier: 'native', isa })
    expect(fileRootSync(bytes)).toEqual(root)
    expect(await fileRoot(bytes)).toEqual(root)
    expect(run('console.log((await z.init()).isa)', { ZGKIT_ISA: isa })).toBe(isa)
    expect(run('console.log(z.backend().isa)', { ZGKIT_ISA: isa })).toBe(isa)
  }
  expect(await init({ tier: 'native' })).toMatchObject({ isa: isas().at(-1) })
})

it('says why a tier or instruction set cannot be had', async () => {
  expect(await codeOf(() => init({ tier: 'gpu' as never }))).toBe('INVALID_ARGUMENT')
  expect(await codeOf(() => init({ threads: -1 }))).toBe('RANGE')
  expect(await codeOf(() => init({ threads: 1025 }))).toBe('RANGE')
  expect(await codeOf(() => init({ tier: 'native', isa: 'avx9000' }))).toBe('ISA_UNAVAILABLE')
  expect(await codeOf(() => init({ isa: 'avx9000' }))).toBe('ISA_UNAVAILABLE')
  expect(await init({ isa: 'simd128' })).toMatchObject({
    tier: 'wasm-simd',
    refused: [{ tier: 'native', code: 'ISA_UNAVAILABLE' }],
  })
  expect(run(`${CODE} console.log(await code(() => z.init()))`, { ZGKIT_ISA: 'avx9000' })).toBe('ISA_UNAVAILABLE')
  expect(run(`${CODE} console.log(await code(() => z.init()))`, { ZGKIT_TIER: 'gpu' })).toBe('INVALID_ARGUMENT')
})

it('goes on without the addon', () => {
  const script = 'const { tier, refused } = await z.init(); console.log(tier, refused[0].tier, refused[0].code)'
  const code = `import * as z from ${JSON.stringify(DIST)}\n${script}`
  const out = execFileSync(process.execPath, ['--no-addons', '--input-type=module', '-e', code], { encoding: 'utf8' })
  expect(out.trim()).toBe('wasm-simd native TIER_UNAVAILABLE')
})

it('answers synchronously without waiting: native, or js, or that it is not ready', () => {
  const root = toHex(fileRootSync(painted(1000)))
  const bytes = 'new Uint8Array(1000).map((_, i) => (i % 251) + 1)'
  const script = `console.log(z.toHex(z.fileRootSync(${bytes})), z.backend().tier)`
  expect(run(script)).toBe(`${root} native`)
  expect(run(script, { ZGKIT_TIER: 'js' })).toBe(`${root} js`)
  const wasm = `${CODE} console.log(await code(() => z.fileRootSync(${bytes}))); await z.init(); ${script}`
  expect(run(wasm, { ZGKIT_TIER: 'wasm' })).toBe(`NOT_READY\n${root} wasm`)
})

it('keeps better tiers open for asynchronous calls after a synchronous one without the addon', () => {
  const script = `import * as z from ${JSON.stringify(DIST)}
    const before = z.backend().tier; await z.fileRoot(new Uint8Array(9)); console.log(before, z.backend().tier)`
  const args = ['--no-addons', '--input-type=module', '-e', script]
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()).toBe('js wasm-simd')
})

it('makes no threads natively where there are to be none', () => {
  const script = `await z.init({ tier: 'native', threads: 0 }); z.fileRootSync(new Uint8Array(2_000_000))
    await z.fileRoot(new Uint8Array(2_000_000)); console.log(z.backend().threads, (await z.init({ threads: 3 })).threads)`
  expect(run(script)).toBe('0 3')
})

it('lets the process end while pools are idle, and finishes work before', () => {
  const bytes = 'new Uint8Array(3_000_000)'
  for (const tier of ['native', 'wasm', 'js']) {
    const script = `const root = await z.fileRoot(${bytes}); console.log(z.toHex(root).length)`
    expect(run(script, { ZGKIT_TIER: tier })).toBe('66')
  }
})

it('works on the calling thread where there are to be no threads, in turns', async () => {
  const root = await fileRoot(painted(4_000_000))
  for (const tier of ['wasm', 'js'] as const) {
    expect((await init({ tier, threads: 0 })).threads).toBe(0)
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    expect(await fileRoot(painted(4_000_000))).toEqual(root)
    clearInterval(ticking)
    // Without turns the event loop would not get to a single one.
    expect(turns).toBeGreaterThan(2)
  }
})

it('takes arrays of other realms', async () => {
  const root = toHex(await fileRoot(Uint8Array.of(1, 2, 3)))
  expect(toHex(await fileRoot(runInNewContext('Uint8Array.of(1, 2, 3)')))).toBe(root)
  expect(toHex(await fileRoot(runInNewContext('Uint8Array.of(1, 2, 3).buffer')))).toBe(root)
  expect(toHex(await fileRoot(Buffer.from([1, 2, 3])))).toBe(root)
})

it('lives through workers that load it and end', async () => {
  const code = `import { fileRootSync, fileRoot, init } from ${JSON.stringify(DIST)}
    import { parentPort } from 'node:worker_threads'
    const info = await init()
    const [a, b] = [fileRootSync(new Uint8Array(300000)), await fileRoot(new Uint8Array(300000))]
    parentPort.postMessage(info.tier + (a.join() === b.join()))`
  const url = new URL(`data:text/javascript,${encodeURIComponent(code)}`)
  for (let i = 0; i < 20; i++) {
    const worker = new Worker(url)
    expect(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).toBe(
      'nativetrue',
    )
    await worker.terminate()
  }
})
