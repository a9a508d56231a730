import { blake2b } from '@noble/hashes/blake2.js'
import { concatBytes } from '../dist/bytes.js'
import type { Code, CodeName } from '../dist/rules/erasure/code.js'
import { commitmentTo, descriptorOf } from '../dist/rules/erasure/descriptor.js'
import { encodeHeader } from '../dist/rules/erasure/header.js'
import { stripeLayout } from '../dist/rules/erasure/layout.js'

/** Ascending indices from `start` to below `end`, as kernels take them. */
export function indices(start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start }, (_, i) => start + i)
}

/** A product in the field, from its definition: shift and reduce. */
export function product(a: number, b: number): number {
  let sum = 0
  for (let bit = 7; bit >= 0; bit--) {
    sum = (sum << 1) ^ (sum < 128 ? 0 : 0x11d)
    if ((b >> bit) & 1) sum ^= a
  }
  return sum
}

/** The inverse, by search. */
export function inverse(a: number): number {
  for (let b = 1; b < 256; b++) if (product(a, b) === 1) return b
  throw new Error('0 has no inverse')
}

/** A Cauchy matrix over other points than those of the built-in codes. */
export function customMatrix(data: number, parity: number): Uint8Array {
  return new Uint8Array(data * parity).map((_, i) =>
    inverse((200 + Math.floor(i / data)) ^ ((100 + (i % data)) & 0xff)),
  )
}

/** A code of each kind, and the entries of its parity matrix by the definition. */
export function codesOf(data: number, parity: number): (Code & { rows: Uint8Array })[] {
  const matrix = customMatrix(data, parity)
  const entries = (entry: (r: number, c: number) => number) =>
    new Uint8Array(data * parity).map((_, i) => entry(data + Math.floor(i / data), i % data))
  const quotients = (r: number, c: number) =>
    [...indices(0, data)].reduce((all, j) => (j === c ? all : product(all, product(r ^ j, inverse(c ^ j)))), 1)
  const none = new Uint8Array()
  return [
    { name: 'rs8-vandermonde', data, parity, matrix: none, rows: entries(quotients) },
    { name: 'rs8-cauchy', data, parity, matrix: none, rows: entries((r, c) => inverse(r ^ c)) },
    { name: 'rs8-custom', data, parity, matrix, rows: matrix },
  ]
}

/** All shards of data by the definition. */
export function allShards({ data, parity, rows }: Code & { rows: Uint8Array }, bytes: Uint8Array): Uint8Array[] {
  const length = bytes.length / data
  const shards = Array.from({ length: data }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
  const row = (r: number) =>
    new Uint8Array(length).map((_, b) =>
      shards.reduce((sum, shard, c) => sum ^ product(rows[r * data + c] as number, shard[b] as number), 0),
    )
  return [...shards, ...Array.from({ length: parity }, (_, r) => row(r))]
}

/** The first 32 bytes of BLAKE2b-512. */
export function hash(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes).slice(0, 32)
}

/** All levels of a tree by its definition, the leaves first. */
export function treeLevels(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const tag = new Uint8Array(32)
  tag.set(new TextEncoder().encode('zgkit erasure node'))
  const levels = [[...leaves]]
  for (let below = leaves; below.length > 1; below = levels.at(-1) as Uint8Array[]) {
    const pairs = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => below.slice(2 * i, 2 * i + 2))
    levels.push(pairs.map(pair => (pair.length === 1 ? (pair[0] as Uint8Array) : hash(concatBytes([tag, ...pair])))))
  }
  return levels
}

/** Commits to any chunks, `stripes[s][i]` being chunk `i` of stripe `s`, as a liar would: commitment and shard files. */
export function commitTo(
  code: { name: CodeName; data: number; parity: number; matrix: Uint8Array },
  chunk: number,
  size: number,
  stripes: readonly (readonly Uint8Array[])[],
): { commitment: Uint8Array; files: Uint8Array[] } {
  const layout = stripeLayout(code.data, chunk, size)
  const chunksOf = (index: number) => stripes.map(stripe => stripe[index] as Uint8Array)
  const leaves = Array.from({ length: code.data + code.parity }, (_, i) => chunksOf(i).map(hash))
  const rootOf = (nodes: readonly Uint8Array[]) => (treeLevels(nodes).at(-1) as Uint8Array[])[0] as Uint8Array
  const roots = leaves.map(rootOf)
  const descriptor = descriptorOf(code, layout, rootOf(roots))
  const levels = treeLevels(roots)
  const files = roots.map((root, index) => {
    const siblings = levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? [])
    const header = encodeHeader({ descriptor, code, index, root, siblings: concatBytes(siblings) })
    return concatBytes([header, ...(leaves[index] as Uint8Array[]), ...chunksOf(index)])
  })
  return { commitment: commitmentTo(descriptor), files }
}
