import { type Engine, engine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { asObject, concatBytes } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HashList } from '../hash-list.js'
import { type ByteSink, openSink } from '../io/sink.js'
import { type ByteSource, type Opened, open } from '../io/source.js'
import { CHUNK_BYTES, HASH_BYTES } from '../limits.js'
import { type Code, shardsOf } from '../rules/erasure/code.js'
import { stripeLayout } from '../rules/erasure/layout.js'
import { Control, type RunOptions } from '../run/control.js'
import { inOrder } from '../run/in-order.js'
import { ErasureCode } from './code.js'
import { type Committed, commit } from './commitment.js'
import { chunkHashes, cut, indices, solve, stripesAtOnce } from './stripes.js'
import { GrowingTrees, MAX_STRIPES } from './trees.js'

/** How a file becomes shards. */
export interface Encoding {
  readonly code: Code
  /** Bytes of a chunk: a power of two from 4096 to 1,048,576; 65,536 unless given. */
  readonly chunkBytes?: number | undefined
}

/** Options of encoding. */
export interface EncodeOptions extends RunOptions {
  /** Take a source in memory over instead of copying it: the caller's buffer is detached. */
  readonly transfer?: boolean | undefined
}

/** A stripe that was encoded. */
export interface EncodedStripe {
  readonly index: number
  /** By index of the shard: its chunk of this stripe. */
  readonly chunks: readonly Uint8Array[]
  /** By index of the shard: the hash of that chunk, 32 bytes. */
  readonly hashes: readonly Uint8Array[]
}

/** What shards that were streamed begin with. */
export interface StreamedShards extends Committed {
  /** By index of the shard: header and chunk hashes. The shard file is these and then what its sink got. */
  readonly heads: readonly Uint8Array[]
}

/** A file in shards, in memory. */
export interface EncodedBytes {
  readonly commitment: Uint8Array
  /** The shard files, by index. */
  readonly shards: readonly Uint8Array[]
}

/**
 * Encodes a source to shards, stripe by stripe, in one pass over it and in bounded memory: at most 64 MiB of stripes under way (or
 * one stripe, if it has more), what the tier copies of them, and of the hashes a part in a thousand.
 *
 * The result is iterated, or piped to one sink for each shard.
 * @throws {ZgkitError} `INVALID_ARGUMENT`, `DETACHED_BUFFER`, `RANGE`; while it runs also `EMPTY_INPUT`, `LIMIT_EXCEEDED` above
 *   2^28 stripes, and the signal's reason when aborted
 */
export function encodeShards(source: ByteSource, encoding: Encoding, options: EncodeOptions = {}): ShardEncoding {
  return new ShardEncoding(source, encoding, options)
}

/**
 * Encodes bytes to shard files in memory.
 * @throws {ZgkitError} as {@link encodeShards}
 */
export async function encodeBytes(
  source: ByteSource,
  encoding: Encoding,
  options: EncodeOptions = {},
): Promise<EncodedBytes> {
  const parts: Uint8Array[][] = []
  const { commitment, heads } = await collect(encodeShards(source, encoding, options), async chunks => {
    chunks.forEach((chunk, i) => {
      parts[i] ??= []
      parts[i].push(chunk)
    })
  })
  return { commitment, shards: heads.map((head, i) => concatBytes([head, ...(parts[i] as Uint8Array[])])) }
}

/** An encoding under way; {@link encodeShards} begins one. It can be gone through once. */
export class ShardEncoding implements AsyncIterable<EncodedStripe> {
  readonly code: Code
  /** Bytes of a chunk, except in the last stripe. */
  readonly chunkBytes: number
  readonly #opened: Opened
  readonly #control: Control
  #begun = false
  #committed: Committed | undefined

  constructor(source: ByteSource, encoding: Encoding, options: EncodeOptions) {
    const { code, chunkBytes = CHUNK_BYTES } = asObject(encoding, 'encoding')
    this.code = new ErasureCode(code)
    // The length of a chunk is checked now, not after the first stripe was read.
    stripeLayout(this.code.data, chunkBytes, 1)
    this.#control = new Control(options)
    this.#opened = open(source, options.transfer)
    this.chunkBytes = chunkBytes
  }

  /** Commitment and headers, once every stripe was taken; before that, nothing. */
  get committed(): Committed | undefined {
    return this.#committed
  }

  /** The stripes, in their order. What they hold belongs to the receiver. */
  async *[Symbol.asyncIterator](): AsyncGenerator<EncodedStripe, void, undefined> {
    if (this.#begun) throw new ZgkitError('INVALID_ARGUMENT', 'an encoding can be gone through once')
    this.#begun = true
    const control = this.#control
    control.check()
    const active = await control.race(engine())
    const { data } = this.code
    const shards = shardsOf(this.code)
    const stride = data * this.chunkBytes
    const most = control.concurrency ?? stripesAtOnce(active, shards * this.chunkBytes)
    const trees = new GrowingTrees(active, shards)
    let [size, index] = [0, 0]
    const encode = async (bytes: Uint8Array) => ({ bytes: bytes.length, ...(await this.#stripe(active, bytes)) })
    for await (const { bytes, chunks, hashes } of inOrder(this.#opened.pieces(stride), most, encode, control)) {
      if (index === MAX_STRIPES) fail('LIMIT_EXCEEDED', MAX_STRIPES, index + 1)
      await trees.add(hashes)
      yield { index, chunks, hashes }
      size += bytes
      index++
      control.report(size, this.#opened.size)
    }
    if (index === 0) throw new ZgkitError('EMPTY_INPUT', 'a file has at least one byte')
    const layout = stripeLayout(data, this.chunkBytes, size)
    this.#committed = await commit(active, this.code, layout, await trees.roots())
    control.finish(size)
  }

  /**
   * Writes each shard's chunks to its sink, one sink for each shard, and closes them; when it fails, they are aborted. It goes no
   * faster than the slowest sink. 32 bytes for each chunk are kept for the heads.
   * @throws what encoding throws; what a sink throws; `BUFFER_LENGTH` unless there is a sink for each shard
   */
  async pipeTo(sinks: readonly ByteSink[]): Promise<StreamedShards> {
    if (sinks.length !== shardsOf(this.code)) fail('BUFFER_LENGTH', shardsOf(this.code), sinks.length)
    const opened = sinks.map(openSink)
    try {
      const streamed = await collect(this, async chunks => {
        await this.#control.race(Promise.all(opened.map((sink, i) => sink.write(chunks[i] as Uint8Array))))
      })
      await this.#control.race(Promise.all(opened.map(sink => sink.close())))
      return streamed
    } catch (error) {
      for (const sink of opened) sink.abort(error)
      throw error
    }
  }

  async #stripe(active: Engine, bytes: Uint8Array): Promise<Omit<EncodedStripe, 'index'>> {
    const { data } = this.code
    const length = Math.ceil(bytes.length / data)
    let filled = bytes
    if (bytes.length < data * length) {
      filled = new Uint8Array(data * length)
      filled.set(bytes)
    }
    const dataHashes = chunkHashes(active, filled, length)
    // If the parity fails, nobody waits for them.
    dataHashes.catch(() => {})
    const parity = await solve(active, this.code, filled, indices(0, data), indices(data, shardsOf(this.code)))
    const hashes = [await dataHashes, await chunkHashes(active, parity, length)]
    return {
      chunks: [...cut(filled, length), ...cut(parity, length)],
      hashes: hashes.flatMap(list => cut(list, HASH_BYTES)),
    }
  }
}

/** Goes through an encoding and keeps the hashes. */
async function collect(
  encoding: ShardEncoding,
  take: (chunks: readonly Uint8Array[]) => Promise<void>,
): Promise<StreamedShards> {
  const lists = Array.from({ length: shardsOf(encoding.code) }, () => new HashList())
  for await (const { chunks, hashes } of encoding) {
    hashes.forEach((hash, i) => {
      lists[i]?.push(hash)
    })
    await take(chunks)
  }
  const committed = encoding.committed as Committed
  const heads = committed.headers.map((header, i) => concatBytes([header, lists[i]?.bytes() as Uint8Array]))
  return { ...committed, heads }
}
