import type { Engine } from '../backend/choose.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'
import type { Control } from './control.js'
import { dispatch } from './dispatch.js'
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
  const pending: { start: number; result: Promise<Uint8Array> }[] = []
  const collect = async () => {
    const next = pending.shift()
    if (!next) return
    out.set(await control.race(next.result), next.start * resultBytes)
    control.report(Math.min(next.start + width, items) * itemBytes, items * itemBytes)
  }
  const most = control.concurrency ?? atOnce(active)
  for (let start = 0; start < items; start += width) {
    const result = dispatch(active, at(start, Math.min(start + width, items)), false)
    // If an earlier piece fails, nobody waits for this one.
    result.catch(() => {})
    pending.push({ start, result })
    if (pending.length >= most) await collect()
  }
  while (pending.length > 0) await collect()
  control.finish(items * itemBytes)
  return out
}
