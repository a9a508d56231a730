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
 * @typedef {{jsonrpc: '2.0', id: unknown, result?: any, error?: unknown}} Reply
 * @typedef {(reply: Reply, response: Response) => any} Behaviour what is done with the honest reply
 */

/** @type {Behaviour} */
function send(reply, response) {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(reply))
}

/** @type {(reply: Reply, fields: object) => Reply} */
const withFields = (reply, fields) => ({ ...reply, result: { ...reply.result, ...fields } })

/** @type {(reply: Reply, change: (bytes: Buffer) => unknown) => Reply} */
function withBytes(reply, change) {
  const bytes = Buffer.from(reply.result.data, 'base64')
  change(bytes)
  return withFields(reply, { data: bytes.toString('base64') })
}

/** What a node may do instead of answering honestly. @type {Record<string, Behaviour>} */
const FAULTS = {
  'wrong-byte': (reply, response) => {
    const wrong = withBytes(reply, bytes => bytes.writeUInt8(bytes.readUInt8(7) ^ 1, 7))
    send(wrong, response)
  },
  zeros: (reply, response) => {
    const wrong = withBytes(reply, bytes => bytes.fill(0))
    send(wrong, response)
  },
  short: (reply, response) => send(withFields(reply, { data: reply.result.data.slice(0, 8) }), response),
  /** A proof of one hash: that of the wrong bytes themselves. */
  'forged-proof': async (reply, response) => {
    const wrong = withBytes(reply, bytes => bytes.fill(1))
    const { root } = await FileTree.build(Buffer.from(wrong.result.data, 'base64'))
    send(withFields(wrong, { proof: { lemma: [toHex(root)], path: [] } }), response)
  },
  'no-proof': (reply, response) => send(withFields(reply, { proof: null }), response),
  'no-base64': (reply, response) => send(withFields(reply, { data: '*' }), response),
  'no-json': (_, response) => response.end('<html>'),
  'other-json': (_, response) => response.end('[[[7]]]'),
  refusal: ({ id }, response) =>
    send({ jsonrpc: '2.0', id, error: { code: -32_602, message: 'no \u001b[31msuch\nthing' } }, response),
  'status-500': (_, response) => response.writeHead(500).end('{}'),
  redirect: (_, response) => response.writeHead(307, { location: '/' }).end(),
  huge(_, response) {
    response.on('drain', () => response.write(HUGE))
    response.write(HUGE)
  },
  'broken-off': (reply, response) => response.write(JSON.stringify(reply).slice(0, 1000), () => response.destroy()),
  stall: (reply, response) => response.write(JSON.stringify(reply).slice(0, 1000)),
  /** A slow node, not a bad one. */
  slow: (reply, response) => setTimeout(() => send(reply, response), 150),
  /** Two nodes that have half of the file each. */
  'shard-0-of-2': (reply, response) => send(reply.result.index % 2 === 0 ? reply : absent(reply), response),
  'shard-1-of-2': (reply, response) => send(reply.result.index % 2 === 1 ? reply : absent(reply), response),
}

/** @type {(reply: Reply) => Reply} */
const absent = reply => ({ ...reply, result: null })

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
    const fault = method.includes('WithProof') && reply.result ? FAULTS[name] : undefined
    await (fault ?? send)(reply, response)
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
  // A program that forked this one is told by message, and takes it along when it ends.
  process.send?.({ url })
  process.on('disconnect', () => process.exit())
}
