// @ts-check
/** Downloads of a file from a storage node on this machine, over HTTP. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { patternBytes } from './data.mjs'
import { loadRival } from './rivals/load.mjs'

const NODE = fileURLToPath(new URL('./storage-node.mjs', import.meta.url))

/** @type {import('./workloads.mjs').Kind} */
export const downloads = {
  input: ({ bytes }) => patternBytes(bytes),

  expected: (_, input) => input,

  async ours(_, { length: size }, { zgkit: { Download, StorageNode } }) {
    const { url, root } = await startNode(size)
    return () => new Download({ root, size, sources: [new StorageNode(url)] }).read(0, size)
  },

  async rival(_, { length: size }) {
    const { Downloader, StorageNode } = await loadRival('@0gfoundation/0g-ts-sdk')
    const { url, root } = await startNode(size)
    return async () => {
      const [blob, error] = await new Downloader([new StorageNode(url)]).downloadToBlob(root)
      if (error) throw error
      return new Uint8Array(await blob.arrayBuffer())
    }
  },
}

/**
 * A node of the subject's own, in a process of its own that ends with the subject's.
 * @param {number} size
 * @returns {Promise<{url: string, root: `0x${string}`}>}
 */
async function startNode(size) {
  const node = fork(NODE, [String(size)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [started] = await Promise.race([
    once(node, 'message'),
    once(node, 'exit').then(([code]) => Promise.reject(new Error(`the storage node ended with ${code}`))),
  ])
  return started
}
