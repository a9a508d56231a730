import { ZgkitError } from '../errors.js'
import type { FileProof } from '../merkle/proof.js'
import { type AnswerRejection, checkSegment, type TrustedFile } from './check.js'
import type { Clock } from './clock.js'
import { bestOf, type Member } from './members.js'
import type { SourceFault } from './source.js'

/** A segment that is wanted. */
export interface Wanted {
  readonly file: TrustedFile
  /** Which fragment the file is. */
  readonly fragment: number
  /** Which of the file's segments. */
  readonly index: number
}

/** A segment that was verified. */
export interface Found {
  readonly data: Uint8Array
  readonly proof: FileProof
  /** Name of the source that delivered it; `undefined` if the caller held it. */
  readonly source: string | undefined
}

/** On what terms sources are asked. */
export interface Terms {
  readonly members: readonly Member[]
  readonly clock: Clock
  readonly idleMs: number
  /** Requests of one segment that a source may fail. */
  readonly attempts: number
  readonly onRejected: ((fault: SourceFault) => void) | undefined
}

/**
 * The search for one segment, which asks one source after the other until an answer is verified.
 *
 * A request ends when its source was idle for too long. One that goes on for longer than that without being idle is left to go on,
 * and another source is asked beside it: the first answer that is verified counts.
 */
export class Quest {
  /** Kept with the segment, or broken with `SOURCES_EXHAUSTED`, the signal's reason, or what a callback threw. */
  readonly outcome: Promise<Found>
  readonly #wanted: Wanted
  readonly #terms: Terms
  readonly #tries = new Map<Member, number>()
  readonly #faults = new Map<Member, SourceFault>()
  /** Sources whose answer is awaited or being checked, with what calls the request off. */
  readonly #asked = new Map<Member, (reason?: unknown) => void>()
  #resolve: (found: Found) => void = () => {}
  #reject: (error: unknown) => void = () => {}
  #over = false
  #cancelWake = () => {}

  constructor(wanted: Wanted, terms: Terms, signal: AbortSignal) {
    this.#wanted = wanted
    this.#terms = terms
    const onAbort = () => this.#end(() => this.#reject(signal.reason), signal.reason)
    this.outcome = new Promise<Found>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    }).finally(() => signal.removeEventListener('abort', onAbort))
    if (signal.aborted) onAbort()
    else {
      signal.addEventListener('abort', onAbort, { once: true })
      this.#askNext()
    }
  }

  /** Asks the best source that may be asked now, or waits for one, or gives up. */
  #askNext(): void {
    if (this.#over) return
    this.#cancelWake()
    const { members, clock, attempts } = this.#terms
    const now = clock.now()
    const open = members.filter(
      member => !member.lie && !this.#asked.has(member) && (this.#tries.get(member) ?? 0) < attempts,
    )
    const best = bestOf(
      open.filter(({ pausedUntil }) => pausedUntil <= now),
      this.#wanted.index + this.#wanted.fragment,
      members.length,
    )
    if (best) this.#ask(best)
    else if (open.length > 0) {
      const wait = Math.min(...open.map(({ pausedUntil }) => pausedUntil)) - now
      this.#cancelWake = clock.after(wait, () => this.#askNext())
    } else if (this.#asked.size === 0) this.#exhausted()
  }

  #ask(member: Member): void {
    const { clock, idleMs } = this.#terms
    const { file, index } = this.#wanted
    const controller = new AbortController()
    const started = clock.now()
    let [heard, timed] = [started, started]
    let waiting = true
    const onTimer = () => {
      if (heard > timed) {
        timed = heard
        cancelTimer = clock.after(heard + idleMs - clock.now(), onTimer)
        return this.#askNext()
      }
      close()
      member.timeouts++
      const error = new ZgkitError('SOURCE_TIMEOUT', `${member.name} was idle for ${idleMs} ms`, { idleMs })
      controller.abort(error)
      this.#failed(member, started, { code: 'SOURCE_TIMEOUT' })
    }
    let cancelTimer = clock.after(idleMs, onTimer)
    const close = () => {
      waiting = false
      cancelTimer()
      member.busy--
    }
    member.busy++
    this.#tries.set(member, (this.#tries.get(member) ?? 0) + 1)
    this.#asked.set(member, reason => {
      if (waiting) close()
      controller.abort(reason)
    })
    const alive = () => {
      if (waiting) heard = clock.now()
    }
    const { size } = file.layout
    member.fetch({ root: file.root.slice(), size, index, signal: controller.signal, alive }).then(
      answer => {
        if (!waiting) member.late++
        else {
          close()
          this.#check(member, answer)
        }
      },
      cause => {
        if (!waiting) return
        close()
        member.failures++
        const fault = { code: 'SOURCE_FAILED', cause } as const
        if (!(cause instanceof ZgkitError) || cause.retryable) return this.#failed(member, started, fault)
        // What says that trying again is of no use is not tried again. It may have other segments, so it needs no pause.
        this.#tries.set(member, this.#terms.attempts)
        this.#rejected(member, fault)
      },
    )
  }

  #check(member: Member, answer: unknown): void {
    const { clock } = this.#terms
    const { file, index } = this.#wanted
    const checking = checkSegment(file, index, answer)
    ;(clock.work?.(checking) ?? checking).then(
      checked => {
        if (this.#over) return
        if (checked.ok) {
          member.delivered()
          const { data, proof } = checked
          this.#end(() => this.#resolve({ data, proof, source: member.name }))
        } else {
          const { code, expected, got } = checked
          member.lie ??= this.#fault(member, { code, expected, got })
          this.#rejected(member, { code, expected, got })
        }
      },
      error => this.#end(() => this.#reject(error)),
    )
  }

  #failed(member: Member, started: number, fault: AnswerRejection & { cause?: unknown }): void {
    member.failed(started, this.#terms.clock.now())
    this.#rejected(member, fault)
  }

  #rejected(member: Member, rejection: AnswerRejection & { cause?: unknown }): void {
    this.#asked.delete(member)
    const fault = this.#fault(member, rejection)
    this.#faults.set(member, fault)
    try {
      this.#terms.onRejected?.(fault)
    } catch (error) {
      this.#end(() => this.#reject(error))
    }
    this.#askNext()
  }

  #fault(member: Member, rejection: AnswerRejection & { cause?: unknown }): SourceFault {
    const { fragment, index } = this.#wanted
    return { source: member.name, fragment, index, ...rejection }
  }

  #exhausted(): void {
    const { fragment, index } = this.#wanted
    const { members } = this.#terms
    const sources = members.flatMap(member => this.#faults.get(member) ?? member.lie ?? [])
    const reasons = sources.map(({ source, code }) => `${source}: ${code}`).join(', ')
    const error = new ZgkitError(
      'SOURCES_EXHAUSTED',
      `no source could deliver segment ${index} (${reasons})`,
      { fragment, index, sources },
      undefined,
      members.some(({ lie }) => !lie),
    )
    this.#end(() => this.#reject(error))
  }

  #end(settle: () => void, reason?: unknown): void {
    if (this.#over) return
    this.#over = true
    this.#cancelWake()
    for (const callOff of this.#asked.values()) callOff(reason)
    this.#asked.clear()
    settle()
  }
}
