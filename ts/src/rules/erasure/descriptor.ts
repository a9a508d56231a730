import { equalBytes } from '../../bytes.js'
import { ZgkitError } from '../../errors.js'
import { HASH_BYTES } from '../../limits.js'
import { CODE_NAMES, type Code, type CodeName, checkCode } from './code.js'
import { type StripeLayout, stripeLayout } from './layout.js'
import { hash32 } from './tree.js'

/** Bytes of a descriptor. */
export const DESCRIPTOR_BYTES = 128

/** Bytes of a name: text, then zeros. */
const NAME_BYTES = 16
const FORMAT = 'zgkit erasure 1'
const HASH_NAME = 'blake2b-512/256'
const NO_MATRIX = new Uint8Array(HASH_BYTES)

/** Everything that a commitment fixes, besides the matrix of a custom code, of which it has the hash. */
export interface Descriptor {
  readonly name: CodeName
  readonly data: number
  readonly parity: number
  readonly layout: StripeLayout
  /** Hash of a custom code's matrix, else zeros: 32 bytes. */
  readonly matrixHash: Uint8Array
  /** Root over the shard roots: 32 bytes. */
  readonly shardsRoot: Uint8Array
}

/** The descriptor of shards of a code with this root. */
export function descriptorOf(code: Code, layout: StripeLayout, shardsRoot: Uint8Array): Descriptor {
  const { name, data, parity, matrix } = code
  return { name, data, parity, layout, matrixHash: hashOfMatrix(name, matrix), shardsRoot }
}

/** What a descriptor has of a matrix. */
export function hashOfMatrix(name: CodeName, matrix: Uint8Array): Uint8Array {
  return name === 'rs8-custom' ? hash32(matrix) : NO_MATRIX.slice()
}

/** The 128 bytes that are hashed. */
export function encodeDescriptor(descriptor: Descriptor): Uint8Array {
  const { name, data, parity, layout, matrixHash, shardsRoot } = descriptor
  const bytes = new Uint8Array(DESCRIPTOR_BYTES)
  const view = new DataView(bytes.buffer)
  ;[FORMAT, name, HASH_NAME].forEach((text, i) => {
    bytes.set(new TextEncoder().encode(text), i * NAME_BYTES)
  })
  view.setUint16(48, data, true)
  view.setUint16(50, parity, true)
  view.setUint32(52, layout.chunk, true)
  view.setBigUint64(56, BigInt(layout.size), true)
  bytes.set(matrixHash, 64)
  bytes.set(shardsRoot, 96)
  return bytes
}

/** Reads a descriptor's 128 bytes; `undefined` unless they are one's. */
export function decodeDescriptor(bytes: Uint8Array): Descriptor | undefined {
  if (bytes.length !== DESCRIPTOR_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const number = bytes.subarray(NAME_BYTES, 2 * NAME_BYTES)
  const name = CODE_NAMES.find(name => equalBytes(new TextEncoder().encode(name.padEnd(NAME_BYTES, '\0')), number))
  if (!name) return undefined
  const [data, parity, chunk] = [view.getUint16(48, true), view.getUint16(50, true), view.getUint32(52, true)]
  try {
    checkCode({ name, data, parity, matrix: new Uint8Array(name === 'rs8-custom' ? data * parity : 0) })
    const layout = stripeLayout(data, chunk, view.getBigUint64(56, true))
    const [matrixHash, shardsRoot] = [bytes.slice(64, 96), bytes.slice(96)]
    if (name !== 'rs8-custom' && !equalBytes(matrixHash, NO_MATRIX)) return undefined
    const descriptor = { name, data, parity, layout, matrixHash, shardsRoot }
    // One form only: what would be written is what was read.
    return equalBytes(encodeDescriptor(descriptor), bytes) ? descriptor : undefined
  } catch (error) {
    if (error instanceof ZgkitError) return undefined
    throw error
  }
}

/** The commitment to a descriptor: 32 bytes. */
export function commitmentTo(descriptor: Descriptor): Uint8Array {
  return hash32(encodeDescriptor(descriptor))
}
