// @ts-check
/** The SDK's classes with the same API: root and proofs by zgkit, and a download that writes no byte which was not checked. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Downloader, MemData } from '@0gfoundation/0g-ts-sdk'
import { FileTree, proofToJson, toHex } from 'zgkit'
import { Download, StorageNode } from 'zgkit/transfer'

/** A file in memory whose tree is zgkit's. */
export class FastData extends MemData {
  /** @returns {Promise<any>} what the SDK's uploader uses of its own tree */
  async merkleTree() {
    const tree = await FileTree.build(new Uint8Array(this.data))
    return [
      { rootHash: () => toHex(tree.root), proofAt: (/** @type {number} */ i) => proofToJson(tree.proveSegment(i)) },
      null,
    ]
  }
}

/** A downloader that knows the length of a file, from the chain as its root, and verifies each segment before it is written. */
export class VerifiedDownloader extends Downloader {
  /**
   * @param {import('@0gfoundation/0g-ts-sdk').StorageNode[]} nodes
   * @param {(root: string) => number | Promise<number>} sizeOf
   */
  constructor(nodes, sizeOf) {
    super(nodes)
    this.sizeOf = sizeOf
  }

  /** What `download()` calls for each root. */
  async downloadFileRaw(/** @type {string} */ root, /** @type {string} */ path) {
    try {
      const sources = this.nodes.map(({ url }) => new StorageNode(url))
      const download = new Download({ root, size: await this.sizeOf(root), sources })
      await pipeline(download.stream(), createWriteStream(path, { flags: 'wx' }))
      return null
    } catch (error) {
      return error
    }
  }
}
