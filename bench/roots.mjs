// @ts-check
/** Roots of trees over the sectors of a file: 0G file roots, and plain Merkle trees, which these are at full sizes. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { patternBytes } from './data.mjs'
import { HASHES, sdkFileRoot, TREES } from './rivals/load.mjs'
import { fileRootOver, sortedPairsRootOver } from './tree.mjs'

/** @type {import('./workloads.mjs').Kind} */
export const roots = {
  input: ({ bytes }) => patternBytes(bytes),

  expected: (_, input, { remark }) => (remark ? sortedPairsRootOver : fileRootOver)(input, keccak_256),

  ours(_, input, { zgkit: { fileRoot, fileRootSync }, everyThread }) {
    return everyThread ? () => fileRoot(input) : () => fileRootSync(input)
  },

  async rival(_, input, { name, form }) {
    if (form !== undefined) {
      const root = await sdkFileRoot(form)
      return () => root(input)
    }
    if (TREES[name]) return TREES[name](input)
    const hash = await HASHES.keccak256[name]?.load()
    if (!hash) throw new Error('no such hash function')
    return () => fileRootOver(input, hash)
  },
}
