import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { fileRootSync, toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'
import { storageNode } from '../storage-node.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zgkit-download-'))
const at = (name: string) => join(folder, name)

const SEGMENT = 262_144
/** Ten segments, the last with a single byte. */
const bytes = painted(9 * SEGMENT + 1)
const [root, size] = [toHex(fileRootSync(bytes)), String(bytes.length)]
writeFileSync(at('file'), bytes)
const node = await storageNode(at('file'))
afterAll(() => {
  node.end()
  rmSync(folder, { recursive: true })
})

const args = (out: string, faults: readonly string[], ...more: string[]) => [
  ...['download', '--root', root, '--size', size, '--from', ...faults.map(node.at)],
  ...['--out', at(out), '--json', ...more],
]
const env = { ...process.env, NO_COLOR: '1' }

function zgkit(given: string[]) {
  // One that does not end has no status.
  const options = { encoding: 'utf8', env, timeout: 30_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...given], options)
  return { status, stdout, stderr, json: () => JSON.parse(stdout) }
}

const isWhole = (out: string) => Buffer.compare(readFileSync(at(out)), bytes) === 0
/** Files that a download of that name left. */
const left = (out: string) => readdirSync(folder).filter(name => name.startsWith(out))
const METHOD = 'zgs_downloadSegmentWithProof'

it('a file from one node; there is nothing beside it afterwards', () => {
  const { status, json } = zgkit(args('plain', ['']))
  expect(status).toBe(0)
  const sources = [{ name: node.at('').slice(0, -1), segments: 10, timeouts: 0, failures: 0 }]
  const result = { ok: true, size: bytes.length, kept: 0, out: at('plain'), sources, tier: 'native' }
  expect(json()).toEqual({ schema: 'zgkit/1', ...result })
  expect(isWhole('plain')).toBe(true)
  expect(left('plain')).toEqual(['plain'])
  // For people.
  const { stdout } = zgkit(args('plain', ['']).filter(arg => arg !== '--json'))
  expect(stdout).toContain(`downloaded and verified: ${at('plain')}, ${size} bytes`)
})

it('liars among the nodes are named, and the file is right', () => {
  const { status, json } = zgkit(args('among', ['wrong-byte', 'forged-proof', 'status-500', '']))
  expect(status).toBe(0)
  expect(isWhole('among')).toBe(true)
  const [wrong, forged, failing, honest] = json().sources
  expect(wrong).toMatchObject({ name: node.at('wrong-byte'), segments: 0, lie: { code: 'CONTENT_MISMATCH' } })
  expect(forged).toMatchObject({ name: node.at('forged-proof'), segments: 0, lie: { code: 'PROOF_DEPTH' } })
  expect(failing).toMatchObject({ name: node.at('status-500'), segments: 0 })
  expect(failing.failures).toBeGreaterThan(0)
  expect(honest.segments).toBe(10)
})

it('only liars: exit 1, no file; who may only be late: exit 3', () => {
  const lied = zgkit(args('none', ['wrong-byte', 'zeros']))
  expect(lied.status).toBe(1)
  expect(lied.json()).toMatchObject({ ok: false, code: 'SOURCES_EXHAUSTED', retryable: false })
  expect(lied.json().faults.map(({ code }: { code: string }) => code)).toEqual(['CONTENT_MISMATCH', 'CONTENT_MISMATCH'])
  expect(existsSync(at('none'))).toBe(false)

  const absent = zgkit(args('none', ['shard-0-of-2']))
  expect(absent.status).toBe(3)
  expect(absent.json()).toMatchObject({ ok: false, code: 'SOURCES_EXHAUSTED', retryable: true })
  expect(absent.json().faults[0].reason).toContain('does not have the segment')
  expect(existsSync(at('none'))).toBe(false)
})

it('a node that stalls is left after the idle time', () => {
  const { status, json } = zgkit(args('idle', ['stall', ''], '--idle-timeout-ms', '200'))
  expect(status).toBe(0)
  expect(isWhole('idle')).toBe(true)
  // Whether a late request counts as timed out depends on who is first: the clock, or the other node.
  expect(json().sources).toMatchObject([{ segments: 0 }, { segments: 10 }])
})

it('goes on where an earlier run stopped, and asks nobody for what is there', async () => {
  // One segment can be had, the next one cannot.
  expect(zgkit(args('resumed', ['shard-0-of-2'], '--concurrency', '1')).status).toBe(3)
  expect(left('resumed')).toEqual(['resumed.part', 'resumed.part.proofs'])
  const before = await node.calls(METHOD)
  const { status, json } = zgkit(args('resumed', ['']))
  expect(status).toBe(0)
  expect(json()).toMatchObject({ kept: SEGMENT, sources: [{ segments: 9 }] })
  expect((await node.calls(METHOD)) - before).toBe(9)
  expect(isWhole('resumed')).toBe(true)
  expect(left('resumed')).toEqual(['resumed'])
})

it('believes nothing that an earlier run left', () => {
  const [part, proofs] = [`${at('left')}.part`, `${at('left')}.part.proofs`]
  expect(zgkit(args('left', ['shard-0-of-2'], '--concurrency', '1')).status).toBe(3)
  const right = readFileSync(proofs)
  expect(right.length).toBeGreaterThan(0)
  const wrong = bytes.slice()
  wrong[5] = (wrong[5] as number) ^ 1
  const cases: [part: Uint8Array, proofs: Uint8Array, kept: number][] = [
    // A wrong byte, and more bytes than the file has; the other segments were there, and are kept once they are known to be right.
    [Buffer.concat([wrong, Buffer.from('more')]), right, bytes.length - SEGMENT],
    // Proofs that are damaged or in another's place, and what another file left.
    [bytes, Buffer.concat([right.subarray(32), right.map(byte => byte ^ 255)]), bytes.length],
    [painted(12), painted(5000), 0],
  ]
  for (const [bytesLeft, proofsLeft, kept] of cases) {
    writeFileSync(part, bytesLeft)
    writeFileSync(proofs, proofsLeft)
    const { status, json } = zgkit(args('left', ['']))
    expect(status).toBe(0)
    expect(json()).toMatchObject({ kept, sources: [{ segments: 10 }] })
    expect(isWhole('left')).toBe(true)
    expect(left('left')).toEqual(['left'])
  }
})

it('Ctrl-C ends it with 130 and leaves what is needed to go on', async () => {
  const running = spawn(process.execPath, [MAIN, ...args('stopped', ['slow'], '--concurrency', '1')], { env })
  let output = ''
  running.stdout.on('data', text => {
    output += text
  })
  const ended = new Promise(resolve => running.once('exit', resolve))
  while ((await node.calls(METHOD, 'slow')) < 4) await sleep(20)
  running.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(JSON.parse(output).error.code).toBe('INTERRUPTED')
  expect(left('stopped')).toEqual(['stopped.part', 'stopped.part.proofs'])
  const { status, json } = zgkit(args('stopped', ['']))
  expect(status).toBe(0)
  expect(json().kept).toBeGreaterThanOrEqual(SEGMENT)
  expect(isWhole('stopped')).toBe(true)
})

it('wrong use is exit 2, and leaves nothing', () => {
  const wrong = [
    args('wrong', []),
    args('wrong', ['']).map(arg => (arg === node.at('') ? 'ftp://node' : arg)),
    args('wrong', [''], '--concurrency', '0'),
  ]
  for (const given of wrong) expect(zgkit(given).status, given.join(' ')).toBe(2)
  expect(left('wrong')).toEqual([])
})
