import { ZgkitError } from '../errors.js'
import { HASH_BYTES, MAX_LEAVES, MAX_SIBLINGS, SEGMENT_HEIGHT } from '../limits.js'
import { flowDepth } from './flow.js'
import { zeroRoot } from './zero.js'

/**
 * What stands beside the last node of a level if nothing is on its right: in the tree of a file nothing, the node goes up
 * unchanged; in the flow the zero root of that height. Both trees have as many nodes on each level.
 */
export type Shape = 'file' | 'flow'

/** Leaves of a tree: strictly ascending indices, or a range. */
export type LeafIndices = readonly number[] | { readonly first: number; readonly count: number }

/** A node's height above the leaves, and its index on that level. */
export interface NodePlace {
  readonly height: number
  readonly index: number
}

/** What is wrong with indices. */
export interface IndexFault {
  readonly code: 'LIMIT_EXCEEDED' | 'EMPTY_INPUT' | 'INDEX_ORDER' | 'INDEX_RANGE'
  readonly expected: number
  readonly got: number
}

/**
 * Indices of leaves in a tree of `leaves` leaves as a list, or what is wrong with them.
 * @throws {ZgkitError} `INVALID_ARGUMENT` for neither a list nor a range
 */
export function checkIndices(given: LeafIndices, leaves: number): number[] | IndexFault {
  const range = toRange(given)
  const count = range ? range.count : (given as readonly number[]).length
  if (count > MAX_LEAVES) return { code: 'LIMIT_EXCEEDED', expected: MAX_LEAVES, got: count }
  if (count === 0) return { code: 'EMPTY_INPUT', expected: 1, got: 0 }
  const isCount = (n: number) => Number.isSafeInteger(n) && n >= 0
  if (!isCount(count)) return { code: 'INDEX_RANGE', expected: leaves, got: count }
  const indices = Array.from({ length: count }, (_, i) => (range ? range.first + i : (given as readonly number[])[i]))
  let previous = -1
  for (const index of indices as number[]) {
    if (!isCount(index)) return { code: 'INDEX_RANGE', expected: leaves, got: index }
    if (index <= previous) return { code: 'INDEX_ORDER', expected: previous + 1, got: index }
    previous = index
  }
  return previous < leaves ? (indices as number[]) : { code: 'INDEX_RANGE', expected: leaves, got: previous }
}

function toRange(given: LeafIndices): { readonly first: number; readonly count: number } | undefined {
  if (Array.isArray(given)) return undefined
  if (typeof given === 'object' && given !== null) {
    const { first, count } = given as { first: number; count: number }
    if (typeof first === 'number' && typeof count === 'number') return { first, count }
  }
  throw new ZgkitError('INVALID_ARGUMENT', 'indices must be a list of numbers, or first and count', { name: 'indices' })
}

/**
 * How the known node number `known` of a level gets its parent: with the known node on its right, with the unknown node `sibling`
 * on its left or right, or as the last of its level.
 */
type Step =
  | { readonly known: number; readonly kind: 'pair' | 'last' }
  | { readonly known: number; readonly kind: 'left' | 'right'; readonly sibling: number }

/** The steps from a level of `width` nodes to the next. `places` are the indices of the known nodes, ascending. */
function* steps(places: readonly number[], width: number): Generator<Step> {
  for (let known = 0; known < places.length; known++) {
    const place = places[known] as number
    if (place % 2 === 1) yield { known, kind: 'left', sibling: place - 1 }
    else if (places[known + 1] === place + 1) yield { known: known++, kind: 'pair' }
    else if (place + 1 < width) yield { known, kind: 'right', sibling: place + 1 }
    else yield { known, kind: 'last' }
  }
}

/** Indices of the parents of nodes. */
function ascend(places: readonly number[]): number[] {
  const above: number[] = []
  for (const place of places) {
    const parent = Math.floor(place / 2)
    if (above.at(-1) !== parent) above.push(parent)
  }
  return above
}

/** The siblings that the climb from these checked indices takes, bottom to top, left to right. */
function* eachSibling(indices: readonly number[], leaves: number): Generator<NodePlace> {
  let places = indices
  for (let height = 0; height < flowDepth(leaves); height++) {
    for (const step of steps(places, Math.ceil(leaves / 2 ** height))) {
      if (step.kind === 'left' || step.kind === 'right') yield { height, index: step.sibling }
    }
    places = ascend(places)
  }
}

/** How many siblings the climb from these checked indices takes. */
export function countSiblings(indices: readonly number[], leaves: number): number {
  let count = 0
  for (const _ of eachSibling(indices, leaves)) count++
  return count
}

/**
 * The siblings that a proof of these indices consists of, in its order.
 * @throws {ZgkitError} what is wrong with the indices; `LIMIT_EXCEEDED` for more than 2^16 siblings
 */
export function siblingPlaces(given: LeafIndices, leaves: number): NodePlace[] {
  const indices = checkIndices(given, leaves)
  if (!Array.isArray(indices)) throw indexError(indices)
  const places: NodePlace[] = []
  for (const place of eachSibling(indices, leaves)) {
    if (places.length === MAX_SIBLINGS) {
      throw new ZgkitError('LIMIT_EXCEEDED', `a proof has at most ${MAX_SIBLINGS} siblings`, { expected: MAX_SIBLINGS })
    }
    places.push(place)
  }
  return places
}

function indexError({ code, expected, got }: IndexFault): ZgkitError {
  return new ZgkitError(code, `${code}: expected ${expected}, got ${got}`, { expected, got })
}

/**
 * The root that the leaves at these checked indices and as many siblings as {@link countSiblings} says lead to.
 * @param hashes the leaves' hashes one after the other
 * @param hashPairs the hashes of many messages of 64 bytes
 */
export function climb(
  shape: Shape,
  leaves: number,
  indices: readonly number[],
  hashes: Uint8Array,
  siblings: readonly Uint8Array[],
  hashPairs: (pairs: Uint8Array) => Uint8Array,
): Uint8Array {
  let [places, nodes, next] = [indices, hashes, 0]
  for (let height = 0; height < flowDepth(leaves); height++) {
    const level = [...steps(places, Math.ceil(leaves / 2 ** height))]
    const alone = shape === 'file' && level.at(-1)?.kind === 'last' ? level.pop() : undefined
    const pairs = new Uint8Array(2 * HASH_BYTES * level.length)
    const node = (known: number, count = 1) => nodes.subarray(known * HASH_BYTES, (known + count) * HASH_BYTES)
    level.forEach(({ known, kind }, i) => {
      const [left, right] = [2 * i * HASH_BYTES, (2 * i + 1) * HASH_BYTES]
      if (kind === 'pair') {
        pairs.set(node(known, 2), left)
      } else {
        pairs.set(node(known), kind === 'left' ? right : left)
        const sibling = kind === 'last' ? zeroRoot(height) : (siblings[next++] as Uint8Array)
        pairs.set(sibling, kind === 'left' ? left : right)
      }
    })
    const above = new Uint8Array((level.length + (alone ? 1 : 0)) * HASH_BYTES)
    if (level.length > 0) above.set(hashPairs(pairs))
    if (alone) above.set(node(alone.known), above.length - HASH_BYTES)
    nodes = above
    places = ascend(places)
  }
  return nodes
}

/**
 * The hashes at these places of a tree over segments.
 * @param above those of segments and higher
 * @param within those of a segment's tree, by its index; each is asked for once, in order
 */
export function gather(
  places: readonly NodePlace[],
  above: (place: NodePlace) => Uint8Array,
  within: (segment: number) => (place: NodePlace) => Uint8Array,
): Uint8Array[] {
  const hashes: Uint8Array[] = []
  const bySegment = new Map<number, number[]>()
  for (const [i, place] of places.entries()) {
    if (place.height >= SEGMENT_HEIGHT) {
      hashes[i] = above(place)
      continue
    }
    const segment = Math.floor(place.index / 2 ** (SEGMENT_HEIGHT - place.height))
    const numbers = bySegment.get(segment) ?? []
    if (numbers.push(i) === 1) bySegment.set(segment, numbers)
  }
  for (const [segment, numbers] of [...bySegment].sort(([a], [b]) => a - b)) {
    const nodeOf = within(segment)
    for (const i of numbers) {
      const { height, index } = places[i] as NodePlace
      hashes[i] = nodeOf({ height, index: index % 2 ** (SEGMENT_HEIGHT - height) })
    }
  }
  return hashes
}
