/** Proof of random access: the steps of an answer, and where its seal leads (SPEC.md sections 9 to 11). */
import { blake2b } from './blake2b'
import { keccak } from './keccak'
import { copy, INPUT, mask, NODE, NODES, OUT, PAD, ZEROS } from './memory'
import { climb, HASH, leafRoot, MAX_SIBLINGS } from './tree'

const SEAL: u32 = 4096
const SEAL_SECTORS: u32 = 16
/** Height of a seal's root in the flow tree. */
const SEAL_HEIGHT: u32 = 4
const CELL: u32 = 64
const CELLS: u32 = 256

/**
 * Gives in a row pad seed (64 bytes), last pad state (64), recall seed, PoRA hash, the hash of the mixed seal and that of the pad.
 * Input: header of 128 bytes, seal offset as 32 big-endian bytes, the sealed bytes.
 */
export function steps(): void {
  const offset = INPUT + 4 * HASH
  const sealed = offset + HASH
  const state = OUT + CELL
  blake2b(INPUT, 4 * HASH, OUT)
  copy(state, OUT, CELL)
  for (let cell: u32 = 0; cell < CELLS; cell++) {
    keccak(state, CELL, state)
    keccak(state, CELL, state + HASH)
    copy(PAD + cell * CELL, state, CELL)
  }
  keccak(state, CELL, OUT + 128)

  // The message of the PoRA hash: offset, pad seed, zeros, the mixed seal.
  const mixed = NODES + 4 * HASH
  copy(NODES, offset, HASH)
  copy(NODES + HASH, OUT, CELL)
  copy(NODES + 3 * HASH, ZEROS, HASH)
  const quarter = PAD + (load<u8>(offset + HASH - 1) & 3) * SEAL
  for (let at: u32 = 0; at < SEAL; at += HASH) mask(mixed + at, sealed + at, quarter + at)
  blake2b(NODES, 4 * HASH + SEAL, OUT + 160)
  keccak(mixed, SEAL, OUT + 192)
  keccak(PAD, CELLS * CELL, OUT + 224)
}

/**
 * Gives the flow root that a seal leads to. Input: miner id, context digest, first sector as 32 big-endian bytes, the sealed bytes,
 * then siblings from height 4 up.
 */
export function sealRoot(siblings: u32): void {
  if (siblings > MAX_SIBLINGS) return
  const position = INPUT + 2 * HASH
  const sealed = position + HASH
  keccak(INPUT, 3 * HASH, NODE)
  for (let at: u32 = 0; at < SEAL; at += HASH) {
    if (at > 0) keccak(sealed + at - HASH, HASH, NODE)
    mask(PAD + at, sealed + at, NODE)
  }
  leafRoot(PAD, SEAL_SECTORS, SEAL_SECTORS)
  climb(position, SEAL_HEIGHT, sealed + SEAL, siblings)
  copy(OUT, NODE, HASH)
}
