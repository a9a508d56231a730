import { type Engine, engine, syncEngine } from '../backend/choose.js'
import { fail } from '../backend/fail.js'
import { stableBytes } from '../bytes.js'
import { HashList } from '../hash-list.js'
import { type ByteSource, open } from '../io/source.js'
import { KERNELS, type KernelCall } from '../kernels.js'
import { HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT } from '../limits.js'
import { type FileLayout, fileLayout } from '../rules/layout.js'
import { peakHeights } from '../rules/submission.js'
import { zeroRoot } from '../rules/zero.js'
import { Control, type RunOptions } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { Peaks, type SubmissionNode } from './peaks.js'

/** Options of operations that read a whole source. */
export interface ScanOptions extends RunOptions {
  /** Take a source in memory over instead of copying it: the caller's buffer is detached. */
  readonly transfer?: boolean | undefined
}

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

/** Reads a source from front to back and hashes it in stripes, several at once. */
export async function scan(source: ByteSource, options: ScanOptions, keepRoots: boolean): Promise<Scan> {
  const control = new Control(options)
  control.check()
  const opened = open(source, options.transfer)
  const active = await engine()
  const height = stripeHeight(active)
  const stripe = 2 ** height * SECTOR_BYTES
  const scanner = new Scanner(active, height, keepRoots)

  const pending: { bytes: number; roots: Promise<Uint8Array> }[] = []
  const start = (stripe: Uint8Array) => {
    const bytes = stripe.length
    const roots = dispatch(active, stripeCall(stripe), true)
    // If an earlier stripe fails, nobody waits for this one.
    roots.catch(() => {})
    pending.push({ bytes, roots })
  }
  const collect = async () => {
    const next = pending.shift()
    if (!next) return
    scanner.add(await control.race(next.roots), next.bytes)
    control.report(scanner.size, opened.size)
  }

  const most = control.concurrency ?? stripesAtOnce(active)
  const pieces = opened.pieces(stripe)
  let tail: Uint8Array = new Uint8Array()
  try {
    for (;;) {
      const { done, value } = await control.race(pieces.next())
      if (done) break
      const whole = value.length - (value.length % Math.min(stripe, SEGMENT_BYTES))
      // Copied, since a stripe's buffer may go to a worker.
      tail = value.slice(whole)
      if (whole > 0) start(value.subarray(0, whole))
      if (pending.length >= most) await collect()
    }
  } finally {
    // A source that is left early gets to know it; one that hangs does not hold us up.
    pieces.return(undefined).catch(() => {})
  }
  while (pending.length > 0) await collect()

  const layout = fileLayout(scanner.size + tail.length)
  const last = scanner.lastCall(tail, layout)
  const scanned = scanner.finish(last && (await control.race(dispatch(active, last, true))), layout)
  control.finish(layout.size)
  return scanned
}

/** As {@link scan} for bytes in memory, on the calling thread. */
export function scanSync(source: unknown, keepRoots: boolean): Scan {
  const bytes = stableBytes(source, 'source')
  const layout = fileLayout(bytes.length)
  const active = syncEngine()
  const scanner = new Scanner(active, MAX_STRIPE_HEIGHT, keepRoots)
  const whole = bytes.length - (bytes.length % SEGMENT_BYTES)
  const stripe = 2 ** MAX_STRIPE_HEIGHT * SECTOR_BYTES
  for (let offset = 0; offset < whole; offset += stripe) {
    const piece = bytes.subarray(offset, Math.min(whole, offset + stripe))
    scanner.add(active.backend.call(stripeCall(piece)), piece.length)
  }
  const last = scanner.lastCall(bytes.subarray(whole), layout)
  return scanner.finish(last && active.backend.call(last), layout)
}

function stripeCall(bytes: Uint8Array): KernelCall {
  return { kernel: 'segmentRoots', inputs: [bytes], params: [bytes.length / SECTOR_BYTES] }
}

/** The height of stripes that a tier hashes in the time that one should take. */
function stripeHeight({ backend, executor }: Engine): number {
  const sectors = (KERNELS.segmentRoots.rate[backend.tier] * STRIPE_SECONDS) / SECTOR_BYTES
  // The addon shares one stripe among its threads; workers and the calling thread take one each.
  const height = Math.floor(Math.log2(sectors * (backend.tier === 'native' ? Math.max(executor.threads, 1) : 1)))
  return Math.min(Math.max(height, MIN_STRIPE_HEIGHT), MAX_STRIPE_HEIGHT)
}

/** Stripes that keep every thread busy while the next one is read. */
function stripesAtOnce({ backend, executor }: Engine): number {
  return backend.tier === 'native' ? 3 : executor.threads + 1
}

/** What both ways of reading share: roots of stripes in, the file's tree out. */
class Scanner {
  /** Bytes so far. */
  size = 0
  readonly #engine: Engine
  readonly #peaks: Peaks
  readonly #roots = new HashList()
  /** Height of the roots that stripes give. */
  readonly #height: number

  constructor(engine: Engine, stripeHeight: number, keepRoots: boolean) {
    this.#engine = engine
    this.#height = Math.min(stripeHeight, SEGMENT_HEIGHT)
    this.#peaks = new Peaks(engine.backend, root => {
      if (keepRoots) this.#roots.push(root)
    })
  }

  /** Takes the roots of a stripe. */
  add(roots: Uint8Array, bytes: number): void {
    this.size += bytes
    for (let i = 0; i < roots.length; i += HASH_BYTES) this.#peaks.push(this.#height, roots.slice(i, i + HASH_BYTES))
  }

  /** The call for the file's last bytes, which are fewer than a stripe or segment: with the zero sectors that complete it. */
  lastCall(tail: Uint8Array, layout: FileLayout): KernelCall | undefined {
    if (tail.length === 0) return undefined
    return { kernel: 'peaks', inputs: [tail], params: [this.#lastLeaves(layout)] }
  }

  finish(lastRoots: Uint8Array | undefined, layout: FileLayout): Scan {
    const peaks = this.#peaks
    if (lastRoots) {
      peakHeights(this.#lastLeaves(layout)).forEach((height, i) => {
        peaks.push(height, lastRoots.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES))
      })
    }
    peaks.padTo(layout.paddedSectors)
    return {
      engine: this.#engine,
      layout,
      root: peaks.fold() ?? fail('EMPTY_INPUT', 1, 0),
      nodes: peaks.nodes(),
      segmentRoots: () => this.#segmentRoots(layout),
    }
  }

  #lastLeaves(layout: FileLayout): number {
    return Math.min(layout.paddedSectors - this.#peaks.sectors, 2 ** this.#height)
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
