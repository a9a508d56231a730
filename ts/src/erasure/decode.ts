import { type Engine, engine } from '../backend/choose.js'
import { concatBytes, equalBytes, type HashLike, toHash } from '../bytes.js'
import { type ErrorCode, ZgkitError } from '../errors.js'
import { openRandom, type RandomSource } from '../io/random.js'
import { HASH_BYTES } from '../limits.js'
import { type Code, shardsOf } from '../rules/erasure/code.js'
import { encodeEvidence } from '../rules/erasure/evidence.js'
import { chunkBytes, type StripeLayout, stripeBytes } from '../rules/erasure/layout.js'
import { planOf } from '../rules/erasure/solve.js'
import { hashAt } from '../rules/erasure/tree.js'
import { Control, type RunOptions } from '../run/control.js'
import { inOrder } from '../run/in-order.js'
import { type Committed, commit } from './commitment.js'
import { ShardReader } from './shard.js'
import { chunkHashes, cut, indices, solve, stripesAtOnce } from './stripes.js'
import { GrowingTrees, siblingsOf, WINDOW } from './trees.js'

/** What is wrong with a shard. The file is decoded all the same, as long as enough others are good. */
export interface ShardFault {
  /** Place of the source among those given. */
  readonly source: number
  /** Index of the shard; `undefined` where its header was refused. */
  readonly index: number | undefined
  /** Why: the code of SPEC.md section 12, Decoding; `CONTENT_LENGTH` also where bytes cannot be read. */
  readonly code: ErrorCode
  /** The first stripe whose chunk is missing; `undefined` where nothing of the source is used. */
  readonly stripe: number | undefined
  /** How many chunks are missing. */
  readonly chunks: number
}

/** A stripe that was decoded. */
export interface DecodedStripe {
  readonly index: number
  /** The file's bytes. */
  readonly data: Uint8Array
  /** By index of the shard: its chunk, read or computed. */
  readonly chunks: readonly Uint8Array[]
  /** By index of the shard: the hash of that chunk, 32 bytes. */
  readonly hashes: readonly Uint8Array[]
}

/** A file that was decoded in memory. */
export interface DecodedBytes {
  readonly data: Uint8Array
  /** What is wrong with shards: to be repaired. */
  readonly faults: readonly ShardFault[]
}

/**
 * Opens shards, in any order, which may be corrupt, of other files, or made by a liar. Their headers, lengths and chunk hashes are
 * checked now; what comes back is iterated, or read as a stream.
 * @param commitment what the reader knows the file by: its own, trusted value
 * @throws {ZgkitError} `TOO_FEW_SHARDS` with `details` stripe, faults, and missing: indices of shards that no source was taken for; `INVALID_ARGUMENT`, `INVALID_HEX`, `BUFFER_LENGTH`; the signal's
 *   reason when aborted
 */
export async function decodeShards(
  commitment: HashLike,
  sources: readonly RandomSource[],
  options: RunOptions = {},
): Promise<ShardDecoding> {
  const trusted = toHash(commitment, 'commitment')
  const control = new Control(options)
  control.check()
  if (!Array.isArray(sources)) throw new ZgkitError('INVALID_ARGUMENT', 'shards must be an array')
  const active = await control.race(engine())
  const faults: ShardFault[] = []
  const taken: Taken[] = []
  let known: Code | undefined
  try {
    for (const [source, given] of sources.entries()) {
      const access = await control.race(openRandom(given))
      const refuse = (code: ErrorCode, index?: number) => {
        access.close()
        faults.push({ source, index, code, stripe: undefined, chunks: 0 })
      }
      const header = await control.race(ShardReader.header(access, trusted))
      if (typeof header === 'string') {
        refuse(header)
        continue
      }
      const { index } = header
      // All headers that fit the commitment have one code.
      known ??= header.code
      if (taken.some(shard => shard.index === index)) {
        refuse('DUPLICATE_SHARD', index)
        continue
      }
      const reader = await control.race(ShardReader.open(header, access, active))
      if (typeof reader === 'string') refuse(reader, index)
      else taken.push({ source, index, reader })
    }
    taken.sort((a, b) => a.index - b.index)
    if (!known || taken.length < known.data) throw tooFew(0, taken.length, taken, faults, known)
    return new ShardDecoding(trusted, active, control, taken, faults)
  } catch (error) {
    for (const { reader } of taken) reader.close()
    throw error
  }
}

/**
 * Decodes a file in memory from shard files.
 * @throws {ZgkitError} as {@link decodeShards}; `ENCODING_MISMATCH` if the encoder lied, with `details.evidence` where there is some;
 *   `MATRIX_SINGULAR` where a custom code cannot solve what is missing
 */
export async function decodeBytes(
  commitment: HashLike,
  sources: readonly RandomSource[],
  options: RunOptions = {},
): Promise<DecodedBytes> {
  const decoding = await decodeShards(commitment, sources, options)
  const parts: Uint8Array[] = []
  for await (const { data } of decoding) parts.push(data)
  return { data: concatBytes(parts), faults: decoding.faults }
}

/** A shard that was taken. */
interface Taken {
  readonly source: number
  readonly index: number
  readonly reader: ShardReader
}

/** What became of a stripe: decoded, or with too few good chunks. */
interface Outcome {
  readonly stripe: DecodedStripe | undefined
  readonly good: number
  /** By place among the shards that were taken: why its chunk is missing. */
  readonly missing: ReadonlyMap<number, ErrorCode>
}

/**
 * A decoding under way; {@link decodeShards} begins one. It can be gone through once.
 *
 * What it gives is what was committed to only if it is gone through to its end without an error: a lie about shards that are not at
 * hand shows there.
 */
export class ShardDecoding implements AsyncIterable<DecodedStripe> {
  readonly code: Code
  readonly layout: StripeLayout
  readonly #commitment: Uint8Array
  readonly #engine: Engine
  readonly #control: Control
  readonly #taken: readonly Taken[]
  readonly #faults: ShardFault[]
  readonly #windows = new Map<number, Promise<(Uint8Array | undefined)[]>>()
  #begun = false
  #committed: Committed | undefined

  /** @internal */
  constructor(
    commitment: Uint8Array,
    engine: Engine,
    control: Control,
    taken: readonly Taken[],
    faults: readonly ShardFault[],
  ) {
    const { code, descriptor } = (taken[0] as Taken).reader.header
    this.code = code
    this.layout = descriptor.layout
    this.#commitment = commitment
    this.#engine = engine
    this.#control = control
    this.#taken = taken
    this.#faults = [...faults]
  }

  /** The shards that were taken, by ascending index: index, and place among the sources. */
  get sources(): ReadonlyMap<number, number> {
    return new Map(this.#taken.map(({ index, source }) => [index, source]))
  }

  /** What was found wrong with shards so far. */
  get faults(): readonly ShardFault[] {
    return [...this.#faults]
  }

  /** The headers of all shards, once every stripe was taken; before that, nothing. */
  get committed(): Committed | undefined {
    return this.#committed
  }

  /** The stripes, in their order. What they hold belongs to the receiver. */
  async *[Symbol.asyncIterator](): AsyncGenerator<DecodedStripe, void, undefined> {
    if (this.#begun) throw new ZgkitError('INVALID_ARGUMENT', 'a decoding can be gone through once')
    this.#begun = true
    const { size, stripes, chunk } = this.layout
    const control = this.#control
    const count = shardsOf(this.code)
    const most = control.concurrency ?? stripesAtOnce(this.#engine, count * chunk)
    const trees = new GrowingTrees(this.#engine, count)
    let done = 0
    try {
      const outcomes = inOrder(numbers(stripes), most, index => this.#decode(index), control)
      let index = 0
      for await (const { stripe, good, missing } of outcomes) {
        for (const [place, code] of missing) this.#miss(place, code, index)
        if (!stripe) throw tooFew(index, good, this.#taken, this.#faults, this.code)
        await trees.add(stripe.hashes)
        yield stripe
        done += stripe.data.length
        index++
        control.report(done, size)
      }
      const committed = await commit(this.#engine, this.code, this.layout, await trees.roots())
      // Of the stripes everything fits; what does not is about shards that are not at hand.
      if (!equalBytes(committed.commitment, this.#commitment)) throw lied(undefined, undefined)
      for (const [place, { reader }] of this.#taken.entries()) {
        if (!(await control.race(reader.ends()))) this.#miss(place, 'CONTENT_LENGTH', stripes)
      }
      this.#committed = committed
      control.finish(size)
    } finally {
      this.close()
    }
  }

  /** The file's bytes as a stream, a stripe at a time. It errors, at its end at the latest, if they are not what was committed to. */
  readable(): ReadableStream<Uint8Array> {
    const stripes = this[Symbol.asyncIterator]()
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await stripes.next()
          if (done) controller.close()
          else controller.enqueue(value.data)
        },
        async cancel() {
          await stripes.return()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Lets go of streams that are shards. Going through it does that too. */
  close(): void {
    for (const { reader } of this.#taken) reader.close()
  }

  async #decode(index: number): Promise<Outcome> {
    const { data } = this.code
    const count = shardsOf(this.code)
    const length = chunkBytes(this.layout, index)
    const taken = this.#taken
    const leaves = await this.#leaves(index)
    const bytes = new Uint8Array(taken.length * length)
    const read = cut(bytes, length)
    const there = await Promise.all(taken.map(({ reader }, place) => reader.chunk(index, read[place] as Uint8Array)))
    const readHashes = cut(await chunkHashes(this.#engine, bytes, length), HASH_BYTES)

    const missing = new Map<number, ErrorCode>()
    const good: number[] = []
    taken.forEach((_, place) => {
      const leaf = leaves[place]
      if (!leaf) missing.set(place, 'ROOT_MISMATCH')
      else if (!there[place]) missing.set(place, 'CONTENT_LENGTH')
      else if (!equalBytes(readHashes[place] as Uint8Array, leaf)) missing.set(place, 'CONTENT_MISMATCH')
      else good.push(place)
    })
    if (good.length < data) return { stripe: undefined, good: good.length, missing }

    const used = this.#used(good)
    const present = new Uint8Array(used.map(place => (taken[place] as Taken).index))
    const wanted = indices(0, count).filter(shard => !present.includes(shard))
    const inARow = used.at(-1) === data - 1
    const inputs = inARow ? bytes.subarray(0, data * length) : concatBytes(used.map(place => read[place] as Uint8Array))
    const computed = await solve(this.#engine, this.code, inputs, present, wanted)
    const computedHashes = await chunkHashes(this.#engine, computed, length)

    const chunks = new Array<Uint8Array>(count)
    const hashes = new Array<Uint8Array>(count)
    used.forEach((place, i) => {
      chunks[present[i] as number] = read[place] as Uint8Array
      hashes[present[i] as number] = readHashes[place] as Uint8Array
    })
    wanted.forEach((shard, i) => {
      chunks[shard] = computed.subarray(i * length, (i + 1) * length)
      hashes[shard] = hashAt(computedHashes, i)
    })
    const liar = taken.findIndex(({ index }, place) => {
      const leaf = leaves[place]
      return leaf && !equalBytes(leaf, hashes[index] as Uint8Array)
    })
    if (liar >= 0) throw lied(index, await this.#evidence(index, used, chunks, liar))
    const whole = present.every((shard, i) => shard === i) && inARow ? inputs : concatBytes(chunks.slice(0, data))
    const end = stripeBytes(this.layout, index)
    if (whole.subarray(end).some(byte => byte !== 0)) {
      throw lied(index, await this.#evidence(index, used, chunks, undefined))
    }
    return { stripe: { index, data: whole.subarray(0, end), chunks, hashes }, good: good.length, missing }
  }

  /** Which of the good places a stripe is computed from: K of lowest index, if these are independent. */
  #used(good: readonly number[]): number[] {
    const { data, name } = this.code
    if (name !== 'rs8-custom') return good.slice(0, data)
    const shards = good.map(place => (this.#taken[place] as Taken).index)
    const { used } = planOf(this.code, Uint8Array.from(shards), new Uint8Array())
    return used.map(index => good[shards.indexOf(index)] as number)
  }

  /** What shows anybody that the chunks of these places are no codeword, or that one of another shard is not theirs. */
  async #evidence(
    stripe: number,
    used: readonly number[],
    chunks: readonly Uint8Array[],
    witness: number | undefined,
  ): Promise<Uint8Array> {
    const window = Math.floor(stripe / WINDOW)
    const hashes = await this.#window(window)
    const part = async (place: number) => {
      const { index, reader } = this.#taken[place] as Taken
      const leaves = hashes[place] as Uint8Array
      const inner = await siblingsOf(this.#engine, leaves, stripe % WINDOW)
      const outer = await siblingsOf(this.#engine, reader.windowRoots, window)
      return {
        index,
        leaf: hashAt(leaves, stripe % WINDOW),
        place: concatBytes([...inner, ...outer, reader.header.siblings]),
        chunk: chunks[index] as Uint8Array,
      }
    }
    const { descriptor, code } = (this.#taken[0] as Taken).reader.header
    const members = await Promise.all([...used].sort((a, b) => a - b).map(part))
    const contrary = witness === undefined ? undefined : await part(witness)
    return encodeEvidence({ descriptor, stripe, matrix: code.matrix, members, witness: contrary })
  }

  /** By place among the shards that were taken: the leaf of a stripe, or nothing where its file changed meanwhile. */
  async #leaves(stripe: number): Promise<(Uint8Array | undefined)[]> {
    const window = await this.#window(Math.floor(stripe / WINDOW))
    return window.map(hashes => hashes && hashAt(hashes, stripe % WINDOW))
  }

  #window(window: number): Promise<(Uint8Array | undefined)[]> {
    let hashes = this.#windows.get(window)
    if (!hashes) {
      hashes = Promise.all(this.#taken.map(({ reader }) => reader.hashes(window)))
      this.#windows.set(window, hashes)
      // Stripes under way lie in this window and the one before.
      this.#windows.delete(window - 2)
    }
    return hashes
  }

  #miss(place: number, code: ErrorCode, stripe: number): void {
    const { source, index } = this.#taken[place] as Taken
    const known = this.#faults.findIndex(fault => fault.source === source && fault.code === code)
    const before = this.#faults[known]
    if (before) this.#faults[known] = { ...before, chunks: before.chunks + 1 }
    else this.#faults.push({ source, index, code, stripe, chunks: 1 })
  }
}

async function* numbers(end: number): AsyncGenerator<number, void, undefined> {
  for (let number = 0; number < end; number++) yield number
}

/** No decoding: which stripe has how many good chunks, which sources have faults, and which shards have no source. */
function tooFew(
  stripe: number,
  good: number,
  taken: readonly Taken[],
  faults: readonly ShardFault[],
  code: Code | undefined,
): ZgkitError {
  const known = new Set(taken.map(({ index }) => index))
  const missing = code && [...indices(0, shardsOf(code))].filter(index => !known.has(index))
  const message = code
    ? `stripe ${stripe} has ${good} good chunks of ${code.data} that are needed`
    : 'the header of no shard fits the commitment'
  const details = { stripe, expected: code?.data, got: good, faults: [...faults], missing }
  return new ZgkitError('TOO_FEW_SHARDS', message, details)
}

function lied(stripe: number | undefined, evidence: Uint8Array | undefined): ZgkitError {
  const where = stripe === undefined ? 'shards that are not at hand' : `stripe ${stripe}`
  return new ZgkitError('ENCODING_MISMATCH', `the encoder lied about ${where}`, { stripe, evidence })
}
