import { keccak_256 } from '@noble/hashes/sha3.js'
import { asBytes, asObject, concatBytes } from '../bytes.js'
import { type KernelCode, ZgkitError } from '../errors.js'
import { HASH_BYTES, SEGMENT_SECTORS } from '../limits.js'
import { min, WINDOW_SECTORS } from './target.js'
import { toUint, type Uint, uintOf, word } from './uint.js'

/** Ranges start at a multiple of this many sectors (8 GiB). */
const START_SECTORS = 2n ** 25n
/** Sectors of a load. */
const LOAD = BigInt(SEGMENT_SECTORS)
const ALL_ONES = 2n ** 64n - 1n

/** The four numbers of a recall range, named as the contract names them. */
export interface RangeFields {
  /** First sector, a multiple of 2^25 (uint256). */
  readonly startPosition: Uint
  /** Sectors from there on, of all partitions together (uint256). */
  readonly mineLength: Uint
  /** Which partition is mined, in the bits that the mask leaves free (uint64). */
  readonly shardId: Uint
  /** One bits are part of the load's number as drawn, zero bits are replaced by the id's; all ones for the whole (uint64). */
  readonly shardMask: Uint
}

/** What a miner chooses to mine. */
export interface RangeChoice {
  /** Into how many partitions the data is split: a power of two, 1 unless given. */
  readonly partitions?: number | undefined
  /** Which of them, counted from 0. */
  readonly partition?: number | undefined
  /** The first sector that is wished for: rounded down to what the flow allows. 0 unless given. */
  readonly startPosition?: Uint | undefined
}

/** The part of the flow that a miner mines: a window, and which partition of its loads (SPEC.md section 8). */
export class RecallRange implements RangeFields {
  readonly startPosition: bigint
  readonly mineLength: bigint
  readonly shardId: bigint
  readonly shardMask: bigint

  /**
   * Whether a flow allows the range says {@link check}.
   * @throws {ZgkitError} `RANGE` for numbers that the contract's types do not hold, `INVALID_ARGUMENT`
   */
  constructor(fields: RangeFields) {
    const { startPosition, mineLength, shardId, shardMask } = asObject(fields, 'range')
    this.startPosition = toUint(startPosition, 256, 'startPosition')
    this.mineLength = toUint(mineLength, 256, 'mineLength')
    this.shardId = toUint(shardId, 64, 'shardId')
    this.shardMask = toUint(shardMask, 64, 'shardMask')
  }

  /**
   * The range of a choice, as long as a flow of `flowLength` sectors allows.
   * @throws {ZgkitError} `RANGE` unless `partitions` is a power of two up to 2^32 and `partition` below it
   */
  static of(flowLength: Uint, { partitions = 1, partition = 0, startPosition = 0n }: RangeChoice = {}): RecallRange {
    if (!Number.isInteger(Math.log2(partitions)) || partitions < 1 || partitions > 2 ** 32) {
      throw new ZgkitError('RANGE', `partitions must be a power of two up to 2^32, got ${partitions}`, {
        got: partitions,
      })
    }
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
      throw new ZgkitError('RANGE', `partition must be an integer below ${partitions}, got ${partition}`, {
        got: partition,
      })
    }
    const end = loadsEnd(toUint(flowLength, 256, 'flowLength'))
    const mineLength = min(end, WINDOW_SECTORS * BigInt(partitions))
    const start = min(toUint(startPosition, 256, 'startPosition'), end - mineLength)
    return new RecallRange({
      startPosition: start - (start % START_SECTORS),
      mineLength,
      shardId: partition,
      shardMask: ALL_ONES ^ BigInt(partitions - 1),
    })
  }

  /** 2 to the number of zero bits in the mask: `numShards` on the chain, from 1 to 2^64. */
  get partitions(): bigint {
    let count = 1n
    for (let free = ALL_ONES ^ this.shardMask; free > 0n; free &= free - 1n) count <<= 1n
    return count
  }

  /** Keccak-256 of the four numbers as words, the id before the mask: 32 bytes. */
  digest(): Uint8Array {
    return keccak_256(concatBytes([this.startPosition, this.mineLength, this.shardId, this.shardMask].map(word)))
  }

  /**
   * The first of the contract's rules that the range breaks in a flow of `flowLength` sectors, `undefined` if none:
   * `RANGE_UNALIGNED`, `RANGE_OVERFLOW`, `RANGE_TOO_LONG`, `RANGE_TOO_SHORT`, `SHARD_ID_MASKED`.
   */
  check(flowLength: Uint): KernelCode | undefined {
    const end = loadsEnd(toUint(flowLength, 256, 'flowLength'))
    const most = WINDOW_SECTORS * this.partitions
    if (this.startPosition % START_SECTORS !== 0n) return 'RANGE_UNALIGNED'
    if (this.startPosition + this.mineLength > end) return 'RANGE_OVERFLOW'
    if (this.mineLength > most) return 'RANGE_TOO_LONG'
    if (this.mineLength < min(end, most)) return 'RANGE_TOO_SHORT'
    if ((this.shardId & this.shardMask) !== 0n) return 'SHARD_ID_MASKED'
    return undefined
  }

  /**
   * The first sector of the load that a recall seed (32 bytes) draws, `undefined` for a range shorter than a load.
   *
   * With partitions it can lie at or past the range's end: {@link contains} says so, and such a nonce has nothing to mine.
   * @throws {ZgkitError} `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
   */
  loadPosition(recallSeed: Uint8Array): bigint | undefined {
    const seed = asBytes(recallSeed, 'recallSeed')
    if (seed.length !== HASH_BYTES) {
      throw new ZgkitError('BUFFER_LENGTH', `a recall seed has ${HASH_BYTES} bytes, got ${seed.length}`)
    }
    const loads = this.mineLength / LOAD
    if (loads === 0n) return undefined
    const drawn = (uintOf(seed) % loads) & ALL_ONES
    return this.startPosition + ((drawn & this.shardMask) | this.shardId) * LOAD
  }

  /** Whether the range has the load that begins at a sector: inside the window, and of this partition. */
  contains(loadPosition: Uint): boolean {
    const offset = toUint(loadPosition, 256, 'loadPosition') - this.startPosition
    const inside = offset >= 0n && offset < this.mineLength && offset % LOAD === 0n
    return inside && ((offset / LOAD) & (ALL_ONES ^ this.shardMask)) === this.shardId
  }
}

/** Where the flow's last complete load ends. */
function loadsEnd(flowLength: bigint): bigint {
  return flowLength - (flowLength % LOAD)
}
