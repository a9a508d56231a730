// @ts-check
/**
 * Plays a storage node on this machine: one file, and the JSON-RPC calls of a download (SPEC.md section 20). The path of the URL says
 * how it behaves: nothing for honestly, or the name of one of the FAULTS.
 *
 *     node storage-node.mjs FILE    prints the URL and serves until it is ended
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { pathToFileURL } from 'node:url'
import { FileTree, toHex } from 'zgkit'

const SECTOR = 256
const SEGMENT_SECTORS = 1024
/** Longer than anybody should read. */
const HUGE = Buffer.alloc(2 ** 20, ' ')

/**
 * @typedef {import('node:http').ServerResponse} Response
 * @typedef {{data: string, proof: {lemma: string[], path: boolean[]}, index: number}} Segment
 * @typedef {{jsonrpc: '2.0', id: unknown, result?: any, error?: unknown}} Reply
 */

/** What a node may do instead of answering honestly. @type {Record<string, (reply: Reply, response: Response) => void | Promise<void>>} */
const FAULTS = {
  'wrong-byte': (reply, response) =>
    send(
      response,
      changed(reply, bytes => bytes.writeUInt8(bytes.readUInt8(7) ^ 1, 7)),
    ),
  zeros: (reply, response) =>
    send(
      response,
      changed(reply, bytes => bytes.fill(0)),
    ),
  short: (reply, response) =>
    send(response, { ...reply, result: { ...reply.result, data: reply.result.data.slice(0, 8) } }),
  /** A proof of one hash: that of the wrong bytes themselves. */
  'forged-proof': async (reply, response) => {
    const wrong = changed(reply, bytes => bytes.fill(1))
    const { root } = await FileTree.build(Buffer.from(wrong.result.data, 'base64'))
    send(response, { ...wrong, result: { ...wrong.result, proof: { lemma: [toHex(root)], path: [] } } })
  },
  'no-proof': (reply, response) => send(response, { ...reply, result: { ...reply.result, proof: null } }),
  'no-base64': (reply, response) => send(response, { ...reply, result: { ...reply.result, data: '*' } }),
  'no-json': (_, response) => void response.end('<html>'),
  'other-json': (_, response) => void response.end('[[[7]]]'),
  refusal: ({ id }, response) =>
    send(response, { jsonrpc: '2.0', id, error: { code: -32_602, message: 'no \u001b[31msuch\nthing' } }),
  'status-500': (_, response) => void response.writeHead(500).end('{}'),
  redirect: (_, response) => void response.writeHead(307, { location: '/' }).end(),
  huge(_, response) {
    response.on('drain', () => response.write(HUGE))
    response.write(HUGE)
  },
  'broken-off': (reply, response) =>
    void response.write(JSON.stringify(reply).slice(0, 1000), () => response.destroy()),
  stall: (reply, response) => void response.write(JSON.stringify(reply).slice(0, 1000)),
  /** A slow node, not a bad one. */
  slow: (reply, response) => void setTimeout(() => send(response, reply), 150),
  /** Two nodes that have half of the file each. */
  'shard-0-of-2': (reply, response) =>
    send(response, reply.result?.index % 2 === 1 ? { ...reply, result: null } : reply),
  'shard-1-of-2': (reply, response) =>
    send(response, reply.result?.index % 2 === 0 ? { ...reply, result: null } : reply),
}

/**
 * @param {Response} response
 * @param {Reply} reply
 */
function send(response, reply) {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(reply))
}

/**
 * A reply with other bytes in its segment.
 * @param {Reply} reply
 * @param {(bytes: Buffer) => unknown} change
 * @returns {Reply}
 */
function changed(reply, change) {
  const bytes = Buffer.from(reply.result.data, 'base64')
  change(bytes)
  return { ...reply, result: { ...reply.result, data: bytes.toString('base64') } }
}

/**
 * The results of the calls for one file.
 * @param {Uint8Array} bytes
 */
async function methodsOf(bytes) {
  const tree = await FileTree.build(bytes)
  const [root, size] = [toHex(tree.root), bytes.length]
  const tx = { streamIds: [], data: [], dataMerkleRoot: root, merkleNodes: [], startEntryIndex: 0, size, seq: 0 }
  const uploadedSegNum = Math.ceil(tree.layout.sectors / SEGMENT_SECTORS)
  const info = { tx, finalized: true, isCached: false, uploadedSegNum, pruned: false }
  const sectors = (/** @type {number} */ start, /** @type {number} */ end) => {
    const whole = Buffer.alloc((Math.min(end, tree.layout.sectors) - start) * SECTOR)
    whole.set(bytes.subarray(start * SECTOR, end * SECTOR))
    return whole.toString('base64')
  }
  const segment = (/** @type {number} */ index) => {
    if (!(index >= 0 && index < uploadedSegNum)) throw new Error('index out of bound')
    const { lemma, path } = tree.proveSegment(index)
    const data = sectors(index * SEGMENT_SECTORS, (index + 1) * SEGMENT_SECTORS)
    return { root, data, index, proof: { lemma: lemma.map(toHex), path }, fileSize: size }
  }
  /** @type {Record<string, (...params: any[]) => unknown>} */
  const methods = {
    zgs_getFileInfo: asked => (asked === root ? info : null),
    zgs_getFileInfoByTxSeq: seq => (seq === tx.seq ? info : null),
    zgs_getShardConfig: () => ({ shardId: 0, numShard: 1 }),
    zgs_downloadSegmentByTxSeq: (seq, start, end) => (seq === tx.seq ? sectors(start, end) : null),
    zgs_downloadSegmentWithProof: (asked, index) => (asked === root ? segment(index) : null),
    zgs_downloadSegmentWithProofByTxSeq: (seq, index) => (seq === tx.seq ? segment(index) : null),
  }
  return { root, methods }
}

/**
 * @param {((...params: any[]) => unknown) | undefined} call
 * @param {unknown} id
 * @param {unknown[]} params
 * @returns {Reply}
 */
function replyOf(call, id, params) {
  if (!call) return { jsonrpc: '2.0', id, error: { code: -32_601, message: 'Method not found' } }
  try {
    return { jsonrpc: '2.0', id, result: call(...params) }
  } catch (error) {
    return { jsonrpc: '2.0', id, error: { code: -32_602, message: String(error) } }
  }
}

/**
 * Starts a node for one file. `url` is the honest one; `requests` counts calls by path and method.
 * @param {Uint8Array} bytes
 */
export async function startStorageNode(bytes) {
  const { root, methods } = await methodsOf(bytes)
  /** @type {Record<string, number>} */
  const requests = {}
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.setHeader('connection', 'close').end(JSON.stringify(requests))
    const parts = []
    for await (const part of request) parts.push(part)
    const { id, method, params = [] } = JSON.parse(Buffer.concat(parts).toString())
    const name = (request.url ?? '/').slice(1)
    requests[`${name} ${method}`] = (requests[`${name} ${method}`] ?? 0) + 1
    const reply = replyOf(methods[method], id, params)
    const fault = method.includes('WithProof') && !reply.error ? FAULTS[name] : undefined
    await (fault ?? ((reply, response) => send(response, reply)))(reply, response)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url, root, size: bytes.length, requests, close }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { url } = await startStorageNode(await readFile(process.argv[2] ?? ''))
  process.stdout.write(`${url}\n`)
}
