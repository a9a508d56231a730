/**
 * Writes ../hasher_states.json from the text of SPEC.md sections 3 and 17 alone: no line is shared with the library. Files and their
 * roots are those of ../../storage/file_merkle.json.
 *
 *     node hasher_states.mjs > ../hasher_states.json
 */
import { readFileSync } from 'node:fs'
import { keccak_256 } from '@noble/hashes/sha3.js'

const files = JSON.parse(readFileSync(new URL('../../storage/file_merkle.json', import.meta.url), 'utf8')).cases
const hex = bytes => `0x${Buffer.from(bytes).toString('hex')}`

function contentOf({ kind, a, b, seed }, size) {
  if (kind === 'zero') return Buffer.alloc(size)
  if (kind === 'affine') return Buffer.from(Array.from({ length: size }, (_, i) => (i * a + b) & 255))
  const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, j) => {
    const number = Buffer.alloc(8)
    number.writeBigUInt64BE(BigInt(j))
    return keccak_256(Buffer.concat([Buffer.from(seed), number]))
  })
  return Buffer.concat(blocks).subarray(0, size)
}

/** Root of a perfect tree over whole sectors. */
function rootOf(bytes) {
  if (bytes.length === 256) return keccak_256(bytes)
  const half = bytes.length / 2
  return keccak_256(Buffer.concat([rootOf(bytes.subarray(0, half)), rootOf(bytes.subarray(half))]))
}

/** The parts of a state, so that hostile ones can be made of others. */
function partsOf(bytes) {
  const [roots, sectors] = [[], Math.floor(bytes.length / 256)]
  let at = 0
  for (let power = 2 ** 45; power >= 1; power /= 2) {
    if (Math.floor(sectors / power) % 2 === 0) continue
    roots.push(rootOf(bytes.subarray(at, at + 256 * power)))
    at += 256 * power
  }
  return { format: 'zgkit hasher 1\0\0', size: BigInt(bytes.length), roots, tail: bytes.subarray(at) }
}

function stateOf({ format, size, roots, tail, more = [] }) {
  const number = Buffer.alloc(8)
  number.writeBigUInt64LE(size)
  const content = Buffer.concat([Buffer.from(format), number, ...roots, tail, Buffer.from(more)])
  return Buffer.concat([content, keccak_256(content)])
}

const honest = []
for (const [size, kind, places] of [
  [1, 'affine', [0, 1]],
  [256, 'keccak', [255, 256]],
  [257, 'affine', [1, 256]],
  [4097, 'affine', [0, 1000, 4096]],
  [70_000, 'keccak', [300, 65_536, 70_000]],
  [262_145, 'affine', [262_143, 262_144, 262_145]],
  [300_000, 'affine', [100_000, 299_999]],
  [1_048_577, 'affine', [7 * 256, 600_000, 786_432]],
  [3_145_745, 'affine', [262_144 + 5 * 256 + 3, 3_000_001]],
]) {
  const file = files.find(file => file.size === size && file.pattern.kind === kind)
  const content = contentOf(file.pattern, size)
  for (const at of places) {
    const state = stateOf(partsOf(content.subarray(0, at)))
    honest.push({ pattern: file.pattern, size, at, state: hex(state), root: file.root })
  }
}

const parts = partsOf(contentOf({ kind: 'affine', a: 31, b: 7 }, 7 * 256 + 5))
const state = stateOf(parts)
const flipped = place => {
  const copy = Buffer.from(state)
  copy[place] ^= 1
  return copy
}
const made = changes => stateOf({ ...parts, ...changes })
const refused = [
  ['nothing', []],
  ['one byte', state.subarray(0, 1)],
  ['the checksum alone', state.subarray(-32)],
  ['a bit of the format, checksum as it was', flipped(3)],
  ['a bit of the size, checksum as it was', flipped(16)],
  ['a bit of a root, checksum as it was', flipped(24 + 40)],
  ['a bit of the tail, checksum as it was', flipped(24 + 96 + 2)],
  ['a bit of the checksum', flipped(state.length - 1)],
  ['cut by a byte', state.subarray(0, -1)],
  ['a byte more behind it', Buffer.concat([state, Buffer.alloc(1)])],
  ['another version', made({ format: 'zgkit hasher 2\0\0' })],
  ['another format', made({ format: 'zgkit erasure 1\0' })],
  ['text where zeros are due', made({ format: 'zgkit hasher 1\0x' })],
  ['a size of one byte more than the tail has', made({ size: parts.size + 1n })],
  ['a size whose sectors make up fewer subtrees', made({ size: 4n * 256n + 5n })],
  ['a size whose sectors make up more subtrees', made({ size: 15n * 256n + 5n })],
  ['a root too few', made({ roots: parts.roots.slice(1) })],
  ['a root too many', made({ roots: [...parts.roots, parts.roots[0]] })],
  ['no tail', made({ tail: Buffer.alloc(0) })],
  ['a tail of a whole sector more', made({ tail: Buffer.concat([parts.tail, Buffer.alloc(256)]) })],
  ['a byte between tail and checksum', made({ more: [0] })],
  ['a size of 2^53', stateOf({ ...parts, size: 2n ** 53n, roots: [parts.roots[0]], tail: Buffer.alloc(0) })],
  ['the largest size there is', stateOf({ ...parts, size: 2n ** 64n - 1n, roots: Array(56).fill(parts.roots[0]), tail: Buffer.alloc(255) })],
].map(([what, bytes]) => ({ what, state: hex(bytes) }))

const largest = stateOf({ ...parts, size: 2n ** 53n - 1n, roots: Array(45).fill(parts.roots[0]), tail: Buffer.alloc(255) })
console.log(JSON.stringify({ honest, refused, largest: hex(largest) }, undefined, 1))
