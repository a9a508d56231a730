import { blake2b } from '@noble/hashes/blake2.js'
import { concatBytes } from '../../bytes.js'
import { HASH_BYTES } from '../../limits.js'
import { path } from '../path.js'

/** What a node's message begins with (SPEC.md section 12, Commitment). */
export const NODE_TAG = new Uint8Array(HASH_BYTES)
NODE_TAG.set(new TextEncoder().encode('zgkit erasure node'))

/** The first 32 bytes of BLAKE2b-512: leaf, node, root or commitment. */
export function hash32(message: Uint8Array): Uint8Array {
  return blake2b(message).slice(0, HASH_BYTES)
}

/** The `index`th of hashes that lie one after the other: a view. */
export function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
}

/** Number of siblings of a node at `index` of `count`. */
export function depthOf(index: number, count: number): number {
  return path(index, count).length
}

/** The root that a node at `index` of `count` has with these siblings, as many as its depth. */
export function climb(node: Uint8Array, index: number, count: number, siblings: Uint8Array): Uint8Array {
  return path(index, count).reduce((below, isLeft, level) => {
    const sibling = hashAt(siblings, level)
    return hash32(concatBytes(isLeft ? [NODE_TAG, below, sibling] : [NODE_TAG, sibling, below]))
  }, node)
}
