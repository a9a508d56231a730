import { engine, syncEngine } from '../backend/choose.js'
import { adjacentBytes, concatBytes } from '../bytes.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'
import { MAX_CALL_BYTES } from '../limits.js'
import { type Code, codeNumberOf } from '../rules/erasure/code.js'
import type { Control } from '../run/control.js'
import { dispatch } from '../run/dispatch.js'
import { inOrder } from '../run/in-order.js'
import { atOnce, widthOf } from '../run/width.js'

/** Work on shards of one length: what comes of a range of columns follows from that range alone. */
export interface ColumnWork {
  readonly kernel: 'erasureSolve' | 'erasureAdd' | 'erasureVerify'
  readonly code: Code
  /** Shards by the input that they make up together. */
  readonly groups: readonly (readonly Uint8Array[])[]
  /** The lists of indices behind them. */
  readonly lists: readonly Uint8Array[]
  /** Bytes of a shard. */
  readonly length: number
}

/** What came of the columns from `start` on. */
export interface Columns {
  readonly start: number
  readonly result: Uint8Array
}

/** Columns are taken by as many as this, so that shards stay aligned in memory of ours. */
const UNIT = 64
/** Seconds that one piece should take on one thread: short enough to abort and report in between. */
const PIECE_SECONDS = 0.008
/** Bytes of the shards of one piece. */
const MAX_PIECE_BYTES = 2 ** 26
/** Bytes of the shards of one piece on the calling thread: what is copied together stays in the caches until it is read. */
const SYNC_PIECE_BYTES = 2 ** 18

/** Does the work on all threads; the results come in order. */
export async function* columns(work: ColumnWork, control: Control): AsyncGenerator<Columns, void, undefined> {
  const active = await control.race(engine())
  const each = expectedSeconds(callFor(work, 0, Math.min(UNIT, work.length)), active.backend.tier)
  const width = UNIT * Math.max(1, Math.min(widthOf(active, PIECE_SECONDS, each), unitsIn(work, MAX_PIECE_BYTES)))
  const piece = async (start: number) => {
    const call = callFor(work, start, Math.min(start + width, work.length))
    return { start, result: await dispatch(active, call, false) }
  }
  const buffers = buffersOf(work)
  const starts = everyOf(width, work.length)
  for await (const done of inOrder(starts, control.concurrency ?? atOnce(active), piece, control)) {
    yield done
    control.report(Math.min(done.start + width, work.length) * buffers, work.length * buffers)
  }
  control.finish(work.length * buffers)
}

/**
 * Does the work on the calling thread, in place where shards and results each lie one after the other.
 * @param out the shards that the results are for; results are to be read before the next is asked for
 */
export function* columnsSync(work: ColumnWork, out?: readonly Uint8Array[]): Generator<Columns, void, undefined> {
  const { backend } = syncEngine()
  const { groups, length } = work
  const memory = out && adjacentBytes(out)
  const inPlace = groups.every(adjacentBytes) && groups.every(group => group.length * length <= MAX_CALL_BYTES)
  if (inPlace && (!out || memory)) {
    yield { start: 0, result: backend.call(callFor(work, 0, length), memory) }
    return
  }
  const width = UNIT * Math.max(1, unitsIn(work, SYNC_PIECE_BYTES))
  // Fresh memory for each piece would cost more than the work.
  const gathered = new Uint8Array(buffersOf(work) * width)
  const rows = out?.length ?? 0
  const results = out && new Uint8Array(rows * width)
  for (let start = 0; start < length; start += width) {
    const end = Math.min(start + width, length)
    const call = callFor(work, start, end, gathered)
    yield { start, result: backend.call(call, results?.subarray(0, rows * (end - start))) }
  }
}

/** Writes results, row after row, to where they belong. */
export function place({ start, result }: Columns, rows: readonly Uint8Array[]): void {
  const width = result.length / rows.length
  rows.forEach((row, i) => {
    const from = result.subarray(i * width, (i + 1) * width)
    // In place they are there already.
    if (from.buffer !== row.buffer) row.set(from, start)
  })
}

/** The call for the columns from `start` to before `end`; what has to be copied together is put into `memory`, or fresh memory. */
function callFor(work: ColumnWork, start: number, end: number, memory?: Uint8Array): KernelCall {
  const { kernel, code, groups, lists } = work
  let free = memory
  const gather = (parts: readonly Uint8Array[]) => {
    if (!free) return concatBytes(parts)
    const gathered = free.subarray(0, parts.length * (end - start))
    parts.forEach((part, i) => {
      gathered.set(part, i * (end - start))
    })
    free = free.subarray(gathered.length)
    return gathered
  }
  const inputs = groups.map(group => {
    const parts = group.map(shard => shard.subarray(start, end))
    return adjacentBytes(parts) ?? gather(parts)
  })
  const { name, data, parity, matrix } = code
  return { kernel, inputs: [...inputs, ...lists, matrix], params: [codeNumberOf(name), data, parity, end - start] }
}

function buffersOf({ groups }: ColumnWork): number {
  return groups.reduce((sum, group) => sum + group.length, 0)
}

function unitsIn(work: ColumnWork, bytes: number): number {
  return Math.floor(bytes / buffersOf(work) / UNIT)
}

async function* everyOf(width: number, length: number): AsyncGenerator<number, void, undefined> {
  for (let start = 0; start < length; start += width) yield start
}
