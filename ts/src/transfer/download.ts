import { fail } from '../backend/fail.js'
import { asObject, type HashLike, toCount, toHash } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { MAX_CALL_BYTES, SEGMENT_BYTES } from '../limits.js'
import type { FileProof } from '../merkle/proof.js'
import { fileLayout, segmentBytes } from '../rules/layout.js'
import { Control, type RunOptions } from '../run/control.js'
import { Slots } from '../run/slots.js'
import { checkSegment, type TrustedFile } from './check.js'
import { type Clock, systemClock, toMs } from './clock.js'
import { membersOf } from './members.js'
import { type Found, Quest, type Terms } from './quest.js'
import type { SegmentResponse, Source, SourceFault, SourceReport } from './source.js'

/** A file's root and length, both trusted: from the chain. */
export interface FileIdentity {
  /** The file's root. */
  readonly root: HashLike
  /** Its length in bytes. A root does not commit to it. */
  readonly size: number | bigint
}

/** Options of a {@link Download}. */
export interface TransferOptions extends RunOptions {
  /** Who may have the file. Any of them may lie. */
  readonly sources: readonly Source[]
  /** Most segments that are under way or wait to be read; 4 unless told otherwise. Each is up to 256 KiB. */
  readonly concurrency?: number | undefined
  /** Milliseconds without a byte after which a request is given up; 30,000 unless told otherwise. No limit holds for a whole request. */
  readonly idleTimeoutMs?: number | undefined
  /** Requests of one segment that a source may fail; 4 unless told otherwise. A lie counts as all of them. */
  readonly attempts?: number | undefined
  /** Told of every answer that was no good, and of every one that did not come. What it throws ends the call that it was for. */
  readonly onRejected?: ((fault: SourceFault) => void) | undefined
  /**
   * Gives what the caller already holds of a segment, for instance of an earlier run, with the proof that came with it. It is verified
   * like everybody's answer; what is not right, or not there, is asked from the sources. What it throws ends the call.
   */
  readonly have?: ((place: SegmentPlace) => Promise<SegmentResponse | undefined>) | undefined
  /** The real time unless told otherwise. */
  readonly clock?: Clock | undefined
}

/** What is downloaded: a file, or a larger one whose fragments are files, one after the other. */
export type DownloadOptions = TransferOptions & (FileIdentity | { readonly fragments: readonly FileIdentity[] })

/** Bytes of a download; to its end unless told otherwise. */
export interface ByteRange {
  readonly offset?: number | undefined
  readonly length?: number | undefined
}

/** Where a segment lies. */
export interface SegmentPlace {
  /** Which fragment; 0 for a file that is whole. */
  readonly fragment: number
  /** Which of the fragment's segments. */
  readonly index: number
  /** Where its bytes begin in the whole. */
  readonly offset: number
  /** How many they are. */
  readonly length: number
}

/** A segment that was verified. */
export interface VerifiedSegment extends SegmentPlace {
  /** The file's bytes, in memory of their own. */
  readonly data: Uint8Array
  /** What shows them: to be kept for `have` of a later run. */
  readonly proof: FileProof
  /** Name of the source that delivered it; `undefined` if the caller held it. */
  readonly source: string | undefined
}

/** A file of the download, and where it begins. */
interface Part extends TrustedFile {
  readonly offset: number
}

/** A place, and the file that it is in. */
interface Target extends SegmentPlace {
  readonly file: Part
}

/**
 * A verified download: no byte leaves it that was not shown to belong to the file (SPEC.md section 18).
 *
 * Segments come in any order from any of the sources. One that lied is named and asked no more; one that failed or was idle for too
 * long is asked again later, for longer and longer. Calls may run at once; they share the sources and what is known of them, and each
 * reports its own progress.
 */
export class Download {
  /** Bytes in all. */
  readonly size: number
  readonly #parts: readonly Part[]
  readonly #terms: Terms
  readonly #slots: Slots
  readonly #concurrency: number
  readonly #options: RunOptions
  readonly #have: TransferOptions['have']

  /**
   * @throws {ZgkitError} `EMPTY_INPUT`, `RANGE`, `INVALID_HEX`, `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
   */
  constructor(options: DownloadOptions) {
    const given = asObject(options, 'options')
    const { sources, concurrency = 4, idleTimeoutMs = 30_000, attempts = 4, clock = systemClock } = given
    const { onRejected, have, signal, onProgress } = given
    this.#parts = partsOf('fragments' in given ? given.fragments : [given])
    const last = this.#parts.at(-1) as Part
    this.size = toCount(last.offset + last.layout.size, 'size')
    this.#options = { signal, onProgress, concurrency }
    this.#concurrency = new Control(this.#options).concurrency as number
    this.#slots = new Slots(this.#concurrency)
    this.#have = have
    this.#terms = {
      members: membersOf(sources),
      clock,
      idleMs: toMs(idleTimeoutMs, 'idleTimeoutMs'),
      attempts: toCount(attempts, 'attempts') || fail('RANGE', 1, 0),
      onRejected,
    }
  }

  /** What became of the sources so far, in their order. */
  get sources(): SourceReport[] {
    return this.#terms.members.map(member => member.report())
  }

  /**
   * The bytes in their order. What is not read is not fetched, beyond `concurrency` segments.
   *
   * It errors with `SOURCES_EXHAUSTED` where no source could deliver, with the sources' faults in `details.sources`, or with the
   * signal's reason. What it gave until then is right.
   * @throws {ZgkitError} `RANGE`, `INDEX_RANGE`
   */
  stream(range: ByteRange = {}): ReadableStream<Uint8Array> {
    const session = new AbortController()
    const pieces = this.#pieces(this.#bounds(range), session, true)
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const { done, value } = await pieces.next()
          if (done) controller.close()
          else controller.enqueue(value.bytes)
        },
        async cancel(reason) {
          session.abort(reason)
          await pieces.return().catch(() => {})
        },
      },
      { highWaterMark: 0 },
    )
  }

  /**
   * The segments of a range, whole, each as soon as it was verified: to be written where they belong, in any order. Otherwise as
   * {@link Download.stream}.
   */
  async *segments(range: ByteRange = {}): AsyncGenerator<VerifiedSegment, void, undefined> {
    for await (const { segment } of this.#pieces(this.#bounds(range), new AbortController(), false)) yield segment
  }

  /**
   * Bytes from anywhere, at most 1 GiB. Whole segments are fetched, and none is kept.
   * @throws {ZgkitError} as {@link Download.stream} errors, and `LIMIT_EXCEEDED`
   */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bounds = this.#bounds({ offset, length })
    if (length > MAX_CALL_BYTES) fail('LIMIT_EXCEEDED', MAX_CALL_BYTES, length)
    const out = new Uint8Array(length)
    for await (const { bytes, at } of this.#pieces(bounds, new AbortController(), false)) out.set(bytes, at - offset)
    return out
  }

  /**
   * The bytes of one segment; segments of fragments are counted on.
   * @throws {ZgkitError} `INDEX_RANGE`, and as {@link Download.stream} errors
   */
  async segment(index: number): Promise<Uint8Array> {
    let rest = toCount(index, 'index')
    for (const { offset, layout } of this.#parts) {
      const count = Math.ceil(layout.size / SEGMENT_BYTES)
      if (rest < count) return this.read(offset + rest * SEGMENT_BYTES, segmentBytes(layout, rest))
      rest -= count
    }
    return fail('INDEX_RANGE', index - rest, index)
  }

  #bounds({ offset = 0, length }: ByteRange): { start: number; end: number } {
    const start = toCount(offset, 'offset')
    if (start > this.size) fail('INDEX_RANGE', this.size, start)
    const end = start + (length === undefined ? this.size - start : toCount(length, 'length'))
    if (end > this.size) fail('INDEX_RANGE', this.size, end)
    return { start, end }
  }

  /** The verified bytes of a range, a segment's at a time: in order, or as they come. */
  async *#pieces(
    { start, end }: { start: number; end: number },
    session: AbortController,
    inOrder: boolean,
  ): AsyncGenerator<{ segment: VerifiedSegment; bytes: Uint8Array; at: number }, void, undefined> {
    const { signal } = this.#options
    const control = new Control(this.#options)
    const onAbort = () => session.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    let done = 0
    try {
      for await (const segment of this.#window(this.#targets(start, end), session.signal, inOrder)) {
        session.signal.throwIfAborted()
        const { offset, data } = segment
        const bytes = data.subarray(Math.max(start - offset, 0), end - offset)
        done += bytes.length
        control.report(done, end - start)
        yield { segment, bytes, at: Math.max(offset, start) }
      }
      session.signal.throwIfAborted()
      control.finish(end - start)
    } finally {
      signal?.removeEventListener('abort', onAbort)
      session.abort()
    }
  }

  /** Segments of a range, of which at most `concurrency` are under way or wait here. */
  async *#window(
    targets: Iterator<Target>,
    signal: AbortSignal,
    inOrder: boolean,
  ): AsyncGenerator<VerifiedSegment, void, undefined> {
    const underWay: Promise<VerifiedSegment>[] = []
    const settled: Promise<VerifiedSegment>[] = []
    let wake = () => {}
    const start = (target: Target) => {
      const fetching = this.#fetch(target, signal)
      const onSettled = () => {
        if (inOrder) return
        settled.push(fetching)
        wake()
      }
      // If an earlier one fails, nobody waits for this one.
      fetching.then(onSettled, onSettled)
      underWay.push(fetching)
    }
    for (;;) {
      while (underWay.length < this.#concurrency) {
        const { done, value } = targets.next()
        if (done) break
        start(value)
      }
      if (underWay.length === 0) return
      if (!inOrder && settled.length === 0) {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      const next = (inOrder ? underWay[0] : settled.shift()) as Promise<VerifiedSegment>
      underWay.splice(underWay.indexOf(next), 1)
      yield await next
    }
  }

  *#targets(start: number, end: number): Generator<Target, void, undefined> {
    for (const [fragment, file] of this.#parts.entries()) {
      const { offset: begin, layout } = file
      const [first, last] = [Math.max(start - begin, 0), Math.min(end - begin, layout.size)]
      for (let index = Math.floor(first / SEGMENT_BYTES); first < last && index * SEGMENT_BYTES < last; index++) {
        const offset = begin + index * SEGMENT_BYTES
        yield { file, fragment, index, offset, length: segmentBytes(layout, index) }
      }
    }
  }

  async #fetch({ file, fragment, index, offset, length }: Target, signal: AbortSignal): Promise<VerifiedSegment> {
    const place = { fragment, index, offset, length }
    const leave = await this.#slots.enter(signal)
    try {
      const found =
        (await this.#held(file, place, signal)) ??
        (await new Quest({ file, fragment, index }, this.#terms, signal).outcome)
      return { ...place, ...found }
    } finally {
      leave()
    }
  }

  /** What the caller holds, if it is right. */
  async #held(file: TrustedFile, place: SegmentPlace, signal: AbortSignal): Promise<Found | undefined> {
    if (!this.#have) return undefined
    const { clock, onRejected } = this.#terms
    const asking = (async () => this.#have?.(place))()
    const held = await new Control({ signal }).race(asking)
    if (held === undefined) return undefined
    const checking = checkSegment(file, place.index, held)
    const checked = await (clock.work?.(checking) ?? checking)
    signal.throwIfAborted()
    if (checked.ok) return { data: checked.data, proof: checked.proof, source: undefined }
    const { code, expected, got } = checked
    onRejected?.({ source: undefined, fragment: place.fragment, index: place.index, code, expected, got })
    return undefined
  }
}

function partsOf(files: readonly FileIdentity[]): Part[] {
  if (!Array.isArray(files) || files.length === 0) {
    throw new ZgkitError('INVALID_ARGUMENT', 'fragments must be an array of at least one')
  }
  let offset = 0
  return files.map(file => {
    const { root, size } = asObject(file, 'fragment')
    const part = { root: toHash(root, 'root'), layout: fileLayout(size), offset }
    offset += part.layout.size
    return part
  })
}
