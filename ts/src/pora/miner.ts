import { type Engine, engine } from '../backend/choose.js'
import { asBytes, asObject, concatBytes, type HashLike, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { expectedSeconds, type KernelCall, SEEK_BYTES, SEEK_POSITION } from '../kernels.js'
import { LOAD_SEALS, MAX_SEEK_NONCES, SEAL_BYTES, SEAL_SECTORS, SEGMENT_BYTES, SEGMENT_SECTORS } from '../limits.js'
import type { Answer } from '../rules/answer.js'
import { type RangeFields, RecallRange } from '../rules/recall.js'
import { scaleX64, threshold } from '../rules/target.js'
import { isEmptyContext } from '../rules/task.js'
import { bytes8, word } from '../rules/uint.js'
import { Control } from '../run/control.js'
import { atOnce, widthOf } from '../run/width.js'
import { type MineTask, type Task, toTask } from './checks.js'

/** A load of which not all seals are there. */
export interface PartialLoad {
  /** 262,144 bytes; what stands in the place of a missing seal does not matter. */
  readonly sealed: Uint8Array
  /** Bit s: seal s (0 to 63) is there. */
  readonly available: bigint
}

/**
 * Reads a load: the 64 seals of segment `load` of the flow, 262,144 sealed bytes, or `undefined` if it is not there. Several loads
 * are asked for at once, and their bytes are copied soon after they come: each is to have memory of its own. The signal is the one
 * of {@link Miner.mine}.
 */
export type Loader = (
  load: number,
  signal: AbortSignal | undefined,
) => Promise<Uint8Array | PartialLoad | undefined> | Uint8Array | PartialLoad | undefined

/**
 * A seal whose PoRA hash reaches the target: an answer but for `sealedContextDigest` and `merkleProof`, which whoever stores the
 * data knows. `{ ...win, sealedContextDigest, merkleProof }` is the answer. One at `recallPosition` 0 is of no use: the flow's mark lies
 * there, and its seal has no proof.
 */
export type Win = Omit<Answer, 'sealedContextDigest' | 'merkleProof'>

/** What a miner did so far. */
export interface MineCounters {
  /** Nonces tried: scratch pads made. */
  readonly pads: number
  /** Nonces that drew no load of the range: with partitions some do. */
  readonly outside: number
  /** Loads read. */
  readonly loads: number
  /** Loads that the nonces drew and that were not there; these nonces are spent. */
  readonly missing: number
  /** Seals tried. */
  readonly mixes: number
  /** Seals that reached the target. */
  readonly hits: number
}

/** Options of {@link Miner.mine}. */
export interface MineOptions {
  /** Ends mining with the signal's reason, within 50 ms. */
  readonly signal?: AbortSignal | undefined
  /** How many nonces to try; without it mining goes on until it is left or aborted. */
  readonly nonces?: number | undefined
  /** The number of the first nonce, 0 unless given: to go on where an earlier run with the same `baseNonce` ended. */
  readonly firstNonce?: number | undefined
  /** 32 bytes; nonce i is this with its first 8 bytes XORed with i (little-endian). Random unless given. */
  readonly baseNonce?: HashLike | undefined
  /** Most loads asked for at once, 32 unless given. */
  readonly loadsAtOnce?: number | undefined
}

/** Seconds that one call should take on one thread: short enough to abort in between. */
const BATCH_SECONDS = 0.015
/** Most loads in one call: 16 MiB. */
const MAX_MIX_LOADS = 64
const LOADS_AT_ONCE = 32
const NO_LOAD = 2n ** 64n - 1n
const ALL_SEALS = 2n ** BigInt(LOAD_SEALS) - 1n

/** A nonce that drew a load of the range. */
interface Drawn {
  readonly number: number
  /** What `seek` gave for it, its pad included. */
  readonly row: Uint8Array
  /** First sector. */
  readonly position: number
}

/**
 * Mines one task: makes scratch pads, reads the loads that they draw, and tries every seal in them (SPEC.md section 10).
 *
 * The tiers native and wasm mine; the js tier answers `UNSUPPORTED_ON_TIER`.
 */
export class Miner {
  readonly range: RecallRange
  /** The highest PoRA hash that wins. */
  readonly threshold: bigint
  readonly #task: Task
  readonly #minerId: Uint8Array
  readonly #load: Loader
  readonly #counters = { pads: 0, outside: 0, loads: 0, missing: 0, mixes: 0, hits: 0 }

  /**
   * Everything that the contract would reject a later answer for is checked now.
   * @throws {ZgkitError} `MINER_ID_ZERO`, `CONTEXT_EMPTY`, the codes of {@link RecallRange.check}, `SHARDS_EXCEEDED`; `RANGE` where
   *   there is nothing to mine (a target of 0, no complete load) and for a flow of 2^53 sectors and more; what its parts throw
   */
  constructor(task: MineTask, miner: { readonly minerId: HashLike; readonly range: RangeFields }, load: Loader) {
    const read = toTask(task)
    const { range: fields, minerId: id } = asObject(miner, 'miner')
    const range = new RecallRange(fields)
    const minerId = toHash(id, 'minerId')
    if (typeof load !== 'function') throw new ZgkitError('INVALID_ARGUMENT', 'load must be a function')
    if (minerId.every(byte => byte === 0)) throw new ZgkitError('MINER_ID_ZERO', 'the miner id is zero')
    if (isEmptyContext(read.digest)) {
      throw new ZgkitError('CONTEXT_EMPTY', 'no context to mine for')
    }
    const broken = range.check(read.flowLength)
    if (broken) throw new ZgkitError(broken, `the recall range cannot win: ${broken}`, { range })
    if (range.partitions > read.maxShards) {
      throw new ZgkitError('SHARDS_EXCEEDED', `at most ${read.maxShards} partitions, got ${range.partitions}`, {
        expected: read.maxShards,
        got: range.partitions,
      })
    }
    toCount(read.flowLength, 'flowLength')
    if (read.poraTarget === 0n || range.mineLength === 0n) throw new ZgkitError('RANGE', 'there is nothing to mine')
    this.range = range
    this.threshold = threshold(read.poraTarget, scaleX64(read.flowLength, range.partitions))
    this.#task = read
    this.#minerId = minerId
    this.#load = load
  }

  /** What was done so far, by all runs together. */
  get counters(): MineCounters {
    return { ...this.#counters }
  }

  /**
   * Yields wins as they are found, in the order of their nonces and seals. A load that is not there spends its nonces and is
   * counted. What runs when it is left or aborted ends by itself, unheard.
   * @throws {ZgkitError} `UNSUPPORTED_ON_TIER`; `RANGE`, `BUFFER_LENGTH`, `INVALID_HEX` for options; `BUFFER_LENGTH` and
   *   `INVALID_ARGUMENT` for a load that is none; what the loader throws; the signal's reason when aborted
   */
  async *mine(options: MineOptions = {}): AsyncGenerator<Win, void, undefined> {
    const { signal, nonces, firstNonce = 0, baseNonce, loadsAtOnce = LOADS_AT_ONCE } = options
    const control = new Control({ signal, concurrency: loadsAtOnce })
    control.check()
    let next = toCount(firstNonce, 'firstNonce')
    const end =
      nonces === undefined ? Number.MAX_SAFE_INTEGER : toCount(next + toCount(nonces, 'nonces'), 'the last nonce')
    const base = baseNonce === undefined ? crypto.getRandomValues(new Uint8Array(32)) : toHash(baseNonce, 'baseNonce')
    const active = await control.race(engine())
    const run: Run = {
      active,
      control,
      signal,
      base,
      job: this.#job(base),
      gate: new Gate(loadsAtOnce),
    }
    const seekWidth = Math.min(width(active, seekCall(run.job, 0, 1)), MAX_SEEK_NONCES)
    const mixWidth = Math.min(width(active, mixCall(run.job, [ONE_TRY], new Uint8Array())), MAX_MIX_LOADS)
    const most = atOnce(active)

    const seek = () => {
      const [first, count] = [next, Math.min(seekWidth, end - next)]
      next += count
      return count > 0 ? heard(this.#seek(run, first, count)) : undefined
    }
    const pending: Promise<Win[]>[] = []
    for (let seeking = seek(); seeking; ) {
      const drawn = await control.race(seeking)
      seeking = seek()
      for (let i = 0; i < drawn.length; i += mixWidth) {
        pending.push(heard(this.#try(run, drawn.slice(i, i + mixWidth))))
        if (pending.length >= most) yield* await control.race(pending.shift() as Promise<Win[]>)
      }
      control.check()
    }
    for (const wins of pending) yield* await control.race(wins)
    control.check()
  }

  /** The task as the kernels take it, 160 bytes. */
  #job(base: Uint8Array): Uint8Array {
    const { startPosition, mineLength, shardId, shardMask } = this.range
    const numbers = [startPosition, mineLength, shardId, shardMask].map(number => bytes8(number, true))
    return concatBytes([this.#minerId, this.#task.subtaskDigest, base, word(this.threshold), ...numbers])
  }

  /** The nonces of a batch that drew a load. */
  async #seek(run: Run, first: number, count: number): Promise<Drawn[]> {
    const rows = await run.active.executor.run(seekCall(run.job, first, count), false)
    const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength)
    const drawn: Drawn[] = []
    for (let i = 0; i < count; i++) {
      const at = i * SEEK_BYTES
      const position = view.getBigUint64(at + SEEK_POSITION, true)
      if (position === NO_LOAD) this.#counters.outside++
      else drawn.push({ number: first + i, row: rows.subarray(at, at + SEEK_BYTES), position: Number(position) })
    }
    this.#counters.pads += count
    return drawn
  }

  /** The wins of a few nonces. */
  async #try(run: Run, drawn: readonly Drawn[]): Promise<Win[]> {
    const nonces = new Map<number, Drawn[]>()
    for (const nonce of drawn) nonces.set(nonce.position, [...(nonces.get(nonce.position) ?? []), nonce])
    // Loads take their places as they come; nonces that drew the same load share one reading.
    const loads = new Uint8Array(drawn.length * SEGMENT_BYTES)
    const tries: Try[] = []
    const read = async (position: number, sharing: readonly Drawn[]) => {
      const { sealed, available } = await this.#read(run, position)
      if (available === 0n) return
      for (const nonce of sharing) {
        loads.set(sealed, tries.length * SEGMENT_BYTES)
        tries.push({ ...nonce, available })
      }
    }
    await Promise.all([...nonces].map(([position, sharing]) => run.gate.pass(() => read(position, sharing))))
    if (tries.length === 0) return []
    run.control.check()
    const call = mixCall(run.job, tries, loads.subarray(0, tries.length * SEGMENT_BYTES))
    const record = await run.active.executor.run(call, false)
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
    const found = tries.map((one, i) => {
      this.#counters.mixes += seals(one.available).length
      const hits = seals(view.getBigUint64(8 * i, true))
      this.#counters.hits += hits.length
      const sealed = loads.subarray(i * SEGMENT_BYTES, (i + 1) * SEGMENT_BYTES)
      return { number: one.number, wins: hits.map(seal => this.#win(run, one, seal, sealed)) }
    })
    return found.sort((a, b) => a.number - b.number).flatMap(({ wins }) => wins)
  }

  /** A load as the loader has it, checked; no seals if it has none. */
  async #read({ control, signal }: Run, position: number): Promise<PartialLoad> {
    control.check()
    const got = await this.#load(position / SEGMENT_SECTORS, signal)
    if (got === undefined) {
      this.#counters.missing++
      return { sealed: new Uint8Array(), available: 0n }
    }
    const partial = typeof got === 'object' && got !== null && 'available' in got
    const sealed = asBytes(partial ? got.sealed : got, 'load')
    const available = partial ? got.available : ALL_SEALS
    if (sealed.length !== SEGMENT_BYTES) {
      throw new ZgkitError('BUFFER_LENGTH', `a load has ${SEGMENT_BYTES} bytes, got ${sealed.length}`, {
        expected: SEGMENT_BYTES,
        got: sealed.length,
      })
    }
    if (typeof available !== 'bigint' || available < 0n || available > ALL_SEALS) {
      throw new ZgkitError('INVALID_ARGUMENT', 'available must be a bigint of 64 bits', { got: available })
    }
    this.#counters[available === 0n ? 'missing' : 'loads']++
    return { sealed, available }
  }

  #win({ base }: Run, { number, position }: Drawn, seal: number, load: Uint8Array): Win {
    const counter = bytes8(BigInt(number), true)
    return {
      contextDigest: this.#task.digest.slice(),
      nonce: base.map((byte, i) => byte ^ (counter[i] ?? 0)),
      minerId: this.#minerId.slice(),
      range: this.range,
      recallPosition: BigInt(position + seal * SEAL_SECTORS),
      sealOffset: BigInt(seal),
      sealedData: load.slice(seal * SEAL_BYTES, (seal + 1) * SEAL_BYTES),
    }
  }
}

/** What one run of a miner works with. */
interface Run {
  readonly active: Engine
  readonly control: Control
  readonly signal: AbortSignal | undefined
  readonly base: Uint8Array
  readonly job: Uint8Array
  readonly gate: Gate
}

/** A nonce whose load is there. */
type Try = Drawn & Pick<PartialLoad, 'available'>

/** To ask what trying one nonce takes. */
const ONE_TRY: Try = { number: 0, row: new Uint8Array(SEEK_BYTES), position: 0, available: ALL_SEALS }

function seekCall(job: Uint8Array, first: number, count: number): KernelCall {
  return { kernel: 'seek', inputs: [job], params: [first, count] }
}

function mixCall(job: Uint8Array, tries: readonly Try[], loads: Uint8Array): KernelCall {
  const rows = concatBytes(tries.map(({ row }) => row))
  const available = concatBytes(tries.map(({ available }) => bytes8(available, true)))
  return { kernel: 'mix', inputs: [job, rows, loads, available], params: [] }
}

/** How many of what a call does one of one call should do. */
function width(active: Engine, one: KernelCall): number {
  return widthOf(active, BATCH_SECONDS, expectedSeconds(one, active.backend.tier))
}

/** Work that may fail after nobody waits for it any more. */
function heard<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {})
  return work
}

/** The numbers of the bits that are set, lowest first. */
function seals(bitmap: bigint): number[] {
  return Array.from({ length: LOAD_SEALS }, (_, seal) => seal).filter(seal => (bitmap >> BigInt(seal)) & 1n)
}

/** Lets so many in at once. */
class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
