import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../bytes.js'
import { word } from './uint.js'

/** The mask of a seal's first word (SPEC.md section 9); the mask of every other is the Keccak-256 of the sealed word before it. */
export function firstMask(minerId: Uint8Array, contextDigest: Uint8Array, sector: bigint): Uint8Array {
  return keccak_256(concatBytes([minerId, contextDigest, word(sector)]))
}
