import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { equalBytes } from '../../dist/bytes.js'
import { FileHasher, fileRoot, fileRootSync, hashing, toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'
import { cut } from '../sources.js'
import { onEachTier } from '../tiers.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const INDEX = new URL('../../dist/index.js', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'zgkit-streams-'))
afterAll(() => rmSync(folder, { recursive: true }))

const bytes = painted(700_001)
const root = toHex(fileRootSync(bytes))
const path = join(folder, 'file')
writeFileSync(path, bytes)

onEachTier(tier => {
  it('takes Node streams and file handles', async () => {
    expect(toHex(await fileRoot(Readable.from(cut(bytes, [1, 70_000]))))).toBe(root)
    const file = await open(path)
    expect(toHex(await fileRoot(file))).toBe(root)
    expect(toHex(await fileRoot(file.createReadStream({ highWaterMark: 10_007 })))).toBe(root)
  })

  it('hashing() stands in a pipeline of Node streams', async () => {
    const parts: Buffer[] = []
    const through = hashing()
    const sink = new Writable({
      write(chunk, _, done) {
        parts.push(chunk)
        setImmediate(done)
      },
    })
    await pipeline(Readable.from(cut(bytes, [65_536])), Duplex.fromWeb(through as never), sink)
    expect(equalBytes(Buffer.concat(parts), bytes)).toBe(true)
    expect(toHex((await through.result).root)).toBe(root)

    const failing = hashing()
    const full = new Writable({ write: (_, __, done) => done(new Error('full')) })
    const piping = pipeline(Readable.from(cut(bytes, [65_536])), Duplex.fromWeb(failing as never), full)
    await expect(piping).rejects.toThrow('full')
    await expect(failing.result).rejects.toThrow()
  })

  it('a state goes on in another process', async () => {
    const hasher = await FileHasher.create()
    await hasher.write(bytes.subarray(0, 400_001))
    const script = `
      import { readFileSync } from 'node:fs'
      import { FileHasher, fromHex, toHex } from ${JSON.stringify(INDEX)}
      const hasher = await FileHasher.resume(fromHex(${JSON.stringify(toHex(await hasher.suspend()))}))
      await hasher.write(readFileSync(${JSON.stringify(path)}).subarray(hasher.size))
      console.log(toHex((await hasher.finish()).root))`
    const env = { ...process.env, ZGKIT_TIER: tier === 'native' ? 'wasm-simd' : 'native' }
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', env })
    expect(stdout.trim()).toBe(root)
  })

  it('zgkit root -: stdin of any length', () => {
    const env = { ...process.env, NO_COLOR: '1', ZGKIT_TIER: tier }
    const run = (input: Uint8Array) =>
      spawnSync(process.execPath, [MAIN, 'root', '-', '--json'], { encoding: 'utf8', input, env })
    const { status, stdout } = run(bytes)
    expect(status).toBe(0)
    const sizes = { size: bytes.length, sectors: 2735, paddedSectors: 2816, segments: 3 }
    expect(JSON.parse(stdout)).toEqual({ schema: 'zgkit/1', fileRoot: root, ...sizes, tier })
    const empty = run(new Uint8Array())
    expect([empty.status, JSON.parse(empty.stdout).error.code]).toEqual([3, 'EMPTY_INPUT'])
  })
})

it('zgkit root -: an interrupted run ends, though its input stays open', async () => {
  const child = spawn(process.execPath, [MAIN, 'root', '-', '--json'], { stdio: ['pipe', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', part => {
    output += part
  })
  // More than a pipe holds: once it is taken, somebody reads.
  await new Promise(resolve => child.stdin.write(new Uint8Array(2 ** 20), resolve))
  child.kill('SIGINT')
  expect(await new Promise(resolve => child.on('close', resolve))).toBe(130)
  expect(JSON.parse(output).error.code).toBe('INTERRUPTED')
})
