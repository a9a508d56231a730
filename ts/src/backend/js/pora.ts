import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../../bytes.js'
import { HASH_BYTES, SEAL_BYTES, SEAL_SECTORS } from '../../limits.js'
import { firstMask } from '../../rules/seal.js'
import { fail } from '../fail.js'

/** Bytes that `poraSteps` gives: pad seed, last pad state, recall seed, PoRA hash, hash of the mixed seal, hash of the pad. */
export const STEPS_BYTES = 256

/** Cells of a scratch pad, 64 bytes each: as many as four seals take up. */
const PAD_CELLS = 256
const CELL = 64
const HEADER_BYTES = 4 * HASH_BYTES

export function unseal(
  [sealed, minerId, contextDigest]: readonly [Uint8Array, Uint8Array, Uint8Array],
  [startSector]: readonly [number],
  out: Uint8Array,
): void {
  if (sealed.length === 0) fail('EMPTY_INPUT', SEAL_BYTES, 0)
  if (sealed.length % SEAL_BYTES !== 0) fail('BUFFER_LENGTH', SEAL_BYTES, sealed.length)
  for (const hash of [minerId, contextDigest]) {
    if (hash.length !== HASH_BYTES) fail('BUFFER_LENGTH', HASH_BYTES, hash.length)
  }
  if (out.length !== sealed.length) fail('BUFFER_LENGTH', sealed.length, out.length)
  if (startSector % SEAL_SECTORS !== 0) fail('RANGE', SEAL_SECTORS, startSector)
  for (let at = 0; at < sealed.length; at += HASH_BYTES) {
    const sector = startSector + Math.floor(at / SEAL_BYTES) * SEAL_SECTORS
    const mask =
      at % SEAL_BYTES === 0
        ? firstMask(minerId, contextDigest, BigInt(sector))
        : keccak_256(sealed.subarray(at - HASH_BYTES, at))
    for (let i = 0; i < HASH_BYTES; i++) out[at + i] = (sealed[at + i] as number) ^ (mask[i] as number)
  }
}

export function poraSteps(
  [header, sealOffset, sealed]: readonly [Uint8Array, Uint8Array, Uint8Array],
  _: readonly [],
  out: Uint8Array,
): void {
  if (header.length !== HEADER_BYTES) fail('BUFFER_LENGTH', HEADER_BYTES, header.length)
  if (sealOffset.length !== HASH_BYTES) fail('BUFFER_LENGTH', HASH_BYTES, sealOffset.length)
  if (sealed.length !== SEAL_BYTES) fail('BUFFER_LENGTH', SEAL_BYTES, sealed.length)
  if (out.length !== STEPS_BYTES) fail('BUFFER_LENGTH', STEPS_BYTES, out.length)
  const padSeed = blake2b(header)
  const state = padSeed.slice()
  const pad = new Uint8Array(PAD_CELLS * CELL)
  for (let cell = 0; cell < PAD_CELLS; cell++) {
    state.set(keccak_256(state), 0)
    state.set(keccak_256(state), HASH_BYTES)
    pad.set(state, cell * CELL)
  }
  const quarter = ((sealOffset[HASH_BYTES - 1] as number) % 4) * SEAL_BYTES
  const mixed = sealed.map((byte, i) => byte ^ (pad[quarter + i] as number))
  const poraHash = blake2b(concatBytes([sealOffset, padSeed, new Uint8Array(HASH_BYTES), mixed])).subarray(
    0,
    HASH_BYTES,
  )
  out.set(concatBytes([padSeed, state, keccak_256(state), poraHash, keccak_256(mixed), keccak_256(pad)]))
}
