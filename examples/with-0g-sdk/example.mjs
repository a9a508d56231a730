// @ts-check
/** The SDK as it is used, with the two classes of verified.mjs, against nodes on this machine. Nothing else is asked. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MemData, StorageNode } from '@0gfoundation/0g-ts-sdk'
import { startStorageNode } from './storage-node.mjs'
import { FastData, VerifiedDownloader } from './verified.mjs'

const bytes = new Uint8Array(700_001).map((_, i) => i * 31)

// The root: the SDK's own, and zgkit's behind the same call; and the proof of a segment that an upload sends.
const [theirs, ours] = await Promise.all([new MemData(bytes), new FastData(bytes)].map(file => file.merkleTree()))
const root = ours[0].rootHash()
assert.equal(root, theirs[0].rootHash())
const { lemma, path } = ours[0].proofAt(1)
assert.deepEqual({ lemma, path }, { ...theirs[0].proofAt(1) })
console.log('root      ', root)

const node = await startStorageNode(bytes)
const folder = await mkdtemp(join(tmpdir(), 'zgkit-example-'))
try {
  const nodes = (/** @type {string[]} */ ...paths) => paths.map(path => new StorageNode(`${node.url}/${path}`))

  // The download: one node changes a byte, one forges its proof, one is honest.
  const out = join(folder, 'file')
  const among = new VerifiedDownloader(nodes('wrong-byte', 'forged-proof', ''), () => bytes.length)
  assert.equal(await among.download(root, out), null)
  assert.deepEqual(new Uint8Array(await readFile(out)), bytes)
  console.log('downloaded', bytes.length, 'bytes, one honest node of three')

  // Nobody honest: the SDK's callers get an error instead of a file, as they know it.
  const error = await new VerifiedDownloader(nodes('wrong-byte', 'forged-proof'), () => bytes.length).download(
    root,
    join(folder, 'none'),
  )
  assert.equal(error.code, 'SOURCES_EXHAUSTED')
  console.log('refused   ', error.message.replaceAll(node.url, 'node'))
} finally {
  node.close()
  await rm(folder, { recursive: true })
}
