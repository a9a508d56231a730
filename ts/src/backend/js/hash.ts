import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { fail } from '../fail.js'

/** Hashes messages of `length` bytes each into `out`, `digest` bytes for each. */
function many(
  hash: (message: Uint8Array) => Uint8Array,
  messages: Uint8Array,
  length: number,
  out: Uint8Array,
  digest: number,
): void {
  const count = Math.floor(out.length / digest)
  if (count * digest !== out.length) fail('BUFFER_LENGTH', count * digest, out.length)
  if (count * length !== messages.length) fail('BUFFER_LENGTH', count * length, messages.length)
  for (let i = 0; i < count; i++) out.set(hash(messages.subarray(i * length, (i + 1) * length)), i * digest)
}

export function keccak256(messages: Uint8Array, length: number, out: Uint8Array): void {
  many(keccak_256, messages, length, out, 32)
}

export function blake2b512(messages: Uint8Array, length: number, out: Uint8Array): void {
  many(message => blake2b(message), messages, length, out, 64)
}
