import { ZgkitError } from '../errors.js'
import { Download } from '../transfer/download.js'
import { VERSION } from '../version.js'
import { drawScenario, type Scenario, simpler } from './scenario.js'
import { CANCEL_MS, Stage, type Violation, type World } from './world.js'

/** A program that downloads; {@link simulate} watches it. It ends well when it has released everything that its plan says. */
export type Client = (world: World) => Promise<void>

/** Options of {@link simulate}. */
export interface SimulationOptions {
  /** What everything follows from: an integer from 0 to 2^53 - 1. */
  readonly seed: number
  /** Instead of the one that is drawn from the seed. */
  readonly scenario?: Scenario | undefined
  /** Who is put to the test: zgkit's `Download` unless told otherwise. */
  readonly client?: Client | undefined
}

/** How a simulation went. */
export interface Simulation {
  /** Whether every rule held. */
  readonly ok: boolean
  readonly violation: Violation | undefined
  readonly seed: number
  readonly scenario: Scenario
  /** The package's version: seed and version give the same simulation again. */
  readonly version: string
  /** Bytes that were released, all of them the file's if `ok`. */
  readonly released: number
  /** What the client ended with: nothing, the cancel's reason, or the error that it gave up with. */
  readonly error: unknown
  /** What happened, in order; the same on every tier and host. */
  readonly log: readonly string[]
  /** A command that does the same again, with zgkit's own client. */
  readonly replay: string
}

/** Virtual milliseconds after which a client that goes on is stuck: a day. */
const LIMIT_MS = 86_400_000
/** Virtual milliseconds that answers have, after the end, to come too late. */
const AFTERMATH_MS = 60_000

/**
 * Lets a client download from hostile sources in virtual time, and checks the rules whenever something happens (docs/testing.md).
 * It never throws for what the client does.
 */
export async function simulate({
  seed,
  scenario = drawScenario(seed),
  client = downloading,
}: SimulationOptions): Promise<Simulation> {
  const stage = await Stage.set(scenario)
  const { clock } = stage
  const { jump } = scenario
  const { cancelAtMs } = scenario.client
  let ended = false
  let error: unknown

  const main = (async () => client(stage.world))().then(
    () => {
      ended = true
    },
    thrown => {
      ended = true
      error = thrown ?? new Error('the client threw nothing')
    },
  )
  if (jump) clock.after(jump.atMs, () => clock.jump(jump.ms))
  if (cancelAtMs !== undefined) {
    clock.after(cancelAtMs, () => {
      if (ended) return
      stage.cancel()
      clock.after(CANCEL_MS, () => {
        if (!ended) stage.break('CANCEL_UNHEARD', 'it has not ended')
        if (stage.openRequests > 0) stage.break('CANCEL_UNHEARD', `${stage.openRequests} requests go on`)
      })
    })
  }
  try {
    await clock.run(main, { limitMs: LIMIT_MS })
    stage.note(
      error === undefined ? 'ended well' : `ended: ${error instanceof ZgkitError ? error.code : String(error)}`,
    )
    stage.conclude(error)
    const aftermath = new Promise<void>(resolve => void clock.after(AFTERMATH_MS, resolve))
    await clock.run(aftermath)
  } catch (stuck) {
    stage.break('STUCK', String(stuck))
  }
  const { violation, released, log } = stage
  const replay = `node --input-type=module -e "import { simulate } from 'zgkit/testing'; console.log(await simulate({ seed: ${seed} }))"`
  return { ok: !violation, violation, seed, scenario, version: VERSION, released, error, log, replay }
}

/** The client of zgkit's own: a `Download`, read as the plan says. */
export const downloading: Client = async world => {
  const { fragments, sources, clock, plan, signal, rejected: onRejected } = world
  const { concurrency, idleTimeoutMs, attempts, offset, length, reads } = plan
  const download = new Download({ fragments, sources, clock, concurrency, idleTimeoutMs, attempts, signal, onRejected })
  if (reads === 'bytes') {
    world.release(await download.read(offset, length), offset)
    return
  }
  if (reads === 'segments') {
    for await (const segment of download.segments({ offset, length })) {
      const start = Math.max(offset, segment.offset)
      world.release(segment.data.subarray(start - segment.offset, offset + length - segment.offset), start)
      await world.pause()
    }
    return
  }
  let at = offset
  const reader = download.stream({ offset, length }).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    world.release(value, at)
    at += value.length
    await world.pause()
  }
}

/**
 * Takes away sources, faults and whatever else can be had without, as long as the same rule is broken: the simplest simulation
 * of a failure that was found.
 * @param failed a simulation that is not `ok`
 * @param client the one that it was made with
 */
export async function shrink(failed: Simulation, client?: Client): Promise<Simulation> {
  let simplest = failed
  for (let found = true; found; ) {
    found = false
    for (const scenario of simpler(simplest.scenario)) {
      const tried = await simulate({ seed: failed.seed, scenario, client })
      if (tried.violation?.rule !== failed.violation?.rule) continue
      simplest = tried
      found = true
      break
    }
  }
  return simplest
}
