import { concatBytes } from '../../bytes.js'
import { HASH_BYTES } from '../../limits.js'
import { matrixBytes, shardsOf } from './code.js'
import { DESCRIPTOR_BYTES, type Descriptor, decodeDescriptor, encodeDescriptor } from './descriptor.js'
import { chunkBytes } from './layout.js'
import { climb, depthOf } from './tree.js'

/** The witness's index where there is none. */
const NO_WITNESS = 0xffff_ffff

/** A shard that takes part. */
interface Part {
  /** Index of the shard. */
  readonly index: number
  /** Siblings from its leaf to the shard root, then those from there to the shards root, one after the other. */
  readonly place: Uint8Array
}

/** What shows that a commitment was made over chunks that are no stripe (SPEC.md section 12, Evidence). */
export interface Evidence {
  readonly descriptor: Descriptor
  /** Which stripe. */
  readonly stripe: number
  /** The matrix of a custom code, else empty. */
  readonly matrix: Uint8Array
  /** As many as there are data shards, by ascending index, with their chunks. */
  readonly members: readonly (Part & { readonly chunk: Uint8Array })[]
  /** The shard that contradicts them; without one the bytes past the file's end do. */
  readonly witness: (Part & { readonly leaf: Uint8Array }) | undefined
}

/** Evidence as bytes. */
export function encodeEvidence({ descriptor, stripe, matrix, members, witness }: Evidence): Uint8Array {
  const numbers = new Uint8Array(12)
  const view = new DataView(numbers.buffer)
  view.setBigUint64(0, BigInt(stripe), true)
  view.setUint32(8, witness?.index ?? NO_WITNESS, true)
  const parts = members.flatMap(({ index, place, chunk }) => [Uint8Array.of(index, 0, 0, 0), place, chunk])
  const end = witness ? [witness.leaf, witness.place] : []
  return concatBytes([encodeDescriptor(descriptor), numbers, matrix, ...parts, ...end])
}

/** Reads evidence; `undefined` unless the bytes have its form. The parts are views. */
export function decodeEvidence(bytes: Uint8Array): Evidence | undefined {
  let at = 0
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  const number = () => {
    const part = take(4)
    return part.length === 4 ? new DataView(part.buffer, part.byteOffset).getUint32(0, true) : NO_WITNESS
  }
  const descriptor = decodeDescriptor(take(DESCRIPTOR_BYTES))
  if (!descriptor) return undefined
  const { data, layout } = descriptor
  const shards = shardsOf(descriptor)
  const [low, high] = [number(), number()]
  const stripe = high * 2 ** 32 + low
  if (stripe >= layout.stripes) return undefined
  const contrary = number()
  const matrix = take(matrixBytes(descriptor))
  const inner = depthOf(stripe, layout.stripes)
  const place = (index: number) => take((inner + depthOf(index, shards)) * HASH_BYTES)
  const members = []
  for (let before = -1; members.length < data; ) {
    const index = number()
    if (index <= before || index >= shards) return undefined
    members.push({ index, place: place(index), chunk: take(chunkBytes(layout, stripe)) })
    before = index
  }
  let witness: Evidence['witness']
  if (contrary !== NO_WITNESS) {
    if (contrary >= shards || members.some(({ index }) => index === contrary)) return undefined
    witness = { index: contrary, leaf: take(HASH_BYTES), place: place(contrary) }
  }
  // Past the end nothing was taken, but counted.
  return at === bytes.length ? { descriptor, stripe, matrix, members, witness } : undefined
}

/** The root over all shards that a leaf leads to. */
export function rootFrom({ descriptor, stripe }: Evidence, { index, place }: Part, leaf: Uint8Array): Uint8Array {
  const { stripes } = descriptor.layout
  const inner = depthOf(stripe, stripes) * HASH_BYTES
  const root = climb(leaf, stripe, stripes, place.subarray(0, inner))
  return climb(root, index, shardsOf(descriptor), place.subarray(inner))
}
