import fc from 'fast-check'
import { expect } from 'vitest'
import contexts from '../../testdata/storage/context_cases.json' with { type: 'json' }
import { concatBytes } from '../dist/bytes.js'
import {
  type AnswerFields,
  type Claim,
  type FileProof,
  FileTree,
  type FlowClaim,
  type FlowRangeClaim,
  type FlowRangeProof,
  type MultiClaim,
  readCase,
  toAnswer,
  type VerifyTask,
  verifyAnswerSync,
  verifyFlowRange,
  verifyFlowSector,
  verifyMulti,
  verifySectorSync,
  verifySegmentSync,
  ZgkitError,
} from '../dist/index.js'
import * as verify from '../dist/verify/index.js'
import { FlowBytes, gold } from './gold.js'
import { painted, wholeSectors } from './patterns.js'

/** Small numbers that choose a case: fast-check shrinks them, and its seed and path repeat it. */
interface Pick {
  readonly kind: number
  readonly place: number
  readonly change: number
  readonly bit: number
}

/** A claim in bytes. */
type Honest<T> = T & { readonly root: Uint8Array; readonly data: Uint8Array }

interface SomeSiblings {
  readonly siblings: readonly Uint8Array[]
}

/** What came of a call: its verdict, or the code that it threw. */
function outcome(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    if (error instanceof ZgkitError) return { threw: error.code, details: error.details }
    throw error
  }
}

const sizes = [1, 256, 257, 1000, 4097, 33 * 256, 70_000, 262_144, 262_145, 2 * 262_144 + 130 * 256 + 99]
const files = sizes.map(size => ({ size, bytes: painted(size), tree: FileTree.buildSync(painted(size)) }))
const flow = new FlowBytes()
for (const { bytes } of files) flow.submit(bytes)
const answers = [
  ...gold.cases.map(one => readCase(one)),
  ...contexts.cases.map(one =>
    readCase({ ...one, maxShards: 256, sealRanges: [{ digest: one.answer.sealedContextDigest, ...one.epochRange }] }),
  ),
]

/** What was made for a key before: honest proofs take most of the time. */
function remember<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key) ?? make()
  made.set(key, known)
  return known
}
const fileClaims = new Map<string, Honest<Claim> & { readonly size: number; readonly proof: FileProof }>()
const multiClaims = new Map<string, Honest<MultiClaim> & { readonly indices: number[]; readonly proof: SomeSiblings }>()
const rangeProofs = new Map<string, FlowRangeProof>()
const flowClaims = new Map<string, Honest<FlowClaim> & { readonly siblings: readonly Uint8Array[] }>()

const at = <T>(list: readonly T[], pick: number): T => list[pick % list.length] as T

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = bytes.slice()
  if (bytes.length > 0)
    flipped[(bit >> 3) % bytes.length] = (flipped[(bit >> 3) % bytes.length] as number) ^ (1 << (bit & 7))
  return flipped
}

/** A list with one entry changed, lost, added or moved. */
function disturb<T>(list: readonly T[], change: number, bit: number, altered: (entry: T) => unknown): unknown[] {
  const i = list.length === 0 ? 0 : bit % list.length
  switch (change % 6) {
    case 0:
      return list.map((entry, k) => (k === i ? altered(entry) : entry))
    case 1:
      return list.filter((_, k) => k !== i)
    case 2:
      return [...list.slice(0, i), ...list.slice(i, i + 1), ...list.slice(i)]
    case 3:
      return list.toReversed()
    case 4:
      return [...list, ...new Array(bit % 70).fill(list[i])]
    default:
      return list.map((entry, k) => (k === i ? at([null, 1, '0x', {}, new Uint8Array(31)], bit) : entry))
  }
}

/** An honest claim about a file: one of about 30 places in each. */
function honestFileClaim(kind: 'sector' | 'segment', place: number) {
  const number = place % files.length
  const { size, bytes, tree } = files[number] as (typeof files)[0]
  const { segments, paddedSectors } = tree.layout
  const leaves = kind === 'segment' ? segments : paddedSectors
  const index = (Math.floor(place / files.length) % Math.min(leaves, 30)) * Math.max(1, Math.floor(leaves / 30))
  return remember(fileClaims, `${kind} ${number} ${index}`, () => {
    const start = kind === 'segment' ? index * 262_144 : index * 256
    const segment = kind === 'segment' ? index : Math.floor(index / 1024)
    const segmentBytes = bytes.subarray(segment * 262_144, (segment + 1) * 262_144)
    const proof = kind === 'segment' ? tree.proveSegment(index) : tree.proveSectorSync(index, segmentBytes)
    const data = new Uint8Array(kind === 'segment' ? wholeSectors(segmentBytes).length : 256)
    data.set(bytes.subarray(start, start + data.length))
    return { root: tree.root, size, index, data, proof }
  })
}

function fileClaim(kind: 'sector' | 'segment', { place, change, bit }: Pick): Claim {
  const claim = honestFileClaim(kind, place)
  const { root, size, index, data, proof } = claim
  const { lemma, path } = proof
  const changes: (() => object)[] = [
    () => ({ data: flip(data, bit) }),
    () => ({ root: flip(root, bit) }),
    () => ({ index: index + (bit % 5) - 2 }),
    () => ({ size: size + (bit % 600) - 300 }),
    () => ({ size: at([1, 2 ** 40, 2 ** 53 - 1, 0, -1], bit) }),
    () => ({ data: data.subarray(bit % 2) }),
    () => ({ proof: { ...proof, kind: at(['sector', 'segment', undefined, 7], bit) } }),
    () => ({ proof: { lemma: disturb(lemma, change >> 4, bit, hash => flip(hash, bit)), path } }),
    () => ({ proof: { lemma, path: disturb(path, change >> 4, bit, isLeft => !isLeft) } }),
    () => ({ proof: { lemma: lemma.slice(1), path: path.slice(1) } }),
    () => ({ proof: at([null, 'proof', [], { lemma }, { lemma: [], path: [] }], bit) }),
  ]
  // About a third stays honest.
  return { ...claim, ...changes[(change & 15) % 16]?.() }
}

function flowClaim({ place, change, bit }: Pick): FlowClaim {
  const { root, length } = flow.tree
  const sector = (place % 100) * Math.floor(length / 100)
  const claim = remember(flowClaims, `${sector}`, () => {
    const siblings = flow.tree.prove(sector, flow.read(Math.floor(sector / 1024) * 1024, 262_144))
    return { root, length, sector, data: flow.read(sector, 256), siblings }
  })
  const { data, siblings } = claim
  const changes: (() => object)[] = [
    () => ({ data: flip(data, bit) }),
    () => ({ root: flip(root, bit) }),
    () => ({ sector: sector + (bit % 5) - 2 }),
    () => ({ length: at([length - 1, length + 1, 2 * length, 1, 0, 2 ** 53 - 1, -1], bit) }),
    () => ({ data: data.subarray(bit % 2) }),
    () => ({ siblings: disturb(siblings, change >> 4, bit, hash => flip(hash, bit)) }),
    () => ({ siblings: at([null, 'x', {}, []], bit) }),
  ]
  return { ...claim, ...changes[(change & 15) % 11]?.() }
}

/** Leaves of a tree, of one of six kinds. */
function leavesOf(leaves: number, first: number, kind: number): number[] {
  const some = (count: number, from: number, step: number) =>
    Array.from({ length: count }, (_, i) => from + step * i).filter(index => index >= first && index < leaves)
  const sets = [
    () => [leaves - 1],
    () => some(5, Math.floor(leaves / 2), 1),
    () => some(12, first, 3),
    () => [...new Set([first, leaves - 1])],
    () => some(20, leaves - 20, 1),
    () => some(9, first + 1, Math.max(1, Math.floor(leaves / 9))),
  ]
  const found = at(sets, kind)()
  return found.length > 0 ? found : [leaves - 1]
}

/** An honest claim about many leaves of the flow or of a file. */
function honestMultiClaim(place: number) {
  const number = place % (files.length + 2)
  const kind = Math.floor(place / 16) % 6
  return remember(multiClaims, `${number} ${kind}`, () => {
    const file = files[number]
    if (!file) {
      const { root, length } = flow.tree
      const indices = leavesOf(length, 1, kind)
      const { siblings } = flow.tree.proveMulti(indices, index => flow.read(index * 1024, 262_144))
      const data = concatBytes(indices.map(index => flow.read(index, 256)))
      return { kind: 'flow' as const, root, length, indices, data, proof: { siblings } }
    }
    const { size, bytes, tree } = file
    const { segments, paddedSectors } = tree.layout
    const segmentOf = (index: number) => bytes.subarray(index * 262_144, (index + 1) * 262_144)
    const sectorOf = (index: number) =>
      wholeSectors(concatBytes([bytes.subarray(index * 256), new Uint8Array(256)])).subarray(0, 256)
    const trusted = { root: tree.root, size }
    if (kind === 0) {
      const indices = leavesOf(segments, 0, place % 6)
      const data = concatBytes(indices.map(index => wholeSectors(segmentOf(index))))
      return { kind: 'segment' as const, ...trusted, indices, data, proof: tree.proveSegments(indices) }
    }
    const indices = leavesOf(paddedSectors, 0, kind)
    const data = concatBytes(indices.map(sectorOf))
    return { kind: 'sector' as const, ...trusted, indices, data, proof: tree.proveSectorsSync(indices, segmentOf) }
  })
}

function multiClaim({ place, change, bit }: Pick): MultiClaim {
  const claim = honestMultiClaim(place)
  const { root, indices, data, proof } = claim
  const [first] = indices as [number]
  const changes: (() => object)[] = [
    () => ({ data: flip(data, bit) }),
    () => ({ root: flip(root, bit) }),
    () => ({ indices: disturb(indices, change >> 4, bit, index => index + (bit % 3) - 1) }),
    () => ({ indices: { first, count: indices.length + (bit % 3) - 1 } }),
    () =>
      claim.kind === 'flow'
        ? { length: Number(claim.length) + (bit % 5) - 2 }
        : { size: Number(claim.size) + (bit % 600) - 300 },
    () => ({ proof: { siblings: disturb(proof.siblings, change >> 4, bit, hash => flip(hash, bit)) } }),
    () => ({ proof: at([null, 'x', {}, { siblings: 1 }, { ...proof, kind: 'tree' }], bit) }),
    () => ({ data: data.subarray(bit % 2) }),
    () => ({ indices: indices.slice(1), data: data.subarray(data.length / indices.length) }),
    () => ({ indices: { first, count: indices.length } }),
  ]
  return { ...claim, ...changes[(change & 15) % 14]?.() } as MultiClaim
}

function rangeClaim({ place, change, bit }: Pick): FlowRangeClaim {
  const { root, length } = flow.tree
  const [first, count] = [1 + (((place % 30) * 97) % (length - 20)), 1 + (place % 6)]
  const segmentOf = (index: number) => flow.read(index * 1024, 262_144)
  const proof = remember(rangeProofs, `${first} ${count}`, () => flow.tree.proveRange(first, count, segmentOf))
  const data = flow.read(first, 256 * count)
  const { leftProof, rightProof } = proof
  const lemma = () => disturb(rightProof.lemma, change >> 4, bit, hash => flip(hash, bit))
  const path = () => disturb(leftProof.path, change >> 4, bit, isLeft => !isLeft)
  const changes: (() => object)[] = [
    () => ({ data: flip(data, bit) }),
    () => ({ root: flip(root, bit) }),
    () => ({ first: first + (bit % 3) - 1 }),
    () => ({ count: count + (bit % 3) - 1 }),
    () => ({ length: length + (bit % 3) - 1 }),
    () => ({ proof: { leftProof, rightProof: { ...rightProof, lemma: lemma() } } }),
    () => ({ proof: { leftProof: { ...leftProof, path: path() }, rightProof } }),
    () => ({ proof: { leftProof: rightProof, rightProof: leftProof } }),
    () => ({ proof: at([null, {}, { leftProof }, { leftProof, rightProof: 1 }], bit) }),
  ]
  return { root, length, first, count, data, proof, ...changes[(change & 15) % 13]?.() }
}

function answerClaim({ place, change, bit }: Pick): [AnswerFields, VerifyTask, { strict: boolean }] {
  const { answer: fields, task } = at(answers, place)
  const answer = toAnswer(fields)
  const { context } = task
  const plus = (value: unknown) => BigInt(value as bigint) + at([1n, 16n, -1n, -16n, 1024n, 64n], bit)
  const changes: (() => [object, object?])[] = [
    () => [{ sealedData: flip(answer.sealedData, bit) }],
    () => [{ minerId: bit % 3 === 0 ? new Uint8Array(32) : flip(answer.minerId, bit) }],
    () => [{ nonce: flip(answer.nonce, bit) }],
    () => [{ contextDigest: flip(answer.contextDigest, bit) }],
    () => [{ sealedContextDigest: flip(answer.sealedContextDigest, bit) }],
    () => [{ recallPosition: plus(answer.recallPosition) }],
    () => [{ sealOffset: plus(answer.sealOffset) }],
    () => [{ merkleProof: disturb(answer.merkleProof, change >> 4, bit, hash => flip(hash, bit)) }],
    () => [
      { range: { ...answer.range, [at(['startPosition', 'mineLength', 'shardId', 'shardMask'], bit)]: plus(bit) } },
    ],
    () => [{}, { poraTarget: at([0n, 1n, 2n ** 256n - 1n], bit) }],
    () => [{}, { subtaskDigest: new Uint8Array(32) }],
    () => [{}, { context: { ...context, flowLength: plus(context.flowLength) } }],
    () => [{}, { context: { ...context, flowRoot: new Uint8Array(32) } }],
    () => [{}, { sealRanges: [] }],
    () => [{}, { maxShards: 0 }],
  ]
  const [other, otherTask] = changes[(change & 31) % 24]?.() ?? [{}]
  return [{ ...answer, ...other } as AnswerFields, { ...task, ...otherTask }, { strict: bit % 2 === 0 }]
}

/**
 * Compares three implementations on random claims, honest and changed: `zgkit` on the tier in use, and `zgkit/verify` on its module and
 * without it. Outcomes must be equal to the last byte. Tells how many were accepted and refused.
 */
export function compareClaims(numRuns: number): { accepted: number; refused: number } {
  const seen = { accepted: 0, refused: 0 }
  const check = (main: () => unknown, own: () => unknown) => {
    const expected = outcome(main)
    for (const tier of ['wasm', 'js'] as const) {
      verify.useVerifier(tier)
      expect(outcome(own), tier).toEqual(expected)
    }
    if ((expected as { ok?: boolean }).ok === true) seen.accepted++
    else seen.refused++
  }
  const pick = fc.record({
    kind: fc.nat({ max: 99 }),
    place: fc.nat({ max: 2 ** 30 }),
    change: fc.nat({ max: 255 }),
    bit: fc.nat({ max: 2 ** 16 }),
  })
  fc.assert(
    fc.property(pick, (chosen: Pick) => {
      if (chosen.kind < 40) {
        const claim = fileClaim('sector', chosen)
        check(
          () => verifySectorSync(claim),
          () => verify.verifySector(claim),
        )
      } else if (chosen.kind < 45) {
        const claim = fileClaim('segment', chosen)
        const rearPadding = chosen.bit % 2 === 0
        check(
          () => verifySegmentSync(claim, { rearPadding }),
          () => verify.verifySegment(claim, { rearPadding }),
        )
      } else if (chosen.kind < 72) {
        const claim = flowClaim(chosen)
        check(
          () => verifyFlowSector(claim),
          () => verify.verifyFlowSector(claim),
        )
      } else if (chosen.kind < 87) {
        const claim = multiClaim(chosen)
        check(
          () => verifyMulti(claim),
          () => verify.verifyMulti(claim),
        )
      } else if (chosen.kind < 95) {
        const claim = rangeClaim(chosen)
        check(
          () => verifyFlowRange(claim),
          () => verify.verifyFlowRange(claim),
        )
      } else {
        const [answer, task, options] = answerClaim(chosen)
        check(
          () => verifyAnswerSync(answer, task, options),
          () => verify.verifyAnswer(answer, task, options),
        )
      }
    }),
    { numRuns },
  )
  return seen
}
