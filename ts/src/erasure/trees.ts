import type { Engine } from '../backend/choose.js'
import { HashList } from '../hash-list.js'
import { HASH_BYTES } from '../limits.js'
import { siblings } from '../rules/path.js'
import { dispatch } from '../run/dispatch.js'

/** Leaves of a window. Windows are perfect subtrees (the last one begun), so their roots are a level of the whole tree. */
export const WINDOW = 1024
/** Most stripes of a file: with the usual chunks and ten data shards these are 176 TB. */
export const MAX_STRIPES = 2 ** 28

/** All levels above nodes, bottom to top: as the kernel gives them, and nothing for one node. */
export async function levelsOf(engine: Engine, nodes: Uint8Array): Promise<Uint8Array> {
  if (nodes.length === HASH_BYTES) return new Uint8Array()
  return dispatch(engine, { kernel: 'erasureLevels', inputs: [nodes], params: [] }, false)
}

/** The root over nodes, 32 bytes. */
export async function rootOf(engine: Engine, nodes: Uint8Array): Promise<Uint8Array> {
  const levels = await levelsOf(engine, nodes)
  return (levels.length > 0 ? levels : nodes).slice(-HASH_BYTES)
}

/** The siblings of node `index`, bottom to top. */
export async function siblingsOf(engine: Engine, nodes: Uint8Array, index: number): Promise<Uint8Array[]> {
  return siblings(nodes, await levelsOf(engine, nodes), index)
}

/** The trees of several shards while they grow, a stripe at a time: 32 KiB for each, and 32 bytes more for each 1024 stripes. */
export class GrowingTrees {
  readonly #engine: Engine
  readonly #trees: { readonly window: Uint8Array; readonly roots: HashList }[]
  /** Leaves in the window that is being filled. */
  #filled = 0

  constructor(engine: Engine, count: number) {
    this.#engine = engine
    this.#trees = Array.from({ length: count }, () => ({
      window: new Uint8Array(WINDOW * HASH_BYTES),
      roots: new HashList(),
    }))
  }

  /** Takes the next leaf of each tree. */
  async add(leaves: readonly Uint8Array[]): Promise<void> {
    this.#trees.forEach(({ window }, i) => {
      window.set(leaves[i] as Uint8Array, this.#filled * HASH_BYTES)
    })
    this.#filled++
    if (this.#filled === WINDOW) await this.#close()
  }

  /** The roots, after the last leaf. */
  async roots(): Promise<Uint8Array[]> {
    if (this.#filled > 0) await this.#close()
    return Promise.all(this.#trees.map(({ roots }) => rootOf(this.#engine, roots.bytes())))
  }

  async #close(): Promise<void> {
    const bytes = this.#filled * HASH_BYTES
    this.#filled = 0
    for (const { window, roots } of this.#trees) {
      roots.push(await rootOf(this.#engine, window.subarray(0, bytes)))
    }
  }
}
