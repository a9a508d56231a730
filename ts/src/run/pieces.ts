import type { Engine } from '../backend/choose.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'
import type { Control } from './control.js'
import { dispatch } from './dispatch.js'
import { inOrder } from './in-order.js'
import { atOnce, widthOf } from './width.js'

/** Seconds that one piece should take on one thread: short enough to abort and report in between. */
const PIECE_SECONDS = 0.008

/** Work on items that do not depend on each other. */
export interface Batch {
  /** How many items. */
  readonly items: number
  /** Bytes of an item in the input, to report progress. */
  readonly itemBytes: number
  /** Bytes of an item's result. */
  readonly resultBytes: number
  /** The kernel call for items `start` to `end - 1`. */
  at(start: number, end: number): KernelCall
}

/** Does a batch in pieces, spread over the threads, the results one after the other into `out`. */
export async function inPieces(active: Engine, control: Control, batch: Batch, out: Uint8Array): Promise<Uint8Array> {
  const { items, itemBytes, resultBytes, at } = batch
  const width = items > 0 ? widthOf(active, PIECE_SECONDS, expectedSeconds(at(0, 1), active.backend.tier)) : 1
  // One item may be long by itself.
  const work = (start: number) => dispatch(active, at(start, Math.min(start + width, items)), false, control.signal)
  let done = 0
  for await (const result of inOrder(starts(items, width), control.concurrency ?? atOnce(active), work, control)) {
    out.set(result, done * resultBytes)
    done = Math.min(done + width, items)
    control.report(done * itemBytes, items * itemBytes)
  }
  control.finish(items * itemBytes)
  return out
}

/** The first item of each piece. */
async function* starts(items: number, width: number): AsyncGenerator<number, void, undefined> {
  for (let start = 0; start < items; start += width) yield start
}
