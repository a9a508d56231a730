import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { FileTree, fileRootSync, toHex, verifySegment, ZgkitError } from '../../dist/index.js'
import { Download, StorageNode, systemClock } from '../../dist/transfer/index.js'
import { codeOf, painted, wholeSectors } from '../patterns.js'
import { storageNode } from '../storage-node.js'
import { runs } from '../tiers.js'

const bytes = painted(700_001)
const [root, size] = [fileRootSync(bytes), bytes.length]
const folder = mkdtempSync(join(tmpdir(), 'zgkit-node-'))
writeFileSync(join(folder, 'file'), bytes)
const node = await storageNode(join(folder, 'file'))
afterAll(() => {
  node.end()
  rmSync(folder, { recursive: true })
})

const request = (index: number, { signal = new AbortController().signal, alive = () => {} } = {}) => ({
  ...{ root, size, index, signal, alive },
})

const failureOf = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    error => error,
  )
  expect(error).toBeInstanceOf(ZgkitError)
  return error as ZgkitError
}

it('segments come with their proofs, by root and by number; bytes that arrive are told of', async () => {
  for (const source of [new StorageNode(node.at()), new StorageNode(node.at(), { txSeq: 0n })]) {
    for (const index of [0, 1, 2]) {
      let heard = 0
      const { data, proof } = await source.fetchSegment(request(index, { alive: () => heard++ }))
      expect(
        Buffer.compare(data as Uint8Array, wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))),
      ).toBe(0)
      expect((await verifySegment({ root, size, index, data, proof })).ok).toBe(true)
      expect(heard).toBeGreaterThan(1)
    }
  }
  expect(await node.calls('zgs_downloadSegmentWithProof')).toBe(3)
  expect(await node.calls('zgs_downloadSegmentWithProofByTxSeq')).toBe(3)
  const elsewhere = new StorageNode(node.at(), { txSeq: 1 })
  expect((await failureOf(elsewhere.fetchSegment(request(0)))).details.reason).toBe('absent')
})

it('fileInfo: what the node says, and nothing for what it does not know', async () => {
  const source = new StorageNode(node.at())
  const info = { size, txSeq: 0, startSector: 0, finalized: true, pruned: false }
  expect(await source.fileInfo(root)).toEqual(info)
  expect(await source.fileInfo(toHex(root))).toEqual(info)
  expect(await source.fileInfo(new Uint8Array(32))).toBe(undefined)
  expect(await codeOf(() => source.fileInfo('0x12'))).toBe('BUFFER_LENGTH')
})

it('whatever is answered instead of a segment is a typed error', async () => {
  const cases: Record<string, [code: string, reason: string | undefined, more?: object]> = {
    'no-base64': ['SOURCE_FAILED', 'format'],
    'no-json': ['SOURCE_FAILED', 'format'],
    'other-json': ['SOURCE_FAILED', 'format'],
    refusal: ['SOURCE_FAILED', 'rpc', { rpcCode: -32_602 }],
    'status-500': ['SOURCE_FAILED', 'http', { status: 500 }],
    redirect: ['SOURCE_FAILED', 'network'],
    'broken-off': ['SOURCE_FAILED', 'network'],
    huge: ['LIMIT_EXCEEDED', undefined, { expected: 2 ** 19 }],
    'shard-1-of-2': ['SOURCE_FAILED', 'absent'],
  }
  for (const [fault, [code, reason, more]] of Object.entries(cases)) {
    const source = new StorageNode(node.at(fault))
    const error = await failureOf(source.fetchSegment(request(0)))
    expect(error.code, fault).toBe(code)
    expect(error.details, fault).toMatchObject({ source: source.name, ...(reason && { reason }), ...more })
    // What is not there will not be there; a node that sends too much is not asked for it again.
    expect(error.retryable, fault).toBe(!['huge', 'shard-1-of-2'].includes(fault))
    // A node's own words do nothing on a terminal.
    expect(error.message).toMatch(/^[\x20-\x7e]*$/)
  }
  const nowhere = await failureOf(new StorageNode('http://127.0.0.1:1').fetchSegment(request(0)))
  expect(nowhere.details.reason).toBe('network')
  expect(nowhere.cause).toBeInstanceOf(Error)
})

it('answers of any JSON at all end in a typed error, or in bytes', async () => {
  let answer = ''
  const server = createServer((_, response) => void response.end(answer)).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const source = new StorageNode(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, {}, [], '', 'AAAA', 5))
  const result = fc.oneof(value, fc.record({ data: value, proof: value }))
  const reply = fc.oneof(
    value,
    fc.record({ result }),
    fc.record({ error: fc.oneof(value, fc.record({ message: value })) }),
  )
  try {
    await fc.assert(
      fc.asyncProperty(reply, async json => {
        answer = JSON.stringify(json)
        for (const call of [() => source.fetchSegment(request(0)), () => source.fileInfo(root)]) {
          const outcome = await call().catch(error => error)
          if (outcome instanceof Error) expect((outcome as ZgkitError).code).toBe('SOURCE_FAILED')
          else if (outcome && 'data' in outcome) expect(outcome.data).toBeInstanceOf(Uint8Array)
        }
      }),
      { numRuns: runs(150) },
    )
    // As deep as the limit allows.
    answer = '['.repeat(2 ** 19)
    expect((await failureOf(source.fetchSegment(request(0)))).code).toBe('SOURCE_FAILED')
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

it('an abort ends a request that hangs, with its reason', async () => {
  const controller = new AbortController()
  let heard = () => {}
  const hearing = new Promise<void>(resolve => {
    heard = resolve
  })
  const pending = new StorageNode(node.at('stall')).fetchSegment(
    request(0, { signal: controller.signal, alive: () => heard() }),
  )
  await hearing
  controller.abort(new Error('enough'))
  await expect(pending).rejects.toThrow('enough')
})

it('a URL that no storage node has is INVALID_ARGUMENT; names have no query', async () => {
  for (const url of [
    '',
    'node',
    'ftp://node/',
    'file:///etc/passwd',
    'http://user:secret@node/',
    5 as unknown as string,
  ]) {
    expect(await codeOf(() => new StorageNode(url)), String(url)).toBe('INVALID_ARGUMENT')
  }
  expect(await codeOf(() => new StorageNode('http://node', { txSeq: -1 }))).toBe('RANGE')
  expect(new StorageNode('https://node:5678/path/?token=1').name).toBe('https://node:5678/path')
  expect(new StorageNode(new URL('https://node')).name).toBe('https://node')
  expect(new StorageNode('https://node', { name: 'mine' }).name).toBe('mine')
})

it('a download from liars and one honest node gives the file, and names them', async () => {
  const lies: Record<string, string> = {
    'wrong-byte': 'CONTENT_MISMATCH',
    zeros: 'CONTENT_MISMATCH',
    short: 'CONTENT_LENGTH',
    'forged-proof': 'PROOF_DEPTH',
    'no-proof': 'PROOF_FORMAT',
  }
  // One at a time beside the honest one, so that each of them is asked.
  for (const [fault, code] of Object.entries(lies)) {
    const sources = [fault, ''].map(name => new StorageNode(node.at(name)))
    const download = new Download({ root, size, sources, concurrency: 3 })
    expect(Buffer.compare(await download.read(0, size), bytes)).toBe(0)
    expect(download.sources[0]?.lie, fault).toMatchObject({ source: node.at(fault), code })
    expect(download.sources.map(({ segments }) => segments)).toEqual([0, 3])
  }
  // A file of one segment: the forged proof has the right depth.
  const tree = FileTree.buildSync(bytes.subarray(0, 1000))
  const forged = { lemma: [toHex(fileRootSync(bytes.subarray(1, 1001)))], path: [] }
  const data = bytes.subarray(1, 1001)
  const liar = { name: 'liar', fetchSegment: async () => ({ data, proof: forged }) }
  const error = await failureOf(new Download({ root: tree.root, size: 1000, sources: [liar] }).read(0, 1000))
  expect([error.code, error.retryable]).toEqual(['SOURCES_EXHAUSTED', false])
})

it('two nodes that have half of the segments each make a whole, without a pause for what one of them lacks', async () => {
  const sources = ['shard-0-of-2', 'shard-1-of-2'].map(name => new StorageNode(node.at(name)))
  const timers: number[] = []
  const clock = {
    ...systemClock,
    after(ms: number, then: () => void) {
      timers.push(ms)
      return systemClock.after(ms, then)
    },
  }
  const download = new Download({ root, size, sources, concurrency: 1, idleTimeoutMs: 20_000, clock })
  expect(Buffer.compare(await download.read(0, size), bytes)).toBe(0)
  expect(download.sources.map(({ segments }) => segments)).toEqual([2, 1])
  // The idle time of each request, and nothing else.
  expect(new Set(timers)).toEqual(new Set([20_000]))
})
