// @ts-check
/** The SDK's own classes: a file whose root and proofs zgkit computes, and a downloader that writes no byte which was not checked. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Downloader, MemData } from '@0gfoundation/0g-ts-sdk'
import { FileTree, proofToJson, toHex } from 'zgkit'
import { Download, StorageNode } from 'zgkit/transfer'

export class FastData extends MemData {
  /** @returns {Promise<any>} what the SDK uses of a tree */
  async merkleTree() {
    const tree = await FileTree.build(Uint8Array.from(this.data))
    const proofAt = (/** @type {number} */ index) => proofToJson(tree.proveSegment(index))
    return [{ rootHash: () => toHex(tree.root), proofAt }, null]
  }
}

export class VerifiedDownloader extends Downloader {
  /**
   * @param {import('@0gfoundation/0g-ts-sdk').StorageNode[]} nodes
   * @param {(root: string) => number} sizeOf the length of a file, from the chain like its root
   */
  constructor(nodes, sizeOf) {
    super(nodes)
    this.sizeOf = sizeOf
  }

  /**
   * One root, or the roots of a file's fragments.
   * @param {any} rootOrRoots
   * @param {string} path
   */
  async download(rootOrRoots, path) {
    const fragments = [rootOrRoots].flat().map(root => ({ root, size: this.sizeOf(root) }))
    const sources = this.nodes.map(({ url }) => new StorageNode(url))
    return pipeline(new Download({ fragments, sources }).stream(), createWriteStream(path, { flags: 'wx' })).then(
      () => null,
      error => error,
    )
  }
}
