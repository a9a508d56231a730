import { fail } from '../backend/fail.js'
import { asBytes, concatBytes, overlaps, stableBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { Code } from '../rules/erasure/code.js'
import { checkIndices } from '../rules/erasure/solve.js'
import { Control, type RunOptions } from '../run/control.js'
import { ErasureCode } from './code.js'
import { type Columns, type ColumnWork, columns, columnsSync, place } from './columns.js'
import { cut, indices } from './stripes.js'
import { ShardSums } from './sums.js'

/** Shards, by their place in the list. */
export type Shards = readonly (ArrayBufferView | ArrayBufferLike)[]
/** All shards of a code, by index; `undefined` where one is missing. */
export type SomeShards = readonly (ArrayBufferView | ArrayBufferLike | undefined)[]

/** Where parity first differs from what follows from the data. */
export interface Difference {
  /** The lowest place in the shards with a difference; divided by the chunk length and rounded down it is the stripe. */
  readonly place: number
  /** The lowest parity shard that differs there. */
  readonly index: number
}

/**
 * The codec itself, which believes every shard: a corrupt one that goes in makes wrong data come out, and no error. Where shards come
 * from anybody else, `decodeShards` takes them with a commitment.
 *
 * Shards of a call have one length, any but 0. Those that lie one after the other in one buffer are read in place by the synchronous
 * forms; the asynchronous forms copy them first and use all threads. New shards are views of one fresh buffer, one after the other.
 *
 * All throw `BUFFER_LENGTH` unless there are as many shards as belong there, of one length; `EMPTY_INPUT` for a length of 0;
 * `INVALID_ARGUMENT`, `DETACHED_BUFFER`; asynchronous ones the signal's reason when aborted. Where shards are reconstructed also
 * `TOO_FEW_SHARDS`, and `MATRIX_SINGULAR` where a custom code cannot be solved.
 */
export class UncheckedCodec {
  readonly code: ErasureCode

  /** @throws {ZgkitError} as the constructor of {@link ErasureCode} */
  constructor(code: Code) {
    this.code = code instanceof ErasureCode ? code : new ErasureCode(code)
  }

  /** The parity shards of all data shards. */
  async encode(data: Shards, options: RunOptions = {}): Promise<Uint8Array[]> {
    return this.#fresh(this.#encoding(data, copied), this.code.parity, options)
  }

  /** As {@link encode} on the calling thread. */
  encodeSync(data: Shards): Uint8Array[] {
    return this.#freshSync(this.#encoding(data, stable), this.code.parity)
  }

  /**
   * Writes the parity shards of all data shards into the caller's buffers, at the end.
   * @throws {ZgkitError} `BUFFER_OVERLAP` where a buffer of parity overlaps any other
   */
  async encodeInto(data: Shards, parity: Shards, options: RunOptions = {}): Promise<void> {
    const work = this.#encoding(data, copied)
    this.#outputs(work, data, parity)
    const computed = await this.#fresh(work, this.code.parity, options)
    // Meanwhile they may have been transferred.
    uniform(parity, computed.length, 'parity', given => given).shards.forEach((shard, i) => {
      shard.set(computed[i] as Uint8Array)
    })
  }

  /** As {@link encodeInto} on the calling thread; without a copy where data and parity each lie one after the other. */
  encodeIntoSync(data: Shards, parity: Shards): void {
    const work = this.#encoding(data, stable)
    const outputs = this.#outputs(work, data, parity)
    for (const part of columnsSync(work, outputs)) place(part, outputs)
  }

  /** All shards: those given, the missing ones computed. */
  async reconstruct(shards: SomeShards, options: RunOptions = {}): Promise<Uint8Array[]> {
    return this.reconstructSome(shards, [...indices(0, this.code.shards)], options)
  }

  /** As {@link reconstruct} on the calling thread. */
  reconstructSync(shards: SomeShards): Uint8Array[] {
    return this.reconstructSomeSync(shards, [...indices(0, this.code.shards)])
  }

  /** The data shards: those given, the missing ones computed. */
  async reconstructData(shards: SomeShards, options: RunOptions = {}): Promise<Uint8Array[]> {
    return this.reconstructSome(shards, [...indices(0, this.code.data)], options)
  }

  /** As {@link reconstructData} on the calling thread. */
  reconstructDataSync(shards: SomeShards): Uint8Array[] {
    return this.reconstructSomeSync(shards, [...indices(0, this.code.data)])
  }

  /**
   * The shards of `wanted`, in its order: those given, the missing ones computed.
   * @throws {ZgkitError} `INDEX_RANGE`, `DUPLICATE_SHARD`
   */
  async reconstructSome(
    shards: SomeShards,
    wanted: readonly number[],
    options: RunOptions = {},
  ): Promise<Uint8Array[]> {
    const { missing, work, pick } = this.#solving(shards, wanted, copied)
    return pick(missing.length > 0 ? await this.#fresh(work, missing.length, options) : [])
  }

  /** As {@link reconstructSome} on the calling thread. */
  reconstructSomeSync(shards: SomeShards, wanted: readonly number[]): Uint8Array[] {
    const { missing, work, pick } = this.#solving(shards, wanted, stable)
    return pick(missing.length > 0 ? this.#freshSync(work, missing.length) : [])
  }

  /**
   * Compares the parity of all shards with their data. It finds a difference, but not which shard is wrong: that takes a commitment.
   * @returns `undefined` if nothing differs
   */
  async verify(shards: Shards, options: RunOptions = {}): Promise<Difference | undefined> {
    for await (const part of columns(this.#comparing(shards, copied), new Control(options))) {
      const difference = readDifference(part)
      if (difference) return difference
    }
    return undefined
  }

  /** As {@link verify} on the calling thread. */
  verifySync(shards: Shards): Difference | undefined {
    for (const part of columnsSync(this.#comparing(shards, stable))) {
      const difference = readDifference(part)
      if (difference) return difference
    }
    return undefined
  }

  /**
   * The parity after data shard `index` changed from `before` to `after`: the other data shards are not needed.
   * @throws {ZgkitError} `INDEX_RANGE` unless it is a data shard
   */
  async updateParity(
    parity: Shards,
    index: number,
    before: ArrayBufferView | ArrayBufferLike,
    after: ArrayBufferView | ArrayBufferLike,
    options: RunOptions = {},
  ): Promise<Uint8Array[]> {
    return this.#fresh(this.#updating(parity, index, [before, after], copied), this.code.parity, options)
  }

  /** As {@link updateParity} on the calling thread. */
  updateParitySync(
    parity: Shards,
    index: number,
    before: ArrayBufferView | ArrayBufferLike,
    after: ArrayBufferView | ArrayBufferLike,
  ): Uint8Array[] {
    return this.#freshSync(this.#updating(parity, index, [before, after], stable), this.code.parity)
  }

  /**
   * Encodes a shard at a time: takes the data shards in any order and gives the parity.
   * @param shardBytes bytes of a shard
   */
  encoder(shardBytes: number): ShardSums {
    const { data, shards } = this.code
    return new ShardSums(this.code, [...indices(0, data)], [...indices(data, shards)], shardBytes)
  }

  /**
   * Reconstructs a shard at a time: takes those of `present`, in any order, and gives those of `wanted`.
   * @param shardBytes bytes of a shard
   * @throws {ZgkitError} `INDEX_RANGE`, `DUPLICATE_SHARD`
   */
  decoder(present: readonly number[], wanted: readonly number[], shardBytes: number): ShardSums {
    return new ShardSums(this.code, present, wanted, shardBytes)
  }

  #encoding(data: Shards, take: Take): ColumnWork {
    const { code } = this
    const { shards, length } = uniform(data, code.data, 'data', take)
    const lists = [indices(0, code.data), indices(code.data, code.shards)]
    return { kernel: 'erasureSolve', code, groups: [shards], lists, length }
  }

  #solving(given: SomeShards, wanted: readonly number[], take: Take): Solving {
    const { code } = this
    const known = listOf(given, 'shards').slice()
    if (known.length !== code.shards) fail('BUFFER_LENGTH', code.shards, known.length)
    checkIndices(code, listOf(wanted, 'wanted') as number[])
    const present = indices(0, code.shards).filter(index => known[index] !== undefined)
    if (present.length < code.data) fail('TOO_FEW_SHARDS', code.data, present.length)
    const there = Array.from(present, index => known[index])
    const { shards, length } = uniform(there, present.length, 'shards', take)
    const missing = wanted.filter(index => known[index] === undefined)
    const lists = [present, Uint8Array.from(missing)]
    return {
      missing,
      work: { kernel: 'erasureSolve', code, groups: [shards], lists, length },
      pick: computed =>
        wanted.map(index => (shards[present.indexOf(index)] ?? computed[missing.indexOf(index)]) as Uint8Array),
    }
  }

  #comparing(all: Shards, take: Take): ColumnWork {
    const { shards, length } = uniform(all, this.code.shards, 'shards', take)
    return { kernel: 'erasureVerify', code: this.code, groups: [shards], lists: [], length }
  }

  #updating(parity: Shards, index: number, change: Shards, take: Take): ColumnWork {
    const { code } = this
    if (!Number.isInteger(index) || index < 0 || index >= code.data) fail('INDEX_RANGE', code.data, index)
    const all = [...listOf(parity, 'parity'), ...change]
    const { shards, length } = uniform(all, code.parity + change.length, 'parity and change', take)
    const groups = [shards.slice(0, code.parity), shards.slice(code.parity)]
    const lists = [Uint8Array.of(index, index), indices(0, code.data), indices(code.data, code.shards)]
    return { kernel: 'erasureAdd', code, groups, lists, length }
  }

  /** The caller's buffers for the parity of a work. */
  #outputs({ length }: ColumnWork, data: Shards, parity: Shards): Uint8Array[] {
    const outputs = uniform(parity, this.code.parity, 'parity', given => given).shards
    if (outputs[0]?.length !== length) fail('BUFFER_LENGTH', length, outputs[0]?.length ?? 0)
    const all = [...outputs, ...data.map(shard => asBytes(shard, 'data'))]
    outputs.forEach((output, i) => {
      if (all.some((other, j) => i !== j && overlaps(output, other))) {
        throw new ZgkitError('BUFFER_OVERLAP', `the buffer of parity ${i} overlaps another`, { index: i })
      }
    })
    return outputs
  }

  async #fresh(work: ColumnWork, count: number, options: RunOptions): Promise<Uint8Array[]> {
    const control = new Control(options)
    control.check()
    const rows = cut(new Uint8Array(count * work.length), work.length)
    for await (const part of columns(work, control)) place(part, rows)
    return rows
  }

  #freshSync(work: ColumnWork, count: number): Uint8Array[] {
    const rows = cut(new Uint8Array(count * work.length), work.length)
    for (const part of columnsSync(work, rows)) place(part, rows)
    return rows
  }
}

interface Solving {
  /** The wanted shards that are not there. */
  readonly missing: readonly number[]
  /** What computes them. */
  readonly work: ColumnWork
  /** The wanted shards, once those are there. */
  readonly pick: (computed: readonly Uint8Array[]) => Uint8Array[]
}

/** What is done with the caller's shards once they are found to be shards of one length. */
type Take = (shards: Uint8Array[]) => Uint8Array[]

/** Copies, one after the other: the caller may change its own. */
const copied: Take = shards => cut(concatBytes(shards), shards[0]?.length as number)
/** Read in place, but for memory that others may write meanwhile. */
const stable: Take = shards => shards.map(shard => stableBytes(shard, 'shard'))

function uniform(given: unknown, count: number, name: string, take: Take): { shards: Uint8Array[]; length: number } {
  const shards = listOf(given, name).map(shard => asBytes(shard, name))
  if (shards.length !== count) fail('BUFFER_LENGTH', count, shards.length)
  const length = shards[0]?.length ?? 0
  const other = shards.find(shard => shard.length !== length)
  if (other) fail('BUFFER_LENGTH', length, other.length)
  if (length === 0) fail('EMPTY_INPUT', 1, 0)
  return { shards: take(shards), length }
}

function listOf(given: unknown, name: string): readonly unknown[] {
  if (Array.isArray(given)) return given
  throw new ZgkitError('INVALID_ARGUMENT', `${name} must be an array`, { name })
}

function readDifference({ start, result }: Columns): Difference | undefined {
  const view = new DataView(result.buffer, result.byteOffset, result.byteLength)
  if (view.getUint32(12, true) === 0) return undefined
  return { place: start + Number(view.getBigUint64(0, true)), index: view.getUint32(8, true) }
}
