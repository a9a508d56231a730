import { engine } from '../backend/choose.js'
import { asBytes, stableBytes, toCount } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { Cutter } from '../io/source.js'
import { SECTOR_BYTES } from '../limits.js'
import { decodeState, encodeState, type HasherState, stateHeights } from '../rules/hasher-state.js'
import type { FileLayout } from '../rules/layout.js'
import { Control, type RunOptions } from '../run/control.js'
import { Scanner, stripeBytes } from './scanner.js'
import { type Submission, submissionOf } from './submission.js'

/** What a finished file amounts to. */
export interface FileSummary {
  /** The file root, 32 bytes. */
  readonly root: Uint8Array
  /** The sizes that follow from the file's length. */
  readonly layout: FileLayout
  /** The file's submission. */
  readonly submission: Submission
}

const NOTHING: HasherState = { size: 0, roots: [], tail: new Uint8Array() }

/**
 * A file root bit by bit, in constant memory, for bytes that come when they come. It can be suspended to at most 1,751 bytes and
 * resumed elsewhere: in another process, on another tier, in Rust.
 *
 * Work is done in the order of the calls, whether they are awaited or not. Once something failed, every further call fails with
 * the same error; a state from before is still good. There is nothing to close: one that is dropped holds no memory.
 */
export class FileHasher {
  readonly #scanner: Scanner
  readonly #control: Control
  readonly #cutter: Cutter
  #size: number
  #finished = false
  /** What was asked for last: the next thing begins when it is done. */
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(scanner: Scanner, control: Control, cutter: Cutter, size: number) {
    this.#scanner = scanner
    this.#control = control
    this.#cutter = cutter
    this.#size = size
  }

  /**
   * A hasher that has seen no bytes.
   * @throws {ZgkitError} `RANGE` for a concurrency that is none; as `init` does
   */
  static create(options: RunOptions = {}): Promise<FileHasher> {
    return FileHasher.#from(NOTHING, options)
  }

  /**
   * A hasher that goes on where {@link FileHasher.suspend} was called. A state is believed as far as its checksum goes: keep it
   * where you would keep the file.
   * @throws {ZgkitError} `STATE_FORMAT` for what is no state, is damaged or has another version; as {@link FileHasher.create}
   */
  static async resume(state: ArrayBufferView | ArrayBufferLike, options: RunOptions = {}): Promise<FileHasher> {
    return FileHasher.#from(decodeState(stableBytes(state, 'state')), options)
  }

  static async #from({ size, roots, tail }: HasherState, options: RunOptions): Promise<FileHasher> {
    const control = new Control(options)
    const active = await engine()
    const heights = stateHeights(size)
    const nodes = roots.map((root, i) => ({ root, height: heights[i] as number }))
    const stripe = stripeBytes(active)
    // The first stripe ends where it would have, so that those behind it are whole subtrees.
    const first = new Uint8Array(stripe - ((size - tail.length) % stripe))
    first.set(tail)
    // Stripes wait for their turn, each in memory of its own.
    const from = { copies: false, memory: (length: number) => active.executor.memory(length) }
    const cutter = new Cutter(stripe, from, { piece: first, filled: tail.length })
    return new FileHasher(new Scanner(active, control, false, nodes), control, cutter, size)
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size
  }

  /**
   * Takes the next bytes of the file: copied before this returns. The promise is kept when all whole stripes of it are being hashed,
   * and the memory for what waits is as large as what is written without waiting.
   * @throws {ZgkitError} `INVALID_ARGUMENT` for what are no bytes and after {@link FileHasher.finish}, `DETACHED_BUFFER`; `RANGE`
   *   above 2^53 - 1 bytes; the signal's reason when aborted
   */
  async write(chunk: ArrayBufferView | ArrayBufferLike): Promise<void> {
    this.#check()
    const bytes = asBytes(chunk, 'chunk')
    this.#size = toCount(this.#size + bytes.length, 'size')
    const stripes = [...this.#cutter.cut(bytes)]
    await this.#next(async () => {
      for (const stripe of stripes) await this.#scanner.push(stripe)
    })
  }

  /**
   * The state after all bytes that were written: what {@link FileHasher.resume} needs (SPEC.md section 17). The hasher can go on.
   * @throws {ZgkitError} `INVALID_ARGUMENT` after {@link FileHasher.finish}; the signal's reason when aborted
   */
  async suspend(): Promise<Uint8Array> {
    this.#check()
    const [rest, size] = [this.#cutter.rest(), this.#size]
    const whole = rest.length - (rest.length % SECTOR_BYTES)
    return this.#next(async () => {
      // Sectors that fill no stripe yet; they stay in it.
      const nodes = await this.#scanner.nodes(rest.slice(0, whole))
      return encodeState({ size, roots: nodes.map(node => node.root), tail: rest.subarray(whole) })
    })
  }

  /**
   * Ends the file.
   * @throws {ZgkitError} `EMPTY_INPUT` if there were no bytes; `INVALID_ARGUMENT` if it ended before; the signal's reason when aborted
   */
  async finish(): Promise<FileSummary> {
    this.#check()
    this.#finished = true
    const rest = this.#cutter.rest()
    return this.#next(async () => {
      const { root, layout, nodes } = await this.#scanner.finish(rest)
      return { root, layout, submission: submissionOf(layout.size, nodes) }
    })
  }

  #check(): void {
    this.#control.check()
    if (this.#finished) throw new ZgkitError('INVALID_ARGUMENT', 'this file was finished')
  }

  /** Work in its turn. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    done.catch(() => {})
    this.#turn = done
    return done
  }
}
