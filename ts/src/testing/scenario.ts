import { SECTOR_BYTES, SEGMENT_BYTES } from '../limits.js'
import { FAULTS, type FaultMix } from './hostile-source.js'
import { Random } from './random.js'

/** A source of a scenario. */
export interface SourcePlan {
  /** What its faults follow from. */
  readonly seed: number
  readonly delayMs: number
  /** None, and it is honest. */
  readonly faults: FaultMix
}

/** How a scenario's client reads. */
export interface ClientPlan {
  /** In order, as the segments come, or into one buffer. */
  readonly reads: 'stream' | 'segments' | 'bytes'
  readonly offset: number
  readonly length: number
  readonly concurrency: number
  readonly idleTimeoutMs: number
  readonly attempts: number
  /** Most milliseconds that it takes for what it got, before it reads on. */
  readonly pauseMs: number
  /** When it changes its mind. */
  readonly cancelAtMs: number | undefined
}

/** All that a simulation follows from: plain data, to be kept and changed. */
export interface Scenario {
  /** What the file's bytes and the client's pauses follow from. */
  readonly seed: number
  /** Bytes of the file. */
  readonly size: number
  /** Bytes of its fragments; `undefined` for a file that is whole. */
  readonly fragmentBytes: number | undefined
  readonly sources: readonly SourcePlan[]
  readonly client: ClientPlan
  /** When all clocks go forward, and by how much. */
  readonly jump: { readonly atMs: number; readonly ms: number } | undefined
}

const IDLE_MS = 1000
/** One in so many files has several segments: their hashes take time. */
const LARGE_ONE_IN = 80
const LARGE_SIZES = [SEGMENT_BYTES + 1, 2 * SEGMENT_BYTES, 2 * SEGMENT_BYTES + 5000, 3 * SEGMENT_BYTES + 77]

/** Draws a scenario, and with it the mix of faults itself, so that rare mixtures occur. */
export function drawScenario(seed: number): Scenario {
  const random = new Random(seed)
  const large = random.below(LARGE_ONE_IN) === 0
  const whole = large || random.chance(0.1)
  const fragmentBytes = whole ? undefined : SECTOR_BYTES * 2 ** random.below(3)
  const size = large
    ? random.pick(LARGE_SIZES)
    : random.between(1, fragmentBytes ? fragmentBytes * random.between(1, 10) : 20 * SECTOR_BYTES)
  const sources = Array.from({ length: random.between(1, 5) }, () => drawSource(random))
  // Mostly there is somebody to get the file from.
  if (random.chance(0.75)) {
    sources[random.below(sources.length)] = {
      ...drawSource(random),
      faults: random.pick<FaultMix>([{}, { slow: 0.3 }, { hesitant: 1 }]),
    }
  }
  const ranged = random.chance(0.3)
  const offset = ranged ? random.below(size) : 0
  const client: ClientPlan = {
    reads: random.pick(['stream', 'stream', 'segments', 'bytes']),
    offset,
    length: ranged ? random.between(1, size - offset) : size - offset,
    concurrency: random.between(1, 6),
    idleTimeoutMs: IDLE_MS,
    attempts: random.between(3, 5),
    pauseMs: random.chance(0.3) ? random.between(1, 3000) : 0,
    cancelAtMs: random.chance(0.15) ? random.between(0, random.pick([5, 100, 4000])) : undefined,
  }
  const jump = random.chance(0.1) ? { atMs: random.between(0, 3000), ms: random.between(1, 100_000) } : undefined
  return { seed, size, fragmentBytes, sources, client, jump }
}

function drawSource(random: Random): SourcePlan {
  const drawn = FAULTS.filter(() => random.chance(0.12)).map(fault => [fault, random.pick([0.05, 0.3, 1])] as const)
  return { seed: random.next(), delayMs: random.between(1, 200), faults: Object.fromEntries(drawn) }
}

/** Faults with which a source still delivers everything, right, in the end. */
export function isHonest({ faults }: SourcePlan): boolean {
  return Object.entries(faults).every(([fault, probability]) => ['slow', 'hesitant'].includes(fault) || !probability)
}

/** Scenarios that are simpler in one respect, the boldest first. */
export function* simpler(scenario: Scenario): Generator<Scenario, void, undefined> {
  const { size, fragmentBytes, sources, client, jump } = scenario
  if (sources.length > 1) {
    for (const gone of sources) yield { ...scenario, sources: sources.filter(source => source !== gone) }
  }
  for (const [place, source] of sources.entries()) {
    for (const fault of Object.keys(source.faults)) {
      const faults = Object.fromEntries(Object.entries(source.faults).filter(([name]) => name !== fault))
      yield { ...scenario, sources: sources.with(place, { ...source, faults }) }
    }
  }
  if (jump) yield { ...scenario, jump: undefined }
  if (client.cancelAtMs !== undefined) yield { ...scenario, client: { ...client, cancelAtMs: undefined } }
  if (client.pauseMs > 0) yield { ...scenario, client: { ...client, pauseMs: 0 } }
  if (client.concurrency > 1) yield { ...scenario, client: { ...client, concurrency: 1 } }
  if (client.reads !== 'stream') yield { ...scenario, client: { ...client, reads: 'stream' } }
  if (client.length < size) yield { ...scenario, client: { ...client, offset: 0, length: size } }
  for (const less of [fragmentBytes ?? 1, Math.floor(size / 2), size - (fragmentBytes ?? SECTOR_BYTES)]) {
    if (less < 1 || less >= size) continue
    const offset = Math.min(client.offset, less - 1)
    yield { ...scenario, size: less, client: { ...client, offset, length: Math.min(client.length, less - offset) } }
  }
}
