import type { ErrorCode } from '../errors.js'
import { HASH_BYTES, MAX_DEPTH, SECTOR_BYTES } from '../limits.js'
import { fileRootSync } from '../merkle/file-tree.js'
import { segmentBytes } from '../rules/layout.js'
import type { SegmentResponse } from '../transfer/source.js'
import type { HeldFile, RightAnswer } from './held-file.js'
import type { Random } from './random.js'

/** What a lie is made from. */
export interface Occasion {
  /** What is asked for. */
  readonly file: HeldFile
  readonly index: number
  /** All files that the source holds. */
  readonly files: readonly HeldFile[]
  readonly random: Random
  /** What the source answered the last time, if it ever did. */
  readonly last: RightAnswer | undefined
}

interface Lie {
  /** Codes of the checks that find it out. */
  readonly codes: readonly ErrorCode[]
  readonly tell: (right: RightAnswer, occasion: Occasion) => unknown
}

const asAnswer = (data: Uint8Array, proof: unknown): SegmentResponse => ({ data, proof })

function flipBit(bytes: Uint8Array, end: number, random: Random): void {
  const at = random.below(end)
  bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
}

function bitFlip(right: RightAnswer, { file, index, random }: Occasion): SegmentResponse {
  flipBit(right.data, segmentBytes(file.tree.layout, index), random)
  return right
}

/** Every way in which an answer can be wrong, with what finds it out. */
export const LIES = {
  /** One bit of the content. */
  bitFlip: { codes: ['CONTENT_MISMATCH'], tell: bitFlip },
  /** A sector that reads as zeros. */
  zeroedSector: {
    codes: ['CONTENT_MISMATCH'],
    tell(right, { random }) {
      const at = random.below(right.data.length / SECTOR_BYTES) * SECTOR_BYTES
      right.data.fill(0, at, at + SECTOR_BYTES)
      return right
    },
  },
  /** Two sectors in each other's place. */
  misordered: {
    codes: ['CONTENT_MISMATCH'],
    tell(right, occasion) {
      const sectors = right.data.length / SECTOR_BYTES
      if (sectors < 2) return bitFlip(right, occasion)
      const at = occasion.random.below(sectors - 1) * SECTOR_BYTES
      const first = right.data.slice(at, at + SECTOR_BYTES)
      right.data.copyWithin(at, at + SECTOR_BYTES, at + 2 * SECTOR_BYTES)
      right.data.set(first, at + SECTOR_BYTES)
      return right
    },
  },
  /** Another version of the file, with a proof that fits that. */
  stale: {
    codes: ['ROOT_MISMATCH'],
    tell: (_, { file, index }) => file.older.answer(index),
  },
  /** Another segment or file, with its own proof. */
  misdirected: {
    codes: ['CONTENT_LENGTH', 'PROOF_DEPTH', 'INDEX_MISMATCH', 'CONTENT_MISMATCH', 'ROOT_MISMATCH'],
    tell(right, occasion) {
      const { file, index, files, random } = occasion
      const other = random.pick(files)
      const place = random.below(other.segments)
      return other === file && place === index ? bitFlip(right, occasion) : other.answer(place)
    },
  },
  /** What was asked for before, once more. Right if it is asked for again. */
  duplicate: {
    codes: ['CONTENT_LENGTH', 'PROOF_DEPTH', 'INDEX_MISMATCH', 'CONTENT_MISMATCH', 'ROOT_MISMATCH'],
    tell: (right, { last }) => last ?? right,
  },
  /** Bytes are missing at the end. */
  short: {
    codes: ['CONTENT_LENGTH'],
    tell({ data, proof }, { file, index, random }) {
      return asAnswer(data.subarray(0, random.below(segmentBytes(file.tree.layout, index))), proof)
    },
  },
  /** There are bytes too many. */
  long: {
    codes: ['CONTENT_LENGTH'],
    tell({ data, proof }, { random }) {
      const longer = new Uint8Array(data.length + random.between(1, 2 * SECTOR_BYTES))
      longer.set(data)
      return asAnswer(longer, proof)
    },
  },
  /** Hashes and directions are missing. */
  truncatedProof: {
    codes: ['PROOF_FORMAT', 'PROOF_DEPTH'],
    tell({ data, proof: { lemma, path } }, { random }) {
      const drop = random.chance(0.5) || path.length < 2 ? 0 : 1
      return asAnswer(data, { lemma: lemma.slice(0, lemma.length - 1), path: path.slice(drop) })
    },
  },
  /** Siblings too many, up to more than any tree has. */
  extendedProof: {
    codes: ['PROOF_DEPTH', 'LIMIT_EXCEEDED'],
    tell({ data, proof: { lemma, path } }, { random }) {
      const more = random.pick([1, 2, 20, MAX_DEPTH + 1])
      const siblings = Array.from({ length: more + (path.length === 0 ? 1 : 0) }, () => random.bytes(HASH_BYTES))
      return asAnswer(data, { lemma: [...siblings, ...lemma], path: [...new Array(more).fill(true), ...path] })
    },
  },
  /** A direction that leads elsewhere. */
  flippedDirection: {
    codes: ['INDEX_MISMATCH', 'PROOF_DEPTH'],
    tell({ data, proof: { lemma, path } }, { random }) {
      if (path.length === 0) return asAnswer(data, { lemma: [...lemma, ...lemma, ...lemma], path: [true] })
      const at = random.below(path.length)
      return asAnswer(data, { lemma, path: path.map((direction, i) => (i === at ? !direction : direction)) })
    },
  },
  /** A hash that is wrong. */
  forgedSibling: {
    codes: ['CONTENT_MISMATCH', 'ROOT_MISMATCH'],
    tell({ data, proof: { lemma, path } }, { random }) {
      const forged = lemma.map(hash => hash.slice())
      flipBit(random.pick(forged), HASH_BYTES, random)
      return asAnswer(data, { lemma: forged, path })
    },
  },
  /** Content of its own, and a proof of one hash that fits it. */
  forgedRoot: {
    codes: ['ROOT_MISMATCH', 'PROOF_DEPTH'],
    tell(right, occasion) {
      bitFlip(right, occasion)
      return asAnswer(right.data, { lemma: [fileRootSync(right.data)], path: [] })
    },
  },
  /** Content of its own with its hash, and for the rest what is right. */
  forgedLeaf: {
    codes: ['ROOT_MISMATCH'],
    tell({ proof: { lemma, path } }, { file, index }) {
      const { data, proof } = file.older.answer(index)
      return asAnswer(data, { lemma: [proof.lemma[0], ...lemma.slice(1)], path })
    },
  },
  /** Two hashes in the place of the content. */
  innerNode: {
    codes: ['CONTENT_LENGTH', 'CONTENT_MISMATCH'],
    tell: ({ proof }, { random }) => asAnswer(random.bytes(2 * HASH_BYTES), proof),
  },
  /** Something else than a proof. */
  noProof: {
    codes: ['PROOF_FORMAT'],
    tell({ data, proof: { lemma, path } }, { random }) {
      const trap = new Proxy({}, { get: () => fall() })
      const none = [undefined, null, 7, 'proof', {}, [], { lemma, path: 'left' }, { lemma: [1], path }, trap]
      return asAnswer(data, random.pick([...none, { kind: 'sector', lemma, path }]))
    },
  },
  /** Something else than an answer. */
  noAnswer: {
    codes: ['INVALID_ARGUMENT', 'DETACHED_BUFFER'],
    tell({ proof }, { random }) {
      const gone = new Uint8Array(SECTOR_BYTES)
      structuredClone(gone, { transfer: [gone.buffer] })
      const trap = {
        proof,
        get data() {
          return fall()
        },
      }
      return random.pick<unknown>([undefined, null, 7, 'bytes', { proof, data: 'bytes' }, { proof, data: gone }, trap])
    },
  },
} as const satisfies Record<string, Lie>

export type LieName = keyof typeof LIES

function fall(): never {
  throw new Error('this object falls apart when it is read')
}

export function tell(lie: LieName, right: RightAnswer, occasion: Occasion): unknown {
  return (LIES[lie] as Lie).tell(right, occasion)
}
