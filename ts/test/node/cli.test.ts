import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import gold from '../../../testdata/storage/pora_gold.json' with { type: 'json' }
import { fileRootSync, toHex } from '../../dist/index.js'
import { painted } from '../patterns.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zgkit-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const put = (name: string, content: Uint8Array | string) => {
  writeFileSync(at(name), content)
  return at(name)
}

function zgkit(args: string[], options: { env?: Record<string, string>; input?: Uint8Array } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    input: options.input ?? '',
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  })
  return { status, stdout, stderr, json: () => JSON.parse(stdout) }
}

const bytes = painted(700_001)
const file = put('file', bytes)
const root = toHex(fileRootSync(bytes))
const size = String(bytes.length)

it('root: the file root and its sizes, on every tier', () => {
  for (const tier of ['native', 'wasm-simd', 'wasm', 'js']) {
    const { status, json } = zgkit(['root', file, '--json'], { env: { ZGKIT_TIER: tier } })
    expect(status).toBe(0)
    expect(json()).toEqual({
      schema: 'zgkit/1',
      fileRoot: root,
      size: bytes.length,
      sectors: 2735,
      paddedSectors: 2816,
      segments: 3,
      tier,
    })
  }
  expect(zgkit(['root', file]).stdout).toContain(root)
})

it('prove and verify: segments and sectors, the file’s own bytes or whole sectors', () => {
  for (const index of [0, 1, 2]) {
    const proved = zgkit(['prove', file, '--segment', String(index), '--json'])
    expect(proved.status).toBe(0)
    expect(Object.keys(proved.json())).toEqual(['kind', 'index', 'lemma', 'path'])
    const proof = put('proof.json', proved.stdout)
    const data = bytes.subarray(index * 262_144, (index + 1) * 262_144)
    const args = ['verify', '--root', root, '--size', size, '--proof', proof]
    expect(zgkit([...args, put('data', data)]).status).toBe(0)
    expect(zgkit([...args, '--segment', String(index), '-', '--json'], { input: data }).json()).toMatchObject({
      ok: true,
      kind: 'segment',
      index,
    })
    const whole = new Uint8Array(Math.ceil(data.length / 256) * 256)
    whole.set(data)
    expect(zgkit([...args, put('data', whole)]).status).toBe(0)
    const other = zgkit([...args, '--segment', String((index + 1) % 3), at('data'), '--json'])
    expect(other.status).toBe(1)
    expect(other.json().ok).toBe(false)
    whole[7] = (whole[7] as number) ^ 1
    const flipped = zgkit([...args, put('data', whole), '--json'])
    expect(flipped.status).toBe(1)
    expect(flipped.json()).toMatchObject({ ok: false, code: 'CONTENT_MISMATCH' })
  }
  for (const index of [0, 1024, 2734, 2815]) {
    const proof = put('proof.json', zgkit(['prove', file, '--sector', String(index)]).stdout)
    const own = bytes.subarray(index * 256, (index + 1) * 256)
    const data = put('data', own.length > 0 ? own : new Uint8Array(256))
    expect(zgkit(['verify', '--root', root, '--size', size, '--proof', proof, data]).status, `${index}`).toBe(0)
  }
})

it('verify: what stands in a proof file is never trusted', () => {
  const honest = zgkit(['prove', file, '--segment', '1']).json()
  const data = put('data', bytes.subarray(262_144, 524_288))
  const cases: [unknown, string, string?][] = [
    [{ ...honest, index: 0 }, 'INDEX_MISMATCH'],
    [{ ...honest, index: 99 }, 'INDEX_RANGE'],
    [{ ...honest, index: 'one' }, 'INDEX_RANGE'],
    [{ ...honest, kind: 'sector' }, 'CONTENT_LENGTH'],
    [{ ...honest, kind: 'flow' }, 'PROOF_FORMAT'],
    [{ ...honest, size: 1, root: honest.lemma[0], lemma: [honest.lemma[0]], path: [] }, 'PROOF_DEPTH'],
    [{ ...honest, path: [] }, 'PROOF_FORMAT'],
    [{}, 'PROOF_FORMAT'],
    [[], 'PROOF_FORMAT'],
    [null, 'PROOF_FORMAT'],
    [honest, 'ROOT_MISMATCH', `0x${'00'.repeat(32)}`],
  ]
  for (const [proof, code, otherRoot] of cases) {
    const path = put('proof.json', JSON.stringify(proof))
    const { status, json } = zgkit([
      'verify',
      '--root',
      otherRoot ?? root,
      '--size',
      size,
      '--proof',
      path,
      data,
      '--json',
    ])
    expect(json().code).toBe(code)
    expect(status).toBe(1)
  }
})

it('exit codes: 2 for wrong usage, 3 for what cannot be read or had', () => {
  const proof = put('proof.json', zgkit(['prove', file, '--segment', '1']).stdout)
  const verify = ['verify', '--root', root, '--size', size, '--proof']
  const usage = [
    [],
    ['nonsense'],
    ['root'],
    ['root', file, '--nonsense'],
    ['prove', file],
    ['prove', file, '--segment', '1', '--sector', '1'],
    ['prove', file, '--segment', '-1'],
    ['prove', file, '--segment', '1e3'],
    ['prove', file, '--segment', '3'],
    ['prove', file, '--sector', '9007199254740992'],
    ['verify', file],
    ['verify', '--root', '0x12', '--size', '1', '--proof', proof, file],
    ['verify', '--root', root, '--size', '0', '--proof', proof, file],
    ['verify', '--root', root, '--size', '9007199254740992', '--proof', proof, file],
  ]
  for (const args of usage) expect(zgkit(args).status, args.join(' ')).toBe(2)
  const environment = [
    ['root', at('missing')],
    ['root', folder],
    ['root', put('empty', '')],
    [...verify, at('missing'), file],
    [...verify, put('text', 'no json'), file],
    [...verify, proof, at('missing')],
  ]
  for (const args of environment) expect(zgkit(args).status, args.join(' ')).toBe(3)
  expect(zgkit(['root', file], { env: { ZGKIT_ISA: 'avx9000' } }).status).toBe(3)
  const error = zgkit(['root', at('missing'), '--json'])
  expect(error.json()).toMatchObject({ schema: 'zgkit/1', error: { code: 'ENOENT' } })
})

it('verify-answer: accepts mined answers, names what is wrong with others, and shows every value', () => {
  for (const mined of gold.cases) {
    const { status, json } = zgkit(['verify-answer', put('case.json', JSON.stringify(mined)), '--json'])
    expect(status).toBe(0)
    const { iterations: _, ...working } = mined.working
    const threshold = `0x${working.threshold.slice(2).padStart(64, '0')}`
    expect(json()).toEqual({ schema: 'zgkit/1', ok: true, code: null, steps: { ...working, threshold } })
  }
  const [mined] = gold.cases
  const rejected: [unknown, string][] = [
    [{ ...mined, answer: { ...mined?.answer, minerId: `0x${'00'.repeat(32)}` } }, 'MINER_ID_ZERO'],
    [{ ...mined, answer: { ...mined?.answer, sealOffset: 38 } }, 'RECALL_POSITION'],
    [{ ...mined, poraTarget: '1' }, 'TARGET_MISSED'],
    [{ ...mined, answer: { ...mined?.answer, nonce: '0x12' } }, 'BUFFER_LENGTH'],
    [{ ...mined, answer: undefined }, 'INVALID_ARGUMENT'],
    [[], 'INVALID_ARGUMENT'],
    [null, 'INVALID_ARGUMENT'],
  ]
  for (const [bad, code] of rejected) {
    const { status, json } = zgkit(['verify-answer', put('case.json', JSON.stringify(bad)), '--json'])
    expect(json().code).toBe(code)
    expect(status).toBe(1)
  }
  expect(zgkit(['verify-answer', put('case.json', '{')]).status).toBe(3)
  expect(zgkit(['verify-answer']).status).toBe(2)
  expect(zgkit(['verify-answer', put('case.json', JSON.stringify(mined)), '--contract-exact']).status).toBe(0)
})

it('doctor: every tier with its state and reason', () => {
  const { status, json } = zgkit(['doctor', '--json'])
  expect(status).toBe(0)
  const { selected, tiers } = json()
  expect(selected).toBe('native')
  expect(tiers.map(({ tier, state }: { tier: string; state: string }) => [tier, state])).toEqual(
    ['native', 'wasm-simd', 'wasm', 'js'].map(tier => [tier, 'ready']),
  )
  const forced = zgkit(['doctor', '--json'], { env: { ZGKIT_ISA: 'simd128' } }).json()
  expect(forced.selected).toBe('wasm-simd')
  expect(forced.tiers[0]).toMatchObject({ tier: 'native', state: 'refused', code: 'ISA_UNAVAILABLE' })
  expect(zgkit(['doctor'], { env: { ZGKIT_ISA: 'avx9000' } }).status).toBe(3)
})

it('version: with the protocol revisions', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(zgkit(['--version']).stdout.trim()).toBe(version)
  const { json } = zgkit(['--version', '--json'])
  expect(json().version).toBe(version)
  expect(Object.keys(json().protocol)).toEqual(['storageContracts', 'storageNode', 'storageSdk'])
  expect(zgkit(['--help']).status).toBe(0)
})
