import { ZgkitError } from '../errors.js'
import { macrotask } from '../run/turns.js'
import type { Clock } from '../transfer/clock.js'

/** Options of {@link VirtualClock.run}. */
export interface ClockRun {
  /** Milliseconds of the clock after which it stops; a day unless told otherwise. */
  readonly limitMs?: number | undefined
  /** Called after each step, when all that follows from it at once has happened. */
  readonly onStep?: (() => void) | undefined
}

/** A clock that stands still while anything is being done, and then goes on to what comes next. */
export interface VirtualClock extends Clock {
  /** Its result comes when it is due: in the order of the calls, however long each takes in real time. */
  work<T>(pending: Promise<T>): Promise<T>
  /** Goes on by so many milliseconds at once, as after a machine slept: what was due meanwhile comes late. */
  jump(ms: number): void
  /**
   * Lets time go by until `main` is settled, and gives its result. Waiting counts only on this clock, computing only through `work`.
   * @throws {ZgkitError} `CLOCK_STOPPED` if nothing is left to happen, or the limit was reached, and `main` is not settled
   */
  run<T>(main: Promise<T>, options?: ClockRun): Promise<T>
}

/** Events of one millisecond come in the order in which they were asked for, so that a run is the same each time. */
interface Event {
  readonly at: number
  readonly happen: () => void | Promise<void>
}

const DAY_MS = 86_400_000

/** A virtual clock, at 0. */
export function virtualClock(): VirtualClock {
  const events = new Set<Event>()
  let now = 0
  const add = (at: number, happen: Event['happen']) => {
    const event = { at, happen }
    events.add(event)
    return () => void events.delete(event)
  }
  return {
    now: () => now,
    after: (ms, then) => add(now + Math.max(0, ms), then),
    jump(ms) {
      now += ms
    },
    work(pending) {
      pending.catch(() => {})
      return new Promise((resolve, reject) => {
        add(now, () => pending.then(resolve, reject))
      })
    },
    async run(main, { limitMs = DAY_MS, onStep } = {}) {
      const end = now + limitMs
      let settled = false
      const settle = () => {
        settled = true
      }
      main.then(settle, settle)
      for (;;) {
        // Everything happens first that waits for nothing but its turn.
        await macrotask()
        onStep?.()
        if (settled) return main
        const event = firstOf(events)
        if (!event || event.at > end) {
          throw new ZgkitError('CLOCK_STOPPED', 'what runs on this clock will not settle', { now })
        }
        events.delete(event)
        now = Math.max(now, event.at)
        await event.happen()
      }
    },
  }
}

function firstOf(events: ReadonlySet<Event>): Event | undefined {
  let first: Event | undefined
  for (const event of events) if (!first || event.at < first.at) first = event
  return first
}
