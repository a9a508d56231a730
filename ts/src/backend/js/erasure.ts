import { HASH_BYTES, MAX_CALL_BYTES, MAX_CHUNK_BYTES } from '../../limits.js'
import { CODE_NAMES, type Code, checkCode } from '../../rules/erasure/code.js'
import { addScaled } from '../../rules/erasure/field.js'
import { checkMinors, type Plan, planOf } from '../../rules/erasure/solve.js'
import { hash32, NODE_TAG } from '../../rules/erasure/tree.js'
import { fail } from '../fail.js'
import { levelsBytes } from './merkle.js'

/** Bytes that `erasureVerify` gives: place (u64le), index (u32le), 1 for a difference (u32le). */
export const DIFFERENCE_BYTES = 16

/** Bytes of parity that are computed at a time to be compared. */
const SCRATCH_BYTES = 2 ** 16

/** Number of the code, data shards, parity shards, bytes of a shard. */
type Shape = readonly [code: number, data: number, parity: number, shardBytes: number]

export function solve(
  [shards, present, wanted, matrix]: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array],
  shape: Shape,
  out: Uint8Array,
): void {
  const { code, length } = shapeOf(shape, matrix)
  if (wanted.length === 0) fail('EMPTY_INPUT', 1, 0)
  whole(shards, present.length, length)
  whole(out, wanted.length, length)
  const plan = planOf(code, present, wanted)
  out.fill(0)
  plan.used.forEach((index, place) => {
    add(plan, place, shardAt(shards, present.indexOf(index), length), out, length)
  })
}

export function addTo(
  [sums, shards, given, present, wanted, matrix]: readonly [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ],
  shape: Shape,
  out: Uint8Array,
): void {
  const { code, length } = shapeOf(shape, matrix)
  if (wanted.length === 0 || given.length === 0) fail('EMPTY_INPUT', 1, 0)
  whole(shards, given.length, length)
  whole(sums, wanted.length, length)
  whole(out, wanted.length, length)
  const plan = planOf(code, present, wanted)
  const stranger = given.find(index => !present.includes(index))
  if (stranger !== undefined) fail('INDEX_RANGE', present.length, stranger)
  out.set(sums)
  given.forEach((index, i) => {
    const place = plan.used.indexOf(index)
    // Those that are present but not used contribute nothing.
    if (place >= 0) add(plan, place, shardAt(shards, i, length), out, length)
  })
}

export function verify([shards, matrix]: readonly [Uint8Array, Uint8Array], shape: Shape, out: Uint8Array): void {
  const { code, length } = shapeOf(shape, matrix)
  const { data, parity } = code
  whole(shards, data + parity, length)
  whole(out, 1, DIFFERENCE_BYTES)
  out.fill(0)
  const indices = Uint8Array.from({ length: data + parity }, (_, i) => i)
  const plan = planOf(code, indices.subarray(0, data), indices.subarray(data))
  const step = Math.min(length, Math.floor(SCRATCH_BYTES / parity))
  for (let start = 0; start < length; start += step) {
    const end = Math.min(start + step, length)
    const column = (index: number) => shards.subarray(index * length + start, index * length + end)
    const computed = new Uint8Array(parity * (end - start))
    plan.used.forEach((index, place) => {
      add(plan, place, column(index), computed, end - start)
    })
    let first = { place: end - start, index: 0 }
    for (let row = 0; row < parity; row++) {
      const given = column(data + row)
      const place = shardAt(computed, row, end - start).findIndex((byte, i) => byte !== given[i])
      if (place >= 0 && place < first.place) first = { place, index: data + row }
    }
    if (first.index > 0) {
      const view = new DataView(out.buffer, out.byteOffset, out.byteLength)
      view.setBigUint64(0, BigInt(start + first.place), true)
      view.setUint32(8, first.index, true)
      view.setUint32(12, 1, true)
      return
    }
  }
}

export function check(
  [matrix]: readonly [Uint8Array],
  [number, data, parity]: readonly [number, number, number],
  out: Uint8Array,
): void {
  const code = codeOf(number, data, parity, matrix)
  whole(out, 0, 1)
  if (code.name === 'rs8-custom') checkMinors(code)
}

export function chunkHashes([chunks]: readonly [Uint8Array], [chunkBytes]: readonly [number], out: Uint8Array): void {
  if (chunkBytes === 0 || chunkBytes > MAX_CHUNK_BYTES) fail('RANGE', MAX_CHUNK_BYTES, chunkBytes)
  if (chunks.length === 0) fail('EMPTY_INPUT', chunkBytes, 0)
  const count = Math.floor(chunks.length / chunkBytes)
  whole(chunks, count, chunkBytes)
  whole(out, count, HASH_BYTES)
  for (let i = 0; i < count; i++) out.set(hash32(shardAt(chunks, i, chunkBytes)), i * HASH_BYTES)
}

export function levels([nodes]: readonly [Uint8Array], _: readonly [], out: Uint8Array): void {
  if (nodes.length === 0) fail('EMPTY_INPUT', HASH_BYTES, 0)
  const count = Math.floor(nodes.length / HASH_BYTES)
  whole(nodes, count, HASH_BYTES)
  if (out.length !== levelsBytes(count)) fail('BUFFER_LENGTH', levelsBytes(count), out.length)
  const message = new Uint8Array(3 * HASH_BYTES)
  message.set(NODE_TAG)
  let [below, at] = [nodes, 0]
  while (below.length > HASH_BYTES) {
    const start = at
    for (let pair = 0; pair < below.length; pair += 2 * HASH_BYTES, at += HASH_BYTES) {
      const both = below.subarray(pair, pair + 2 * HASH_BYTES)
      message.set(both, HASH_BYTES)
      out.set(both.length === HASH_BYTES ? both : hash32(message), at)
    }
    below = out.subarray(start, at)
  }
}

/** Adds to the wanted shards in `sums` what the shard at `place` of a plan contributes. */
function add({ factors, used }: Plan, place: number, shard: Uint8Array, sums: Uint8Array, length: number): void {
  const wanted = factors.length / used.length
  for (let j = 0; j < wanted; j++) {
    addScaled(shardAt(sums, j, length), factors[place * wanted + j] as number, shard)
  }
}

function shardAt(shards: Uint8Array, place: number, length: number): Uint8Array {
  return shards.subarray(place * length, (place + 1) * length)
}

function shapeOf([number, data, parity, length]: Shape, matrix: Uint8Array): { code: Code; length: number } {
  const code = codeOf(number, data, parity, matrix)
  if (length === 0) fail('EMPTY_INPUT', 1, 0)
  if (length > MAX_CALL_BYTES) fail('LIMIT_EXCEEDED', MAX_CALL_BYTES, length)
  return { code, length }
}

function codeOf(number: number, data: number, parity: number, matrix: Uint8Array): Code {
  const name = CODE_NAMES[number - 1]
  if (!name) fail('RANGE', CODE_NAMES.length, number)
  const code = { name, data, parity, matrix }
  checkCode(code)
  return code
}

/** Checks that a buffer has `count` shards of `length` bytes. */
function whole(bytes: Uint8Array, count: number, length: number): void {
  if (bytes.length !== count * length) fail('BUFFER_LENGTH', count * length, bytes.length)
}
