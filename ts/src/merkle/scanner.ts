import type { Engine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { HashList } from '../hash-list.js'
import { KERNELS, type KernelCall } from '../kernels.js'
import { HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS } from '../limits.js'
import { type FileLayout, fileLayout } from '../rules/layout.js'
import { peakHeights } from '../rules/submission.js'
import { zeroRoot } from '../rules/zero.js'
import type { Control } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { Ordered } from '../run/in-order.js'
import { atOnce } from '../run/width.js'
import { Peaks, type SubmissionNode } from './peaks.js'

/** A file read once. */
export interface Scan {
  readonly engine: Engine
  readonly layout: FileLayout
  readonly root: Uint8Array
  readonly nodes: readonly SubmissionNode[]
  /** Roots of all segments, padding segments included, one after the other; to be asked for only if they were kept. */
  readonly segmentRoots: () => Uint8Array
}

/** Seconds that one stripe should take on one thread: short enough to abort and report in between. */
const STRIPE_SECONDS = 0.008
/** Stripes are whole segments up to 4 MiB, or on a slow tier perfect subtrees down to 64 sectors (16 KiB). */
const [MIN_STRIPE_HEIGHT, MAX_STRIPE_HEIGHT] = [6, SEGMENT_HEIGHT + 4]

/** Bytes of a stripe: what a tier hashes in the time that one should take. */
export function stripeBytes({ backend, executor }: Engine): number {
  const sectors = (KERNELS.segmentRoots.rate[backend.tier] * STRIPE_SECONDS) / SECTOR_BYTES
  // The addon shares one stripe among its threads; workers and the calling thread take one each.
  const height = Math.floor(Math.log2(sectors * (backend.tier === 'native' ? Math.max(executor.threads, 1) : 1)))
  return 2 ** Math.min(Math.max(height, MIN_STRIPE_HEIGHT), MAX_STRIPE_HEIGHT) * SECTOR_BYTES
}

/** Of so many bytes those that stripes are made of: whole segments, or perfect subtrees where stripes are smaller. */
export function wholeBytes(engine: Engine, bytes: number): number {
  return bytes - (bytes % Math.min(stripeBytes(engine), SEGMENT_BYTES))
}

/** Bytes at hand, cut into stripes: smaller ones toward the end where each worker takes its own, so that all end together. */
export function* stripesOf(engine: Engine, bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  const { copies, threads } = engine.executor
  const unit = copies ? Number.POSITIVE_INFINITY : SEGMENT_BYTES
  let length = stripeBytes(engine)
  for (let offset = 0; offset < bytes.length; offset += length) {
    while (length > unit && 2 * threads * length > bytes.length - offset) length /= 2
    yield bytes.subarray(offset, Math.min(bytes.length, offset + length))
  }
}

/** Perfect subtrees that lie one after the other, and their roots. */
interface Subtrees {
  readonly heights: readonly number[]
  readonly roots: Uint8Array
}

/** What every way of reading a file shares: sectors in, from front to back; the file's tree out. */
export class Scanner {
  readonly engine: Engine
  readonly #peaks: Peaks
  readonly #roots = new HashList()
  /** Where the sectors that were pushed end: those being hashed are not among the peaks yet. */
  #end: number
  readonly #pending: Ordered<readonly Subtrees[]>
  readonly #control: Control

  /** @param nodes of the sectors before, highest first */
  constructor(engine: Engine, control: Control, keepRoots = false, nodes: readonly SubmissionNode[] = []) {
    this.engine = engine
    this.#peaks = new Peaks(engine.backend, keepRoots ? root => this.#roots.push(root) : undefined, nodes)
    this.#end = this.#peaks.sectors
    this.#pending = new Ordered(control.concurrency ?? atOnce(engine), control)
    this.#control = control
  }

  /** Whether what is being hashed keeps every thread busy. */
  get full(): boolean {
    return this.#pending.full
  }

  /** Begins to hash sectors. Their memory belongs to it, unless the executor copies. */
  begin(sectors: Uint8Array): void {
    const first = this.#end
    // Counted before: once they are handed to a worker nothing is left here.
    this.#end += sectors.length / SECTOR_BYTES
    this.#pending.add(this.#hash(first, sectors))
  }

  /**
   * As {@link begin}, when there is room; to be awaited before the next ones.
   * @param total bytes of the file, if known
   */
  async push(sectors: Uint8Array, total?: number): Promise<void> {
    if (this.full) await this.#collect(total)
    this.begin(sectors)
  }

  /** As {@link push}, on the calling thread. */
  pushSync(sectors: Uint8Array): void {
    for (const { call, heights } of runs(this.#end, sectors)) {
      append(this.#peaks, { heights, roots: this.engine.backend.call(call) })
    }
    this.#end = this.#peaks.sectors
  }

  /** The nodes of all sectors so far and of these behind them, highest first. The latter are not pushed. */
  async nodes(behind: Uint8Array): Promise<readonly SubmissionNode[]> {
    while (!this.#pending.empty) await this.#collect()
    const peaks = new Peaks(this.engine.backend, undefined, this.#peaks.nodes())
    for (const subtrees of await this.#control.race(this.#hash(this.#end, behind))) append(peaks, subtrees)
    return peaks.nodes()
  }

  /**
   * Ends the file.
   * @param tail the bytes behind the sectors that were pushed, at most a stripe
   */
  async finish(tail: Uint8Array, total?: number): Promise<Scan> {
    while (!this.#pending.empty) await this.#collect(total)
    const layout = fileLayout(this.#end * SECTOR_BYTES + tail.length)
    for (const subtrees of await this.#control.race(this.#hash(this.#end, tail))) append(this.#peaks, subtrees)
    this.#control.finish(layout.size)
    return this.#complete(layout)
  }

  /** As {@link finish}, on the calling thread. */
  finishSync(tail: Uint8Array): Scan {
    const layout = fileLayout(this.#end * SECTOR_BYTES + tail.length)
    this.pushSync(tail)
    return this.#complete(layout)
  }

  /** All calls begin before this returns: an executor that copies is done with the sectors then. */
  #hash(first: number, sectors: Uint8Array): Promise<readonly Subtrees[]> {
    const hash = async ({ call, heights }: Run) => ({ heights, roots: await dispatch(this.engine, call, true) })
    return Promise.all(Array.from(runs(first, sectors), hash))
  }

  async #collect(total?: number): Promise<void> {
    for (const subtrees of await this.#pending.next()) append(this.#peaks, subtrees)
    this.#control.report(this.#peaks.sectors * SECTOR_BYTES, total)
  }

  #complete(layout: FileLayout): Scan {
    const peaks = this.#peaks
    peaks.padTo(layout.paddedSectors)
    return {
      engine: this.engine,
      layout,
      root: peaks.fold() ?? fail('EMPTY_INPUT', 1, 0),
      nodes: peaks.nodes(),
      segmentRoots: () => this.#segmentRoots(layout),
    }
  }

  /** The roots that were kept, completed by those of padding segments; a last, shorter segment is made of the small nodes. */
  #segmentRoots(layout: FileLayout): Uint8Array {
    const short = this.#peaks.fold(SEGMENT_HEIGHT)
    const full = layout.segments - (short ? 1 : 0)
    while (this.#roots.length < full) this.#roots.push(zeroRoot(SEGMENT_HEIGHT))
    if (short) this.#roots.push(short)
    return this.#roots.bytes()
  }
}

function append(peaks: Peaks, { heights, roots }: Subtrees): void {
  heights.forEach((height, i) => {
    peaks.push(height, roots.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES))
  })
}

/** A kernel call, and the heights of the subtrees that it gives. */
interface Run {
  readonly call: KernelCall
  readonly heights: readonly number[]
}

/**
 * The kernel calls for sectors from sector `first` on, the last of them filled up with zeros. A subtree is no larger than the place
 * where it begins allows.
 */
function* runs(first: number, bytes: Uint8Array): Generator<Run> {
  const end = first + Math.ceil(bytes.length / SECTOR_BYTES)
  for (let [at, leaves] = [first, 0]; at < end; at += leaves) {
    const place = at % SEGMENT_SECTORS
    const segments = place === 0 ? Math.floor((end - at) / SEGMENT_SECTORS) : 0
    leaves = segments * SEGMENT_SECTORS || Math.min(end - at, place & -place || SEGMENT_SECTORS)
    yield {
      call: {
        kernel: segments > 0 ? 'segmentRoots' : 'peaks',
        inputs: [bytes.subarray((at - first) * SECTOR_BYTES, (at - first + leaves) * SECTOR_BYTES)],
        params: [leaves],
      },
      heights: segments > 0 ? new Array<number>(segments).fill(SEGMENT_HEIGHT) : peakHeights(leaves),
    }
  }
}
