import { toHex } from '../bytes.js'
import { type ErrorCode, ZgkitError } from '../errors.js'
import { type Clock, systemClock } from '../transfer/clock.js'
import type { SegmentRequest, SegmentResponse, Source } from '../transfer/source.js'
import type { HeldFile, RightAnswer } from './held-file.js'
import { LIES, type LieName, tell } from './lies.js'
import { Random } from './random.js'

/** What a source does to a request besides lying, with the codes that come of it. */
const TROUBLES = {
  /** Right, but after a long time, a little now and then. */
  slow: [],
  /** A little now and then, and never the end of it. */
  stalled: ['SOURCE_TIMEOUT'],
  /** Nothing at all. */
  silent: ['SOURCE_TIMEOUT'],
  /** Nothing until it is called off; then an answer. */
  tooLate: ['SOURCE_TIMEOUT'],
  /** A rejection of the first request for each segment; all others are answered rightly. */
  hesitant: ['SOURCE_FAILED'],
  /** A rejection. */
  failed: ['SOURCE_FAILED'],
  /** A rejection of this request and of all that come in the next seconds. */
  crashed: ['SOURCE_FAILED'],
  /** Right, and written over as soon as it was handed out. */
  overwritten: [],
  /** Right the first time, and every second time from then on; otherwise a flipped bit. */
  equivocating: ['CONTENT_MISMATCH'],
} as const satisfies Record<string, readonly ErrorCode[]>

export type TroubleName = keyof typeof TROUBLES
export type FaultName = LieName | TroubleName

/** Every fault, in the order in which they are drawn. */
export const FAULTS = [...Object.keys(LIES), ...Object.keys(TROUBLES)] as readonly FaultName[]

/** Codes with which a fault may be found out; a `slow` and an `overwritten` answer is right. */
export function codesOf(fault: FaultName): readonly ErrorCode[] {
  return fault in LIES ? LIES[fault as LieName].codes : TROUBLES[fault as TroubleName]
}

/** How often a source has which fault: the probability for each request, 0 if it is not named. */
export type FaultMix = Readonly<Partial<Record<FaultName, number>>>

/** Options of {@link hostileSource}. */
export interface HostileOptions {
  readonly name: string
  /** The files that it holds. */
  readonly files: readonly HeldFile[]
  /** None, and it is honest. */
  readonly faults?: FaultMix | undefined
  /** What its faults follow from; 0 unless told otherwise. */
  readonly seed?: number | undefined
  /** Most milliseconds that it takes for an answer; 50 unless told otherwise. */
  readonly delayMs?: number | undefined
  /** How often, in milliseconds, bytes arrive where a source takes long; 500 unless told otherwise. */
  readonly aliveMs?: number | undefined
  /** The real time unless told otherwise. */
  readonly clock?: Clock | undefined
  /** Told what is done to each request. */
  readonly onRequest?: ((request: SegmentRequest, fault: FaultName | undefined) => void) | undefined
}

/** How many times a slow source sends a little at most, and a crashed one stays away for. */
const MOST_TICKS = 12
const LONGEST_CRASH_MS = 20_000

/** A source that has the faults it is told to have, drawn from its seed: the same requests get the same answers. */
export function hostileSource(options: HostileOptions): Source {
  const { name, files, faults = {}, seed = 0, delayMs = 50, aliveMs = 500, clock = systemClock, onRequest } = options
  const random = new Random(seed)
  const byRoot = new Map(files.map(file => [toHex(file.root), file]))
  const asked = new Map<string, number>()
  let last: RightAnswer | undefined
  let crashedUntil = 0

  const draw = (): FaultName | undefined => {
    // Each is drawn, so that a fault that is taken away leaves what the others draw as it was.
    const drawn = FAULTS.filter(fault => random.chance(faults[fault] ?? 0))
    return clock.now() < crashedUntil ? 'crashed' : drawn[0]
  }
  const wait = (ms: number) => new Promise<void>(resolve => void clock.after(ms, resolve))
  const tick = async ({ signal, alive }: SegmentRequest, ticks: number) => {
    for (let i = 0; i < ticks && !signal.aborted; i++) {
      await wait(aliveMs)
      alive()
    }
  }
  const calledOff = (signal: AbortSignal) =>
    new Promise<void>(resolve => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })

  return {
    name,
    async fetchSegment(request) {
      const { root, index, signal } = request
      const hex = toHex(root)
      const file = byRoot.get(hex)
      const fault = draw()
      const [delay, ticks, luck] = [random.between(1, delayMs), random.between(2, MOST_TICKS), random.next()]
      onRequest?.(request, fault)
      if (!file || index >= file.segments) throw failure(name, 'does not have it')
      const right = file.answer(index)
      const times = asked.get(`${hex} ${index}`) ?? 0
      asked.set(`${hex} ${index}`, times + 1)
      const occasion = { file, index, files, random: new Random(luck), last }

      await wait(delay)
      switch (fault) {
        case undefined:
          break
        case 'slow':
          await tick(request, ticks)
          break
        case 'stalled':
          await tick(request, ticks)
          return new Promise<never>(() => {})
        case 'silent':
          return new Promise<never>(() => {})
        case 'tooLate':
          await calledOff(signal)
          await wait(delay)
          break
        case 'crashed':
          crashedUntil = Math.max(crashedUntil, clock.now() + 1 + (luck % LONGEST_CRASH_MS))
          throw failure(name, 'is down')
        case 'hesitant':
          if (times > 0) break
          throw failure(name, 'failed the first time')
        case 'failed':
          throw failure(name, 'failed')
        case 'overwritten':
          clock.after(0, () => right.data.fill(0))
          return right
        case 'equivocating':
          return times % 2 === 0 ? right : (tell('bitFlip', right, occasion) as SegmentResponse)
        default:
          return tell(fault, right, occasion) as SegmentResponse
      }
      if (fault !== 'tooLate') signal.throwIfAborted()
      last = file.answer(index)
      return right
    },
  }
}

function failure(name: string, what: string): ZgkitError {
  return new ZgkitError('SOURCE_FAILED', `${name} ${what}`)
}
