import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FileTree, proofToJson, StorageNode, toHex, type ZgkitError } from '../../dist/index.js'
import { fromBase64 } from '../../dist/transfer/base64.js'
import { painted } from '../patterns.js'
import { runs } from '../tiers.js'

const bytes = painted(256)
const tree = FileTree.buildSync(bytes)
const base64 = (data: Uint8Array) => btoa(String.fromCharCode(...data))

/** A `fetch` that answers so, in portions of a stream, and what it was asked. */
function fakeFetch(answer: unknown, portions = 1) {
  const asked: { url: string; init: RequestInit; call: unknown }[] = []
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    asked.push({ url: String(url), init, call: JSON.parse(String(init.body)) })
    const body = new TextEncoder().encode(JSON.stringify(answer))
    const length = Math.ceil(body.length / portions)
    let at = 0
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= body.length) controller.close()
        else controller.enqueue(body.slice(at, at + length))
        at += length
      },
    })
    return new Response(stream)
  }
  return { fetch, asked }
}

const request = (alive = () => {}) => ({
  ...{ root: tree.root, size: bytes.length, index: 0, signal: new AbortController().signal, alive },
})

it('base64 is decoded in its one form only', () => {
  const oracle = (text: string) => {
    try {
      return btoa(atob(text)) === text
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), data => {
      expect(fromBase64(base64(data))).toEqual(data)
    }),
    { numRuns: runs(300) },
  )
  const character = fc.constantFrom(...'AZaz09+/=-_ \n\u00e9\u0141')
  fc.assert(
    fc.property(fc.string({ unit: character, maxLength: 12 }), text => {
      expect(fromBase64(text) !== undefined).toBe(oracle(text))
    }),
    { numRuns: runs(3000) },
  )
})

it('asks as nodes are asked, and hands out data and proof as they came', async () => {
  const proof = proofToJson(tree.proveSegment(0))
  const result = { root: toHex(tree.root), data: base64(bytes), index: 0, proof, fileSize: 256 }
  const { fetch, asked } = fakeFetch({ jsonrpc: '2.0', id: 1, result }, 7)
  let heard = 0
  const alive = () => {
    heard++
  }
  const byRoot = new StorageNode('http://node.example:5678', { fetch })
  expect(await byRoot.fetchSegment(request(alive))).toEqual({ data: bytes, proof })
  // The head, and each portion of the body.
  expect(heard).toBe(1 + 7)
  await new StorageNode('http://node.example:5678/', { fetch, txSeq: 12_345 }).fetchSegment(request())
  expect(asked.map(({ call }) => call)).toEqual([
    { jsonrpc: '2.0', id: 1, method: 'zgs_downloadSegmentWithProof', params: [toHex(tree.root), 0] },
    { jsonrpc: '2.0', id: 1, method: 'zgs_downloadSegmentWithProofByTxSeq', params: [12_345, 0] },
  ])
  for (const { url, init } of asked) {
    expect(url).toBe('http://node.example:5678/')
    expect(init).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(init).toMatchObject({ redirect: 'error', credentials: 'omit', cache: 'no-store' })
  }
})

it('fileInfo: asked for a submission that can be served; sizes that are none are refused', async () => {
  const tx = { size: 256, seq: 7, startEntryIndex: 1024, dataMerkleRoot: toHex(tree.root), streamIds: [], data: [] }
  const { fetch, asked } = fakeFetch({ result: { tx, finalized: true, isCached: false, uploadedSegNum: 1 } })
  const info = await new StorageNode('http://node', { fetch }).fileInfo(tree.root)
  expect(info).toEqual({ size: 256, txSeq: 7, startSector: 1024, finalized: true, pruned: false })
  expect(asked[0]?.call).toMatchObject({ method: 'zgs_getFileInfo', params: [toHex(tree.root), true] })
  for (const size of [-1, 0.5, 2 ** 53, '256', null]) {
    const wrong = fakeFetch({ result: { tx: { ...tx, size }, finalized: true } })
    const refused = await new StorageNode('http://node', wrong).fileInfo(tree.root).catch(error => error as ZgkitError)
    expect(refused).toMatchObject({ code: 'SOURCE_FAILED', details: { reason: 'format' } })
  }
})

it('reads 512 KiB of an answer and not a byte more', async () => {
  let sent = 0
  let cancelled = false
  const endless = async () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 65_536
          controller.enqueue(new Uint8Array(65_536).fill(32))
        },
        cancel() {
          cancelled = true
        },
      }),
    )
  const node = new StorageNode('http://node', { fetch: endless })
  const error = await node.fetchSegment(request()).catch(error => error as ZgkitError)
  expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: false })
  expect(cancelled).toBe(true)
  expect(sent).toBeLessThanOrEqual(2 ** 19 + 3 * 65_536)
})
