import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { concatBytes } from '../../dist/bytes.js'
import { decodeBytes, ErasureCode, encodeBytes, encodeShards, verifyEvidence } from '../../dist/erasure/index.js'
import { toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'
import { commitTo } from '../shards.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zgkit-erasure-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (...names: string[]) => join(folder, ...names)

function zgkit(...args: string[]) {
  const env = { ...process.env, NO_COLOR: '1' }
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env })
  return { status, stdout, json: () => JSON.parse(stdout) }
}

const bytes = painted(900_001)
writeFileSync(at('file'), bytes)
const code = ErasureCode.vandermonde(4, 2)
const { commitment, shards } = await encodeBytes(bytes, { code, chunkBytes: 8192 })
const trusted = toHex(commitment)
const NAMES = shards.map((_, i) => `000${i}.zgs`)

/** A fresh folder with the shards. */
function shardFolder(name: string): string {
  mkdirSync(at(name))
  shards.forEach((shard, i) => {
    writeFileSync(at(name, NAMES[i] as string), shard)
  })
  return at(name)
}

function flip(path: string, place: number): void {
  const content = readFileSync(path)
  content[place] = (content[place] as number) ^ 1
  writeFileSync(path, content)
}

const same = (path: string, expected: Uint8Array) => Buffer.compare(readFileSync(path), expected) === 0
const allGood = (dir: string) => NAMES.every((name, i) => same(join(dir, name), shards[i] as Uint8Array))
const encodeArgs = (out: string, ...more: string[]) => [
  ...['encode', at('file'), '--data', '4', '--parity', '2', '--chunk', '8192', '--out', out],
  ...more,
]

it('encode: shard files and manifest, as the library makes them; a second run finds them there', () => {
  const out = at('encoded')
  const encoded = zgkit(...encodeArgs(out, '--json'))
  expect(encoded.status).toBe(0)
  const result = { commitment: trusted, code: 'rs8-vandermonde', data: 4, parity: 2, chunk: 8192, size: bytes.length }
  expect(encoded.json()).toEqual({ schema: 'zgkit/1', ...result, kept: 0, out, tier: 'native' })
  expect(readdirSync(out)).toEqual([...NAMES, 'manifest.json'])
  expect(allGood(out)).toBe(true)
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
  expect(manifest).toEqual({ schema: 'zgkit-shards/1', ...result, shards: NAMES })

  const whole = shards.reduce((sum, shard) => sum + shard.length, 0)
  expect(zgkit(...encodeArgs(out, '--json')).json().kept).toBe(whole)
  // What is complete and differs is not overwritten.
  flip(join(out, NAMES[1] as string), 5000)
  const refused = zgkit(...encodeArgs(out, '--json'))
  expect([refused.status, refused.json().error.code]).toEqual([3, 'FILE_EXISTS'])
  expect(zgkit(...encodeArgs(at('cauchy'), '--codec', 'rs8-cauchy', '--json')).json().code).toBe('rs8-cauchy')
})

it('encode: goes on where an interrupted run ended, and believes nothing that it left', () => {
  const out = at('resumed')
  mkdirSync(out)
  const header = (i: number) => readFileSync(at('encoded', NAMES[i] as string)).length
  NAMES.forEach((name, i) => {
    const part = (shards[i] as Uint8Array).slice(0, 60_000)
    // The header comes last; one part has a wrong byte, one is longer than it should be, one shard got its name already.
    part.fill(0, 0, 128)
    if (i === 2) part[50_000] = 1
    if (i === 3) writeFileSync(join(out, `${name}.part`), concatBytes([part, new Uint8Array(header(i))]))
    else if (i === 5) writeFileSync(join(out, name), shards[i] as Uint8Array)
    else writeFileSync(join(out, `${name}.part`), part)
  })
  writeFileSync(join(out, '0009.zgs.part'), 'of another run')
  const { status, json } = zgkit(...encodeArgs(out, '--json'))
  expect(status).toBe(0)
  expect(json().kept).toBeGreaterThan(5 * 40_000)
  expect(json().kept).toBeLessThan(6 * (shards[0] as Uint8Array).length)
  expect(readdirSync(out)).toEqual([...NAMES, 'manifest.json'])
  expect(allGood(out)).toBe(true)
})

it('reconstruct: any four good shards, the rest missing, truncated, corrupt or foreign', () => {
  const dir = shardFolder('reconstruct')
  rmSync(join(dir, NAMES[0] as string))
  truncateSync(join(dir, NAMES[3] as string), 70_000)
  // Six bad chunks, each in a stripe of its own, and a file that is no shard.
  for (let i = 0; i < 3; i++) flip(join(dir, NAMES[i + 1] as string), 100_000)
  writeFileSync(join(dir, 'zz.zgs'), 'no shard')
  writeFileSync(join(dir, 'manifest.json'), '{"commitment": "0x12"')
  const refused = zgkit('reconstruct', dir, '--out', at('none'), '--json')
  expect(refused.status).toBe(1)
  expect(refused.json()).toMatchObject({ ok: false, code: 'TOO_FEW_SHARDS', expected: 4, missing: [0, 3] })
  expect(refused.json().faults).toContainEqual({ name: NAMES[3], index: 3, code: 'CONTENT_LENGTH', chunks: 0 })
  expect(refused.json().stripe).toBeGreaterThan(5)
  expect(readdirSync(folder).filter(name => name.startsWith('none'))).toEqual([])

  writeFileSync(join(dir, NAMES[0] as string), shards[0] as Uint8Array)
  writeFileSync(join(dir, NAMES[1] as string), shards[1] as Uint8Array)
  const restored = zgkit('reconstruct', dir, '--out', at('restored'), '--json')
  expect(restored.status).toBe(0)
  expect(restored.json()).toMatchObject({
    ok: true,
    commitment: trusted,
    commitmentFrom: 'headers',
    size: bytes.length,
  })
  expect(restored.json().faults.map(({ name, code }: { name: string; code: string }) => [name, code])).toEqual([
    [NAMES[3], 'CONTENT_LENGTH'],
    [NAMES[2], 'CONTENT_MISMATCH'],
    ['zz.zgs', 'HEADER_FORMAT'],
  ])
  expect(same(at('restored'), bytes)).toBe(true)
  expect(zgkit('reconstruct', dir, '--out', at('restored')).stdout).toContain('trust it with --commitment')

  // Part of a file that an interrupted run left; names do not matter.
  writeFileSync(at('again.part'), bytes.slice(0, 100_000).fill(0, 7, 9))
  renameSync(join(dir, NAMES[5] as string), join(dir, 'five.zgs'))
  const again = zgkit('reconstruct', dir, '--out', at('again'), '--commitment', trusted, '--json').json()
  expect(again).toMatchObject({ commitmentFrom: 'option', kept: 65_536 })
  expect(same(at('again'), bytes)).toBe(true)
  const other = zgkit('reconstruct', dir, '--out', at('other'), '--commitment', `0x${'00'.repeat(32)}`, '--json')
  expect([other.status, other.json().code, existsSync(at('other'))]).toEqual([1, 'TOO_FEW_SHARDS', false])
})

it('repair: rewrites what is missing or bad, and nothing else', () => {
  const dir = shardFolder('repair')
  const before = statSync(join(dir, NAMES[4] as string))
  rmSync(join(dir, NAMES[0] as string))
  flip(join(dir, NAMES[2] as string), 100_000)
  const repaired = zgkit('repair', dir, '--json')
  expect(repaired.status).toBe(0)
  expect(repaired.json()).toMatchObject({ ok: true, repaired: [0, 2], commitment: trusted })
  expect(allGood(dir)).toBe(true)
  expect(statSync(join(dir, NAMES[4] as string))).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs })
  // The manifest came back too.
  expect(readdirSync(dir)).toEqual([...NAMES, 'manifest.json'])
  expect(zgkit('repair', dir, '--json').json()).toMatchObject({ repaired: [], commitmentFrom: 'manifest' })

  for (const i of [1, 3, 5]) truncateSync(join(dir, NAMES[i] as string), 1000)
  const lost = zgkit('repair', dir, '--json')
  expect([lost.status, lost.json().code]).toEqual([1, 'TOO_FEW_SHARDS'])
  expect(readdirSync(dir)).toEqual([...NAMES, 'manifest.json'])

  // A good shard under another's name is not overwritten.
  const mixed = shardFolder('mixed')
  renameSync(join(mixed, NAMES[1] as string), join(mixed, NAMES[0] as string))
  const held = zgkit('repair', mixed, '--json')
  expect([held.status, held.json().error.code]).toEqual([3, 'FILE_EXISTS'])
  expect(readdirSync(mixed)).toEqual([NAMES[0], ...NAMES.slice(2)])
  expect(same(join(mixed, NAMES[0] as string), shards[1] as Uint8Array)).toBe(true)
})

it('evidence of a lying encoder is written where it is wanted', async () => {
  const stripes: Uint8Array[][] = []
  for await (const { chunks } of encodeShards(bytes, { code, chunkBytes: 8192 })) stripes.push([...chunks])
  ;(stripes[3] as Uint8Array[])[5]?.fill(7)
  const lie = commitTo(code, 8192, bytes.length, stripes)
  mkdirSync(at('lie'))
  lie.files.forEach((file, i) => {
    writeFileSync(at('lie', NAMES[i] as string), file)
  })
  const refused = zgkit('reconstruct', at('lie'), '--out', at('lied'), '--evidence', at('evidence'), '--json')
  expect(refused.status).toBe(1)
  expect(refused.json()).toMatchObject({ code: 'ENCODING_MISMATCH', stripe: 3, evidence: at('evidence') })
  expect(existsSync(at('lied'))).toBe(false)
  expect(await verifyEvidence(lie.commitment, readFileSync(at('evidence')))).toEqual({ ok: true, stripe: 3 })
})

it('an interrupted run leaves no file with a final name, and ends with 130', { timeout: 60_000 }, async () => {
  // So long that it is at work when the signal comes; it is a hole, and takes no place.
  const big = at('big')
  writeFileSync(big, '')
  truncateSync(big, 2 ** 36)
  const out = at('interrupted')
  const child = spawn(process.execPath, [MAIN, 'encode', big, '--data', '4', '--parity', '2', '--out', out])
  while (!existsSync(join(out, '0005.zgs.part'))) await new Promise(resolve => setTimeout(resolve, 5))
  child.kill('SIGINT')
  const status = await new Promise(resolve => child.on('exit', resolve))
  expect(status).toBe(130)
  expect(readdirSync(out)).toEqual(NAMES.map(name => `${name}.part`))
  truncateSync(big, 1e6)
  const resumed = zgkit('encode', big, '--data', '4', '--parity', '2', '--out', out)
  expect(resumed.status).toBe(0)
  expect(readdirSync(out)).toEqual([...NAMES, 'manifest.json'])
})

it('usage and environment have exit codes of their own', () => {
  const usage = [
    ['encode', at('file'), '--data', '4', '--out', at('u')],
    [...encodeArgs(at('u')), '--codec', 'rs9'],
    [...encodeArgs(at('u')), '--chunk', '5000'],
    ['encode', at('file'), '--data', '0', '--parity', '2', '--out', at('u')],
    ['reconstruct', at('encoded')],
    ['reconstruct', at('encoded'), '--out', at('u'), '--commitment', '0x12'],
  ]
  for (const args of usage) expect(zgkit(...args).status, args.join(' ')).toBe(2)
  expect(zgkit('encode', at('missing'), '--data', '1', '--parity', '1', '--out', at('u')).status).toBe(3)
  expect(zgkit('reconstruct', at('missing'), '--out', at('u')).status).toBe(3)
  mkdirSync(at('empty'))
  const empty = zgkit('reconstruct', at('empty'), '--out', at('u'), '--json')
  expect([empty.status, empty.json().code, existsSync(at('u'))]).toEqual([1, 'TOO_FEW_SHARDS', false])
})

it('file handles are sources, and Node streams are sources and sinks', async () => {
  const files = await Promise.all(NAMES.slice(2).map(name => open(at('resumed', name))))
  const { data, faults } = await decodeBytes(commitment, files)
  expect([Buffer.compare(data, bytes), faults]).toEqual([0, []])
  const source = await open(at('file'))
  const got: Buffer[][] = NAMES.map(() => [])
  const sinks = got.map(
    parts =>
      new Writable({ write: (chunk, _, done) => void setImmediate(() => done(void parts.push(chunk) as never)) }),
  )
  const streamed = await encodeShards(source.createReadStream(), { code, chunkBytes: 8192 }).pipeTo(sinks)
  expect(streamed.commitment).toEqual(commitment)
  got.forEach((parts, i) => {
    const shard = Buffer.concat([streamed.heads[i] as Uint8Array, ...parts])
    expect(Buffer.compare(shard, shards[i] as Uint8Array)).toBe(0)
  })
  expect(sinks.every(sink => sink.writableFinished)).toBe(true)
  const broken = () => new Writable({ write: (_, __, done) => done(new Error('full')) })
  const failing = encodeShards(bytes, { code }).pipeTo(NAMES.map(broken))
  await expect(failing).rejects.toThrow('full')
  for (const file of files) await file.close()
})
