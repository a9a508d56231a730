import { keccak_256 } from '@noble/hashes/sha3.js'
import { equalBytes } from '../../bytes.js'
import type { KernelCode } from '../../errors.js'
import { HASH_BYTES, MAX_CALL_BYTES, MAX_DEPTH, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_SECTORS } from '../../limits.js'
import { path as pathOf, walk } from '../../rules/path.js'
import { peakHeights } from '../../rules/submission.js'
import { zeroRoot } from '../../rules/zero.js'
import { fail } from '../fail.js'
import { encodeVerdict, type Rejection } from '../verdict.js'
import { keccak256 } from './hash.js'

/** Bytes that an inner node hashes. */
const PAIR = 2 * HASH_BYTES

/** The level above `nodes`: pairs hashed, an unpaired last node unchanged. */
function levelUp(nodes: Uint8Array): Uint8Array {
  const paired = Math.floor(nodes.length / PAIR) * PAIR
  const above = new Uint8Array(paired / 2 + (nodes.length - paired))
  keccak256(nodes.subarray(0, paired), PAIR, above.subarray(0, paired / 2))
  above.set(nodes.subarray(paired), paired / 2)
  return above
}

function treeRoot(nodes: Uint8Array): Uint8Array {
  let level = nodes
  while (level.length > HASH_BYTES) level = levelUp(level)
  return level
}

/** Leaf hashes of the sectors of `data`, continued with zero sectors up to `leaves`. */
function hashSectors(data: Uint8Array, leaves: number): Uint8Array {
  const hashes = new Uint8Array(leaves * HASH_BYTES)
  const whole = Math.floor(data.length / SECTOR_BYTES)
  keccak256(data.subarray(0, whole * SECTOR_BYTES), SECTOR_BYTES, hashes.subarray(0, whole * HASH_BYTES))
  let next = whole
  if (data.length > whole * SECTOR_BYTES) {
    const sector = new Uint8Array(SECTOR_BYTES)
    sector.set(data.subarray(whole * SECTOR_BYTES))
    hashes.set(keccak_256(sector), HASH_BYTES * next++)
  }
  const zero = zeroRoot(0)
  while (next < leaves) hashes.set(zero, HASH_BYTES * next++)
  return hashes
}

function check(data: Uint8Array, leaves: number, limit: number, out: Uint8Array, hashes: number): void {
  if (leaves === 0) fail('EMPTY_INPUT', 1, 0)
  if (leaves > limit) fail('LIMIT_EXCEEDED', limit, leaves)
  if (data.length > leaves * SECTOR_BYTES) fail('BUFFER_LENGTH', leaves * SECTOR_BYTES, data.length)
  if (out.length !== hashes * HASH_BYTES) fail('BUFFER_LENGTH', hashes * HASH_BYTES, out.length)
}

export function segmentRoots(data: Uint8Array, leaves: number, out: Uint8Array): void {
  const segments = Math.ceil(leaves / SEGMENT_SECTORS)
  check(data, leaves, MAX_CALL_BYTES / SECTOR_BYTES, out, segments)
  for (let i = 0; i < segments; i++) {
    const segment = data.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES)
    const root = treeRoot(hashSectors(segment, Math.min(SEGMENT_SECTORS, leaves - i * SEGMENT_SECTORS)))
    out.set(root, i * HASH_BYTES)
  }
}

export function peaks(data: Uint8Array, leaves: number, out: Uint8Array): void {
  const heights = leaves > SEGMENT_SECTORS ? [] : peakHeights(leaves)
  check(data, leaves, SEGMENT_SECTORS, out, heights.length)
  const hashes = hashSectors(data, leaves)
  let first = 0
  heights.forEach((height, i) => {
    const end = first + HASH_BYTES * 2 ** height
    out.set(treeRoot(hashes.subarray(first, end)), i * HASH_BYTES)
    first = end
  })
}

/** Bytes of all levels above `leaves` leaves. */
export function levelsBytes(leaves: number): number {
  let nodes = 0
  for (let level = leaves; level > 1; nodes += level) level = Math.ceil(level / 2)
  return nodes * HASH_BYTES
}

export function merkleLevels(leaves: Uint8Array, out: Uint8Array): void {
  if (leaves.length === 0) fail('EMPTY_INPUT', HASH_BYTES, 0)
  const count = Math.floor(leaves.length / HASH_BYTES)
  if (count * HASH_BYTES !== leaves.length) fail('BUFFER_LENGTH', count * HASH_BYTES, leaves.length)
  if (out.length !== levelsBytes(count)) fail('BUFFER_LENGTH', levelsBytes(count), out.length)
  let offset = 0
  for (let level = leaves; level.length > HASH_BYTES; ) {
    level = levelUp(level)
    out.set(level, offset)
    offset += level.length
  }
}

export function verifyInclusion(
  [root, content, lemma, path]: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array],
  [index, leafCount, contentBytes, leafSectors]: readonly [number, number, number, number],
  out: Uint8Array,
): void {
  if (root.length !== HASH_BYTES) fail('BUFFER_LENGTH', HASH_BYTES, root.length)
  if (leafSectors < 1 || leafSectors > SEGMENT_SECTORS) fail('RANGE', SEGMENT_SECTORS, leafSectors)
  if (contentBytes > leafSectors * SECTOR_BYTES) fail('RANGE', leafSectors * SECTOR_BYTES, contentBytes)
  encodeVerdict(judge(), out)

  /** The checks in their order; the first that fails is the verdict. */
  function judge(): Rejection | undefined {
    const no = (code: KernelCode, expected: number, got: number | undefined): Rejection => ({ code, expected, got })
    if (path.length > MAX_DEPTH) return no('LIMIT_EXCEEDED', MAX_DEPTH, path.length)
    const entries = path.length === 0 ? 1 : path.length + 2
    const given = lemma.length / HASH_BYTES
    if (given > MAX_DEPTH + 2) return no('LIMIT_EXCEEDED', MAX_DEPTH + 2, Math.ceil(given))
    if (given !== entries) return no('PROOF_FORMAT', entries * HASH_BYTES, lemma.length)
    const odd = path.find(direction => direction > 1)
    if (odd !== undefined) return no('PROOF_FORMAT', 1, odd)
    if (index >= leafCount) return no('INDEX_RANGE', leafCount, index)
    if (content.length !== contentBytes) return no('CONTENT_LENGTH', contentBytes, content.length)
    const depth = pathOf(index, leafCount).length
    if (path.length !== depth) return no('PROOF_DEPTH', depth, path.length)
    const walked = walk(path, leafCount)
    if (walked !== index) return no('INDEX_MISMATCH', index, walked)

    const entry = (i: number) => lemma.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)
    const leaf = treeRoot(hashSectors(content, leafSectors))
    if (!equalBytes(entry(0), leaf)) return { code: 'CONTENT_MISMATCH', expected: entry(0), got: leaf }
    let node = leaf
    path.forEach((isLeft, k) => {
      const pair = new Uint8Array(PAIR)
      pair.set(node, isLeft ? 0 : HASH_BYTES)
      pair.set(entry(k + 1), isLeft ? HASH_BYTES : 0)
      node = keccak_256(pair)
    })
    for (const got of [entry(entries - 1), node]) {
      if (!equalBytes(got, root)) return { code: 'ROOT_MISMATCH', expected: root, got }
    }
    return undefined
  }
}
