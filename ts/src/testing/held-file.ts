import { SECTOR_BYTES, SEGMENT_BYTES } from '../limits.js'
import { FileTree } from '../merkle/file-tree.js'
import type { FileProof } from '../merkle/proof.js'
import { segmentSectors } from '../rules/layout.js'

/** What is right about a segment: whole sectors, and their proof. Both belong to the receiver. */
export interface RightAnswer {
  data: Uint8Array
  proof: FileProof
}

/** A file as a storage node holds it. */
export class HeldFile {
  readonly bytes: Uint8Array
  readonly tree: FileTree
  #older: HeldFile | undefined

  constructor(bytes: Uint8Array, tree: FileTree) {
    this.bytes = bytes
    this.tree = tree
  }

  get size(): number {
    return this.bytes.length
  }

  get root(): Uint8Array {
    return this.tree.root
  }

  /** Segments with file bytes. */
  get segments(): number {
    return Math.ceil(this.size / SEGMENT_BYTES)
  }

  answer(index: number): RightAnswer {
    const data = new Uint8Array(segmentSectors(this.tree.layout, index) * SECTOR_BYTES)
    data.set(this.bytes.subarray(index * SEGMENT_BYTES, index * SEGMENT_BYTES + data.length))
    return { data, proof: this.tree.proveSegment(index) }
  }

  /** Another version of the file, of the same length. */
  get older(): HeldFile {
    if (!this.#older) {
      const bytes = this.bytes.map(byte => byte ^ 0xff)
      this.#older = new HeldFile(bytes, FileTree.buildSync(bytes))
    }
    return this.#older
  }
}

/**
 * A file for hostile sources to hold: its bytes, which are kept and must not change, and its tree.
 * @throws {ZgkitError} as `FileTree.build`
 */
export async function holdFile(bytes: Uint8Array): Promise<HeldFile> {
  return new HeldFile(bytes, await FileTree.build(bytes))
}
