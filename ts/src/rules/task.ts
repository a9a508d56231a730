import { keccak_256 } from '@noble/hashes/sha3.js'
import { asBytes, concatBytes, fromHex, type HashLike, type Hex, toHash, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { bytes8, toUint, type Uint, uintOf, word } from './uint.js'

/** Bytes of an account's address. */
export const ADDRESS_BYTES = 20

/** An account's address: 20 bytes, or 0x and 40 digits. */
export type AddressLike = Uint8Array | Hex

/** The digest of no context, Keccak-256 of nothing: nothing can be mined or sealed with it. */
export const EMPTY_CONTEXT: Hex = '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'

export function isEmptyContext(digest: Uint8Array): boolean {
  return toHex(digest) === EMPTY_CONTEXT
}

/**
 * A miner's id: Keccak-256 of a block's hash, the miner's address and a seed (SPEC.md section 11).
 * @param blockHash the hash of the block before the registration
 * @param address 20 bytes, or 0x and 40 digits
 * @param seed a uint64 of the miner's choice
 * @throws {ZgkitError} `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function minerIdOf(blockHash: HashLike, address: AddressLike, seed: Uint): Uint8Array {
  const account = toAddress(address, 'address')
  return keccak_256(concatBytes([toHash(blockHash, 'blockHash'), account, bytes8(toUint(seed, 64, 'seed'))]))
}

/**
 * An account's address as 20 bytes of its own.
 * @throws {ZgkitError} `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function toAddress(address: AddressLike, name: string): Uint8Array {
  const length = typeof address === 'string' ? address.length / 2 - 1 : asBytes(address, name).length
  if (length !== ADDRESS_BYTES) {
    throw new ZgkitError('BUFFER_LENGTH', `${name} must be ${ADDRESS_BYTES} bytes, got ${length}`, {
      name,
      expected: ADDRESS_BYTES,
      got: length,
    })
  }
  return typeof address === 'string' ? fromHex(address) : asBytes(address, name).slice()
}

/**
 * The digest of a mine context: Keccak-256 of its block digest, flow root and flow length (in sectors).
 * @throws {ZgkitError} as {@link minerIdOf}
 */
export function contextDigest(blockDigest: HashLike, flowRoot: HashLike, flowLength: Uint): Uint8Array {
  const length = word(toUint(flowLength, 256, 'flowLength'))
  return keccak_256(concatBytes([toHash(blockDigest, 'blockDigest'), toHash(flowRoot, 'flowRoot'), length]))
}

/**
 * Which of an epoch's `subtasks` a miner has.
 * @throws {ZgkitError} `RANGE` for no subtasks; otherwise as {@link minerIdOf}
 */
export function subtaskIndex(digest: HashLike, minerId: HashLike, subtasks: Uint): bigint {
  const count = toUint(subtasks, 256, 'subtasks')
  if (count === 0n) throw new ZgkitError('RANGE', 'there is at least one subtask')
  return uintOf(keccak_256(concatBytes([toHash(digest, 'digest'), toHash(minerId, 'minerId')]))) % count
}

/**
 * The digest of a subtask: Keccak-256 of the context's digest and the hash of the block that the subtask starts at.
 * @throws {ZgkitError} as {@link minerIdOf}
 */
export function subtaskDigest(digest: HashLike, blockHash: HashLike): Uint8Array {
  return keccak_256(concatBytes([toHash(digest, 'digest'), toHash(blockHash, 'blockHash')]))
}
