import type { Backend } from '../backend/backend.js'
import { concatBytes } from '../bytes.js'
import { HASH_BYTES, SEGMENT_HEIGHT } from '../limits.js'
import { zeroRoot } from '../rules/zero.js'

/** A node of a submission: the root of a perfect subtree of 2^`height` sectors. */
export interface SubmissionNode {
  readonly root: Uint8Array
  readonly height: number
}

/**
 * The perfect subtrees of the sectors seen so far, highest first: at most one for each height.
 *
 * When the padded file is complete these are exactly the nodes of its submission.
 */
export class Peaks {
  /** Sectors so far. */
  sectors: number
  readonly #nodes: SubmissionNode[]
  readonly #backend: Backend
  readonly #onSegment: (root: Uint8Array) => void

  /**
   * @param onSegment called with the root of each full segment, as it becomes known
   * @param nodes those of the sectors before, highest first
   */
  constructor(
    backend: Backend,
    onSegment: (root: Uint8Array) => void = () => {},
    nodes: readonly SubmissionNode[] = [],
  ) {
    this.sectors = nodes.reduce((sum, { height }) => sum + 2 ** height, 0)
    this.#nodes = [...nodes]
    this.#backend = backend
    this.#onSegment = onSegment
  }

  /** Appends a perfect subtree; the sectors so far are a multiple of its own. */
  push(height: number, root: Uint8Array): void {
    let node = { height, root }
    this.sectors += 2 ** height
    if (height === SEGMENT_HEIGHT) this.#onSegment(root)
    for (let left = this.#nodes.at(-1); left?.height === node.height; left = this.#nodes.at(-1)) {
      this.#nodes.pop()
      node = { height: node.height + 1, root: this.#parent(left.root, node.root) }
      if (node.height === SEGMENT_HEIGHT) this.#onSegment(node.root)
    }
    this.#nodes.push(node)
  }

  /** Appends zero sectors until there are `sectors`, in O(log n) steps beyond the current segment. */
  padTo(sectors: number): void {
    while (this.sectors < sectors) {
      let height = 0
      const fits = (h: number) => this.sectors % 2 ** h === 0 && this.sectors + 2 ** h <= sectors
      while (fits(height + 1)) height++
      this.push(height, zeroRoot(height))
    }
  }

  /** The nodes, highest first. */
  nodes(): readonly SubmissionNode[] {
    return [...this.#nodes]
  }

  /** The root that the nodes from height 0 to below `height` fold to, from the right; `undefined` if there are none. */
  fold(height = Number.POSITIVE_INFINITY): Uint8Array | undefined {
    return this.#nodes
      .filter(node => node.height < height)
      .map(node => node.root)
      .reduceRight<Uint8Array | undefined>((right, left) => (right ? this.#parent(left, right) : left), undefined)
  }

  #parent(left: Uint8Array, right: Uint8Array): Uint8Array {
    return this.#backend.call({
      kernel: 'keccak256',
      inputs: [concatBytes([left, right])],
      params: [2 * HASH_BYTES],
    })
  }
}
