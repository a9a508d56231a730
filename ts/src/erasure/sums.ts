import { engine, syncEngine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { ownBytes, stableBytes, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import { MAX_CALL_BYTES } from '../limits.js'
import { type Code, codeNumberOf } from '../rules/erasure/code.js'
import { checkIndices, planOf } from '../rules/erasure/solve.js'
import { dispatch } from '../run/dispatch.js'
import { cut } from './stripes.js'

/**
 * Shards that grow out of others as these arrive, in any order: memory for the wanted ones twice, whatever comes. A codec's `encoder`
 * and `decoder` make it.
 */
export class ShardSums {
  readonly #code: Code
  readonly #present: Uint8Array
  readonly #wanted: Uint8Array
  /** Those of the present shards that the wanted ones are computed from. */
  readonly #used: readonly number[]
  /** Those of them that were not given yet. */
  readonly #missing: Set<number>
  readonly #length: number
  #sums: Uint8Array
  /** The asynchronous additions that are under way: each begins with the sums of the one before. */
  #turn: Promise<void> | undefined

  /**
   * @param present indices of the shards that may come
   * @param wanted indices of the shards that are wanted
   * @param shardBytes bytes of a shard
   * @throws {ZgkitError} `INDEX_RANGE` for an index that is none, `DUPLICATE_SHARD` for one that comes twice in a list,
   *   `TOO_FEW_SHARDS`, `MATRIX_SINGULAR`; `EMPTY_INPUT` for nothing wanted and shards of 0 bytes; `LIMIT_EXCEEDED` where the wanted
   *   shards have more than 1 GiB
   */
  constructor(code: Code, present: readonly number[], wanted: readonly number[], shardBytes: number) {
    const length = toCount(shardBytes, 'shardBytes')
    if (length === 0 || wanted.length === 0) fail('EMPTY_INPUT', 1, 0)
    // Before the lists become bytes, in which no number is too large.
    checkIndices(code, present)
    checkIndices(code, wanted)
    if (wanted.length * length > MAX_CALL_BYTES) fail('LIMIT_EXCEEDED', MAX_CALL_BYTES, wanted.length * length)
    this.#code = code
    this.#present = Uint8Array.from(present)
    this.#wanted = Uint8Array.from(wanted)
    this.#used = planOf(code, this.#present, this.#wanted).used
    this.#missing = new Set(this.#used)
    this.#length = length
    this.#sums = new Uint8Array(wanted.length * length)
  }

  /** Indices of the shards that are still needed. Others that are present may come, and change nothing. */
  get missing(): number[] {
    return [...this.#missing]
  }

  /**
   * Takes a shard.
   * @throws {ZgkitError} `INDEX_RANGE` unless it is one of those present, `DUPLICATE_SHARD` for one that was given,
   *   `BUFFER_LENGTH` for another length, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
   */
  async add(index: number, shard: ArrayBufferView | ArrayBufferLike): Promise<void> {
    if (!this.#expects(index)) return
    const bytes = this.#checked(ownBytes(shard, 'shard'))
    this.#missing.delete(index)
    const before = this.#turn
    const turn = (async () => {
      const active = await engine()
      await before?.catch(() => {})
      this.#sums = await dispatch(active, this.#call(index, bytes), false)
    })()
    this.#turn = turn
    try {
      await turn
    } catch (error) {
      // Nothing was added: it may come again.
      this.#missing.add(index)
      throw error
    } finally {
      if (this.#turn === turn) this.#turn = undefined
    }
  }

  /** As {@link add} on the calling thread; `INVALID_ARGUMENT` while an asynchronous addition is under way. */
  addSync(index: number, shard: ArrayBufferView | ArrayBufferLike): void {
    this.#refuseWhileAdding()
    if (!this.#expects(index)) return
    this.#sums = syncEngine().backend.call(this.#call(index, this.#checked(stableBytes(shard, 'shard'))))
    this.#missing.delete(index)
  }

  /**
   * The wanted shards, in the order of their list.
   * @throws {ZgkitError} `TOO_FEW_SHARDS` while some are needed; `INVALID_ARGUMENT` while an asynchronous addition is under way
   */
  shards(): Uint8Array[] {
    this.#refuseWhileAdding()
    if (this.#missing.size > 0) fail('TOO_FEW_SHARDS', this.#code.data, this.#code.data - this.#missing.size)
    return cut(this.#sums.slice(), this.#length)
  }

  /** Whether a shard is needed. */
  #expects(index: number): boolean {
    if (!this.#present.includes(index)) fail('INDEX_RANGE', this.#present.length, index)
    if (this.#missing.has(index)) return true
    if (this.#used.includes(index)) throw new ZgkitError('DUPLICATE_SHARD', `shard ${index} was given`, { index })
    return false
  }

  #checked(shard: Uint8Array): Uint8Array {
    return shard.length === this.#length ? shard : fail('BUFFER_LENGTH', this.#length, shard.length)
  }

  #call(index: number, shard: Uint8Array): KernelCall {
    const { name, data, parity, matrix } = this.#code
    return {
      kernel: 'erasureAdd',
      inputs: [this.#sums, shard, Uint8Array.of(index), this.#present, this.#wanted, matrix],
      params: [codeNumberOf(name), data, parity, this.#length],
    }
  }

  #refuseWhileAdding(): void {
    if (this.#turn) throw new ZgkitError('INVALID_ARGUMENT', 'an asynchronous addition is under way: await it first')
  }
}
