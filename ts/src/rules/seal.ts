import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../bytes.js'
import { HASH_BYTES } from '../limits.js'
import { word } from './uint.js'

/** Keccak-256 of messages of `length` bytes each, one after the other. */
export type HashMany = (messages: Uint8Array, length: number) => Uint8Array

/** The mask of a seal's first word (SPEC.md section 9); the mask of every other is the Keccak-256 of the sealed word before it. */
export function firstMask(minerId: Uint8Array, contextDigest: Uint8Array, sector: bigint): Uint8Array {
  return keccak_256(concatBytes([minerId, contextDigest, word(sector)]))
}

/** Words of a seal without the masks that the sealed word before each gives. */
export function unmask(before: Uint8Array, words: Uint8Array, hash: HashMany): Uint8Array {
  const masks = hash(concatBytes([before, words.subarray(0, -HASH_BYTES)]), HASH_BYTES)
  return masks.map((byte, i) => byte ^ (words[i] as number))
}
