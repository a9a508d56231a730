import { type Engine, engine, readyEngine, syncEngine } from '../backend/choose.js'
import { stableBytes } from '../bytes.js'
import { type ByteSource, isMemory, open } from '../io/source.js'
import { SEGMENT_BYTES } from '../limits.js'
import { Control, type RunOptions } from '../run/control.js'
import { type Scan, Scanner, stripeBytes, stripesOf, wholeBytes } from './scanner.js'

/** Options of operations that read a whole source. */
export interface ScanOptions extends RunOptions {
  /** Take a source in memory over instead of copying it: the caller's buffer is detached. */
  readonly transfer?: boolean | undefined
}

/** Reads a source from front to back and hashes it in stripes, several at once. */
export async function scan(source: ByteSource, options: ScanOptions, keepRoots: boolean): Promise<Scan> {
  const control = new Control(options)
  control.check()
  const ready = readyEngine()
  if (ready && !options.transfer && isMemory(source))
    return scanMemory(stableBytes(source, 'source'), ready, control, keepRoots)
  const opened = open(source, options.transfer)
  const active = await engine()
  const scanner = new Scanner(active, control, keepRoots)

  const stripe = stripeBytes(active)
  const pieces = opened.pieces(stripe, active.executor)
  let tail: Uint8Array = new Uint8Array()
  try {
    for (;;) {
      const { done, value } = await control.race(pieces.next())
      if (done) break
      const whole = wholeBytes(active, value.length)
      // Copied, since a stripe's buffer may go to a worker.
      tail = value.slice(whole)
      if (whole > 0) await scanner.push(value.subarray(0, whole), opened.size)
    }
  } finally {
    // A source that is left early gets to know it; one that hangs does not hold us up.
    pieces.return(undefined).catch(() => {})
  }
  return scanner.finish(tail, opened.size)
}

/** Bytes in memory: hashing begins with what threads can take, and the rest is copied meanwhile; both before this returns. */
async function scanMemory(bytes: Uint8Array, active: Engine, control: Control, keepRoots: boolean): Promise<Scan> {
  const { executor } = active
  const scanner = new Scanner(active, control, keepRoots)
  const whole = wholeBytes(active, bytes.length)
  const rest: Uint8Array[] = []
  for (const theirs of stripesOf(active, bytes.subarray(0, whole))) {
    if (executor.copies && !scanner.full) {
      scanner.begin(theirs)
      continue
    }
    const ours = executor.memory(theirs.length)
    ours.set(theirs)
    if (scanner.full) rest.push(ours)
    else scanner.begin(ours)
  }
  const tail = bytes.slice(whole)
  for (const piece of rest) await scanner.push(piece, bytes.length)
  return scanner.finish(tail, bytes.length)
}

/** As {@link scan} for bytes in memory, on the calling thread. */
export function scanSync(source: unknown, keepRoots: boolean): Scan {
  const bytes = stableBytes(source, 'source')
  const active = syncEngine()
  const scanner = new Scanner(active, new Control({}), keepRoots)
  const [whole, stripe] = [bytes.length - (bytes.length % SEGMENT_BYTES), stripeBytes(active)]
  for (let offset = 0; offset < whole; offset += stripe) {
    scanner.pushSync(bytes.subarray(offset, Math.min(whole, offset + stripe)))
  }
  return scanner.finishSync(bytes.subarray(whole))
}
