import { expect, it } from 'vitest'
import { verifySegment, ZgkitError } from '../../dist/index.js'
import {
  type Client,
  downloading,
  drawScenario,
  FAULTS,
  holdFile,
  hostileSource,
  type Rule,
  shrink,
  simulate,
  virtualClock,
  type World,
} from '../../dist/testing/index.js'
import { Download, type SegmentResponse, type Source } from '../../dist/transfer/index.js'
import { codeOf, painted } from '../patterns.js'
import { digest, firstFailure, simulations } from '../simulation.js'
import { inNode, onEachTier } from '../tiers.js'

/** Browsers have their turns less often. */
const SEEDS = inNode ? 2000 : 300
/** Digest of the logs of the first hundred seeds. It changes with the order in which a download asks, and with nothing else. */
const LOGS = 2828085088

let ofFirstTier: readonly number[] | undefined

onEachTier(() => {
  it(`breaks no rule with ${SEEDS} seeds, and does the same as on the other tiers`, async () => {
    const logs: number[] = []
    const ends = new Map<string, number>()
    const faults = new Set<string>()
    for await (const { log, error, scenario } of simulations(SEEDS)) {
      logs.push(digest(log))
      const end = error === undefined ? 'well' : error instanceof ZgkitError ? error.code : (error as Error).name
      ends.set(end, (ends.get(end) ?? 0) + 1)
      for (const source of scenario.sources) for (const fault of Object.keys(source.faults)) faults.add(fault)
    }
    expect(logs.length).toBe(SEEDS)
    ofFirstTier ??= logs
    expect(logs).toEqual(ofFirstTier)
    expect(digest(logs.slice(0, 100).map(String))).toBe(LOGS)
    // The seeds are worth their time: every fault is among them, and every way to end.
    expect(faults).toEqual(new Set(FAULTS))
    expect([...ends.keys()].sort()).toEqual(['AbortError', 'SOURCES_EXHAUSTED', 'well'])
    expect(Math.min(...ends.values())).toBeGreaterThan(SEEDS / 20)
  })
})

/** All bytes of the wanted range, fragment by fragment, by a function that gets one fragment of one segment. */
const plainly =
  (fetch: (world: World, fragment: number) => Promise<Uint8Array>): Client =>
  async world => {
    const { offset: start, length } = world.plan
    let offset = 0
    for (const [fragment, { size }] of world.fragments.entries()) {
      const [first, last] = [Math.max(start, offset), Math.min(start + length, offset + size)]
      if (first < last) {
        const bytes = await fetch(world, fragment)
        world.release(bytes.subarray(first - offset, last - offset), first)
      }
      offset += size
    }
  }

function ask(source: Source | undefined, { fragments, signal }: World, fragment: number): Promise<SegmentResponse> {
  const { root, size } = fragments[fragment] as World['fragments'][number]
  return (source as Source).fetchSegment({ root, size, index: 0, signal, alive() {} })
}

const bytesOf = ({ data }: SegmentResponse) => data as Uint8Array

/** Clients that are wrong in one respect, and the rule that finds it out. */
const wrong: Record<string, [Rule, Client]> = {
  'believes every answer': [
    'UNVERIFIED_BYTE',
    plainly(async (world, fragment) => bytesOf(await ask(world.sources[0], world, fragment))),
  ],
  'takes the root from the proof': [
    'UNVERIFIED_BYTE',
    plainly(async (world, fragment) => {
      for (const source of world.sources) {
        const { data, proof } = await ask(source, world, fragment)
        const { size } = world.fragments[fragment] as { size: number }
        const root = (proof as { lemma: Uint8Array[] }).lemma.at(-1) as Uint8Array
        const verdict = await world.clock.work(verifySegment({ root, size, index: 0, data, proof }))
        if (verdict.ok) return data as Uint8Array
      }
      throw new Error('nobody has it')
    }),
  ],
  'releases memory that the source still writes': [
    'UNVERIFIED_BYTE',
    plainly(async (world, fragment) => {
      for (const source of world.sources) {
        const { data, proof } = await ask(source, world, fragment)
        const { root, size } = world.fragments[fragment] as World['fragments'][number]
        const verdict = await world.clock.work(verifySegment({ root, size, index: 0, data, proof }))
        if (verdict.ok) return data as Uint8Array
      }
      throw new Error('nobody has it')
    }),
  ],
  'waits for one source for ever': [
    'STUCK',
    plainly(async (world, fragment) => {
      const { root, size } = world.fragments[fragment] as World['fragments'][number]
      const clock = { ...world.clock, after: () => () => {} }
      const download = new Download({ root, size, sources: world.sources.slice(0, 1), clock })
      return download.read(0, size)
    }),
  ],
  'gives up with the first source': [
    'NOT_DELIVERED',
    world => downloading({ ...world, sources: world.sources.slice(0, 1) }),
  ],
  'ignores that it is cancelled': [
    'CANCEL_UNHEARD',
    world => downloading({ ...world, signal: new AbortController().signal }),
  ],
  'takes more at once than it may': [
    'OVER_LIMIT',
    world => downloading({ ...world, plan: { ...world.plan, concurrency: world.plan.concurrency + 1 } }),
  ],
  'reads everything where a part is wanted': [
    'NOT_WANTED',
    world => {
      const length = world.fragments.reduce((sum, { size }) => sum + size, 0)
      return downloading({ ...world, plan: { ...world.plan, offset: 0, length } })
    },
  ],
  'streams in the order in which segments come': [
    'OUT_OF_ORDER',
    world => downloading({ ...world, plan: { ...world.plan, reads: 'segments' } }),
  ],
  'hands everything on twice': [
    'RELEASED_TWICE',
    world => {
      const release: World['release'] = (bytes, offset) => {
        world.release(bytes, offset)
        world.release(bytes, offset)
      }
      return downloading({ ...world, release })
    },
  ],
  'forgets the last byte': [
    'INCOMPLETE',
    world => downloading({ ...world, plan: { ...world.plan, length: world.plan.length - 1 } }),
  ],
  'leaves a request behind': [
    'LEFT_BEHIND',
    world => {
      ask(world.sources[0], { ...world, signal: new AbortController().signal }, 0).catch(() => {})
      return downloading(world)
    },
  ],
  'calls honest sources liars': [
    'HONEST_REFUSED',
    world => downloading({ ...world, plan: { ...world.plan, idleTimeoutMs: 2 } }),
  ],
  'trusts liars again': [
    'LIAR_ASKED',
    async world => {
      await downloading(world).catch(() => {})
      await downloading(world)
    },
  ],
  'throws what nobody can act on': [
    'UNEXPECTED_ERROR',
    async () => {
      throw new TypeError('oops')
    },
  ],
  'mixes up the codes': [
    'WRONG_CODE',
    world => downloading({ ...world, rejected: fault => world.rejected({ ...fault, code: 'PADDING_NONZERO' }) }),
  ],
}

it('finds out every kind of client that is wrong, and shows it in its simplest form', async () => {
  const rules = Object.values(wrong).map(([rule]) => rule)
  expect(new Set(rules).size).toBe(14)
  for (const [name, [rule, client]] of Object.entries(wrong)) {
    const failed = await firstFailure(client, rule, 300)
    expect(failed?.violation?.rule, name).toBe(rule)
    if (!failed) continue
    const { violation, scenario } = await shrink(failed, client)
    expect(violation?.rule, name).toBe(rule)
    const faults = ({ sources }: typeof scenario) =>
      sources.reduce((n, { faults }) => n + Object.keys(faults).length, 0)
    expect(scenario.sources.length, name).toBeLessThanOrEqual(2)
    expect(faults(scenario), name).toBeLessThanOrEqual(2)
    expect(scenario.size).toBeLessThanOrEqual(failed.scenario.size)
  }
})

it('replays by seed', async () => {
  const [first, second] = [await simulate({ seed: 7 }), await simulate({ seed: 7 })]
  expect(second).toEqual(first)
  expect(first.log.length).toBeGreaterThan(2)
  expect(first.replay).toContain('simulate({ seed: 7 })')
  expect(await simulate({ seed: 0, scenario: first.scenario })).toMatchObject({ log: first.log })
  expect(drawScenario(2 ** 53 - 1)).not.toEqual(drawScenario(2 ** 32 - 1))
})

it('a virtual clock keeps the order of events and waits for computations', async () => {
  const clock = virtualClock()
  const seen: string[] = []
  const see = (text: string) => () => void seen.push(`${clock.now()} ${text}`)
  clock.after(10, see('b'))
  clock.after(5, see('a'))
  clock.after(10, see('c'))
  clock.after(10, see('never'))()
  const slow = new Promise<void>(resolve => void setTimeout(resolve, 30))
  clock.work(slow).then(see('slow'))
  clock.work(Promise.resolve()).then(see('quick'))
  clock.after(20, () => clock.jump(100))
  clock.after(30, see('late'))
  await clock.run(new Promise<void>(resolve => void clock.after(121, resolve)))
  expect(seen).toEqual(['0 slow', '0 quick', '5 a', '10 b', '10 c', '120 late'])
  await expect(clock.run(clock.work(Promise.reject(new Error('no'))))).rejects.toThrow('no')
})

it('a clock stops where nothing is left to happen, or at its limit', async () => {
  const never = new Promise<void>(() => {})
  expect(await codeOf(() => virtualClock().run(never))).toBe('CLOCK_STOPPED')
  const clock = virtualClock()
  const tick = () => void clock.after(1000, tick)
  tick()
  expect(await codeOf(() => clock.run(never, { limitMs: 10_000 }))).toBe('CLOCK_STOPPED')
  expect(clock.now()).toBe(10_000)
})

it('a hostile source has the faults that it is told to have, in real time too', async () => {
  const file = await holdFile(painted(1000))
  const liar = hostileSource({ name: 'liar', files: [file], faults: { bitFlip: 1 }, delayMs: 1 })
  const honest = hostileSource({ name: 'honest', files: [file], delayMs: 1 })
  const download = new Download({ root: file.root, size: file.size, sources: [liar, honest] })
  expect(await download.read(0, file.size)).toEqual(file.bytes)
  expect(download.sources.map(({ lie }) => lie?.code)).toEqual(['CONTENT_MISMATCH', undefined])
})
