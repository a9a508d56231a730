// @ts-check
/** Many messages hashed, or one a call. */
import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { patternBytes } from './data.mjs'
import { HASHES } from './rivals/load.mjs'
import { labelOf } from './subjects.mjs'

/** @typedef {'keccak256' | 'blake2b512' | 'erasureChunkHashes'} Name kernels */

/** Reference digests, so that no subject of ours vouches for itself. @type {Record<Name, import('./tree.mjs').Hash>} */
const REFERENCE = {
  keccak256: keccak_256,
  blake2b512: message => blake2b(message, { dkLen: 64 }),
  erasureChunkHashes: chunk => blake2b(chunk, { dkLen: 64 }).subarray(0, 32),
}

/** @type {import('./workloads.mjs').Kind} */
export const hashes = {
  input: ({ bytes }) => patternBytes(bytes),

  expected: ({ task, messages }, input) =>
    Buffer.concat(views(input, messages).map(REFERENCE[/** @type {Name} */ (task)])),

  ours({ task, messages }, input, { backend }) {
    const call = { kernel: /** @type {Name} */ (task), inputs: [input], params: [input.length / messages] }
    return () => backend.call(call)
  },

  async rival({ task, messages }, input, subject) {
    const rival = HASHES[/** @type {keyof typeof HASHES} */ (task)][labelOf(subject)]
    if (!rival) throw new Error('no such hash function')
    const hash = await rival.load()
    // Made once: a view costs more than some hashes need to notice.
    const [first, ...rest] = views(rival.buffers ? Buffer.from(input) : input, messages)
    if (!first || rest.length === 0) return () => hash(/** @type {Uint8Array} */ (first))
    const all = [first, ...rest]
    const length = hash(first).length
    return () => {
      const digests = new Uint8Array(length * messages)
      let at = 0
      for (const view of all) {
        digests.set(hash(view), at)
        at += length
      }
      return digests
    }
  },
}

/**
 * @param {Uint8Array} bytes
 * @param {number} messages
 */
function views(bytes, messages) {
  const length = bytes.length / messages
  return Array.from({ length: messages }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
}
