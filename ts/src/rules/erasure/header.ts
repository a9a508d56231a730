import { concatBytes, equalBytes } from '../../bytes.js'
import type { KernelCode } from '../../errors.js'
import { HASH_BYTES, MAX_SHARDS } from '../../limits.js'
import { type Code, matrixBytes, shardsOf } from './code.js'
import {
  commitmentTo,
  DESCRIPTOR_BYTES,
  type Descriptor,
  decodeDescriptor,
  encodeDescriptor,
  hashOfMatrix,
} from './descriptor.js'
import { climb, depthOf } from './tree.js'

/** Bytes from which the rest of a header follows: descriptor and index. */
export const HEADER_START_BYTES = DESCRIPTOR_BYTES + 4

/** Most bytes that a header can have: shard root, siblings and matrix with those before. */
export const MAX_HEADER_BYTES = HEADER_START_BYTES + HASH_BYTES * (1 + Math.log2(MAX_SHARDS)) + (MAX_SHARDS / 2) ** 2

/** What a shard file begins with (SPEC.md section 12, Commitment). */
export interface Header {
  readonly descriptor: Descriptor
  /** The code of the descriptor. */
  readonly code: Code
  /** Index of the shard. */
  readonly index: number
  /** Root over the hashes of its chunks: 32 bytes. */
  readonly root: Uint8Array
  /** Siblings of that root, one after the other. */
  readonly siblings: Uint8Array
}

/** Why a header was refused: the first check of SPEC.md section 12 that fails. */
export interface HeaderRefusal {
  readonly refused: Extract<KernelCode, 'HEADER_FORMAT' | 'COMMITMENT_MISMATCH' | 'ROOT_MISMATCH'>
}

/** Bytes of the header of shard `index`. */
export function headerBytes(shape: Pick<Code, 'name' | 'data' | 'parity'>, index: number): number {
  return HEADER_START_BYTES + HASH_BYTES * (1 + depthOf(index, shardsOf(shape))) + matrixBytes(shape)
}

/** The header as bytes. */
export function encodeHeader({ descriptor, code, index, root, siblings }: Header): Uint8Array {
  const number = new Uint8Array(4)
  new DataView(number.buffer).setUint32(0, index, true)
  return concatBytes([encodeDescriptor(descriptor), number, root, siblings, code.matrix])
}

/** The first bytes of a header, unchecked against anything: descriptor and index, or `undefined` where they are none. */
export function readHeaderStart(bytes: Uint8Array): Pick<Header, 'descriptor' | 'index'> | undefined {
  if (bytes.length < HEADER_START_BYTES) return undefined
  const descriptor = decodeDescriptor(bytes.subarray(0, DESCRIPTOR_BYTES))
  const index = new DataView(bytes.buffer, bytes.byteOffset).getUint32(DESCRIPTOR_BYTES, true)
  return descriptor && index < shardsOf(descriptor) ? { descriptor, index } : undefined
}

/** Reads the header at the front of `bytes`, which may be longer, and checks it against a commitment. */
export function readHeader(commitment: Uint8Array, bytes: Uint8Array): Header | HeaderRefusal {
  const start = readHeaderStart(bytes)
  if (!start) return { refused: 'HEADER_FORMAT' }
  const { descriptor, index } = start
  if (!equalBytes(commitmentTo(descriptor), commitment)) return { refused: 'COMMITMENT_MISMATCH' }
  const length = headerBytes(descriptor, index)
  if (bytes.length < length) return { refused: 'HEADER_FORMAT' }
  const matrixAt = length - matrixBytes(descriptor)
  const root = bytes.slice(HEADER_START_BYTES, HEADER_START_BYTES + HASH_BYTES)
  const siblings = bytes.slice(HEADER_START_BYTES + HASH_BYTES, matrixAt)
  const matrix = bytes.slice(matrixAt, length)
  const { name, data, parity } = descriptor
  if (!equalBytes(hashOfMatrix(name, matrix), descriptor.matrixHash)) return { refused: 'COMMITMENT_MISMATCH' }
  const shardsRoot = climb(root, index, shardsOf(descriptor), siblings)
  if (!equalBytes(shardsRoot, descriptor.shardsRoot)) return { refused: 'ROOT_MISMATCH' }
  return { descriptor, code: { name, data, parity, matrix }, index, root, siblings }
}
