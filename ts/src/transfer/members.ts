import { asObject } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { SegmentRequest, SegmentResponse, Source, SourceFault, SourceReport } from './source.js'

/** Milliseconds that a source is left alone after a failure; twice as long after each further one in a row. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 60_000

/** A source and what is known of it. */
export class Member {
  readonly name: string
  /** Place among the sources. */
  readonly place: number
  /** Requests under way. */
  busy = 0
  segments = 0
  timeouts = 0
  failures = 0
  late = 0
  /** Set once it has lied: it is asked no more. */
  lie: SourceFault | undefined
  /** When it may be asked again. */
  pausedUntil = Number.NEGATIVE_INFINITY
  #failuresInARow = 0
  readonly #fetch: (request: SegmentRequest) => Promise<SegmentResponse>

  /** @throws {ZgkitError} `INVALID_ARGUMENT` */
  constructor(source: Source, place: number) {
    const { name, fetchSegment } = asObject(source, 'source')
    if (typeof name !== 'string' || typeof fetchSegment !== 'function') {
      throw new ZgkitError('INVALID_ARGUMENT', 'a source has a name and fetchSegment', { place })
    }
    this.name = name
    this.place = place
    this.#fetch = request => fetchSegment.call(source, request)
  }

  /** What a source throws at once is a rejection like any other. */
  async fetch(request: SegmentRequest): Promise<SegmentResponse> {
    return this.#fetch(request)
  }

  delivered(): void {
    this.segments++
    this.#failuresInARow = 0
  }

  /** A request that began at `started` came to nothing. Those that fail together are one failure. */
  failed(started: number, now: number): void {
    if (started < this.pausedUntil) return
    this.pausedUntil = now + Math.min(FIRST_PAUSE_MS * 2 ** this.#failuresInARow, LONGEST_PAUSE_MS)
    this.#failuresInARow++
  }

  report(): SourceReport {
    const { name, segments, timeouts, failures, late, lie } = this
    return { name, segments, timeouts, failures, late, lie }
  }
}

/**
 * The sources of a download.
 * @throws {ZgkitError} `INVALID_ARGUMENT`
 */
export function membersOf(sources: readonly Source[]): Member[] {
  if (!Array.isArray(sources) || sources.length === 0) {
    throw new ZgkitError('INVALID_ARGUMENT', 'sources must be an array of at least one')
  }
  return sources.map((source, place) => new Member(source, place))
}

/** The source to ask next: the least busy one, then the one that failed least; otherwise they take turns. */
export function bestOf(members: readonly Member[], turn: number, count: number): Member | undefined {
  const rank = (member: Member) => (member.place + count - (turn % count)) % count
  return [...members].sort((a, b) => a.busy - b.busy || troubles(a) - troubles(b) || rank(a) - rank(b))[0]
}

const troubles = ({ timeouts, failures }: Member) => timeouts + failures
