import { engine } from '../backend/choose.js'
import { equalBytes, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { SEGMENT_BYTES } from '../limits.js'
import { FileTree } from '../merkle/file-tree.js'
import { segmentBytes } from '../rules/layout.js'
import type { SegmentRequest, SegmentResponse, Source, SourceFault } from '../transfer/source.js'
import { type VirtualClock, virtualClock } from './clock.js'
import { HeldFile, holdFile } from './held-file.js'
import { codesOf, type FaultName, hostileSource } from './hostile-source.js'
import { Random } from './random.js'
import { type ClientPlan, isHonest, type Scenario } from './scenario.js'

/** What a simulated client must never do, or must always do. */
export type Rule =
  /** Bytes are released that are not the file's. */
  | 'UNVERIFIED_BYTE'
  /** A byte is released twice, or that nobody asked for. */
  | 'RELEASED_TWICE'
  /** A stream's bytes are not released in their order. */
  | 'OUT_OF_ORDER'
  /** It ends well without having released everything. */
  | 'INCOMPLETE'
  /** It gives up though an honest source has everything. */
  | 'NOT_DELIVERED'
  /** It ends with an error that nobody can act on. */
  | 'UNEXPECTED_ERROR'
  /** An answer is rejected with a code that is not that of its fault. */
  | 'WRONG_CODE'
  /** An honest source is called a liar. */
  | 'HONEST_REFUSED'
  /** A source is asked again that was called a liar. */
  | 'LIAR_ASKED'
  /** More is under way, or waits to be read, than it is allowed. */
  | 'OVER_LIMIT'
  /** What is not wanted is fetched. */
  | 'NOT_WANTED'
  /** 50 ms after it was cancelled it has not ended with the signal's reason, or a request goes on, or one begins. */
  | 'CANCEL_UNHEARD'
  /** It has ended, and a request goes on. */
  | 'LEFT_BEHIND'
  /** It neither ends nor does anything. */
  | 'STUCK'

/** The first rule that was broken. */
export interface Violation {
  readonly rule: Rule
  readonly message: string
  /** When, in virtual milliseconds. */
  readonly atMs: number
}

/** What the client of a simulation is given. */
export interface World {
  /** Trusted: root and length of the file, or of each fragment. */
  readonly fragments: readonly { readonly root: Uint8Array; readonly size: number }[]
  readonly sources: readonly Source[]
  /** The only time that goes by. */
  readonly clock: VirtualClock
  /** How it is to read. */
  readonly plan: ClientPlan
  /** Aborted when it changes its mind. */
  readonly signal: AbortSignal
  /** To be called with all bytes that the client believes, and where in the whole they lie. */
  release(bytes: Uint8Array, offset: number): void
  /** To be awaited before reading on: the client's own work. */
  pause(): Promise<void>
  /** To be told of rejections, if the client knows of them. */
  rejected(fault: SourceFault): void
}

/** Milliseconds within which a cancel is heard. */
export const CANCEL_MS = 50

interface Request {
  readonly key: string
  readonly signal: AbortSignal
  answered: boolean
}

/** Large files are alike in all scenarios: making their trees takes time. */
const large = new Map<number, HeldFile>()

/** The actors of a scenario, and the rules, which are checked whenever something happens. */
export class Stage {
  readonly clock = virtualClock()
  readonly log: string[] = []
  readonly plan: ClientPlan
  readonly sources: readonly Source[]
  readonly fragments: World['fragments']
  violation: Violation | undefined
  /** Bytes that were released. */
  released = 0
  readonly #scenario: Scenario
  readonly #random: Random
  readonly #cancel = new AbortController()
  readonly #truth: readonly { readonly file: HeldFile; readonly offset: number }[]
  /** By segment that is wanted: bytes of it that were not released yet. */
  readonly #owed = new Map<string, number>()
  readonly #requests = new Set<Request>()
  /** By source and segment: the faults that answers had. */
  readonly #told = new Map<string, Set<FaultName>>()
  /** Names of sources that were called liars. */
  readonly #liars = new Set<string | undefined>()

  static async set(scenario: Scenario): Promise<Stage> {
    const { size, fragmentBytes, seed } = scenario
    if (!fragmentBytes && size > SEGMENT_BYTES) {
      const file = large.get(size) ?? (await holdFile(new Random(size).bytes(size)))
      large.set(size, file)
      return new Stage(scenario, [file])
    }
    const bytes = new Random(seed).bytes(size)
    const step = fragmentBytes ?? size
    const cuts = Array.from({ length: Math.ceil(size / step) }, (_, i) => bytes.subarray(i * step, (i + 1) * step))
    // A synchronous call takes the engine that is loaded.
    await engine()
    return new Stage(
      scenario,
      cuts.map(cut => new HeldFile(cut, FileTree.buildSync(cut))),
    )
  }

  private constructor(scenario: Scenario, files: readonly HeldFile[]) {
    this.#scenario = scenario
    this.#random = new Random(scenario.seed)
    this.plan = scenario.client
    let offset = 0
    this.#truth = files.map(file => {
      const part = { file, offset }
      offset += file.size
      return part
    })
    this.fragments = files.map(({ root, size }) => ({ root, size }))
    this.sources = scenario.sources.map((plan, place) => {
      const name = `source ${place}`
      const aliveMs = Math.floor(this.plan.idleTimeoutMs / 2)
      const source = hostileSource({
        ...plan,
        name,
        files,
        aliveMs,
        clock: this.clock,
        onRequest: (request, fault) => this.#note(name, request, fault),
      })
      return { name, fetchSegment: request => this.#request(source, request) }
    })
    const [start, end] = [this.plan.offset, this.plan.offset + this.plan.length]
    for (const { file, offset } of this.#truth) {
      for (let index = 0; index < file.segments; index++) {
        const from = offset + index * SEGMENT_BYTES
        const wanted = Math.min(end, from + segmentBytes(file.tree.layout, index)) - Math.max(start, from)
        if (wanted > 0) this.#owed.set(keyOf(file.root, index), wanted)
      }
    }
  }

  /** What the client gets to see. */
  get world(): World {
    const { fragments, sources, clock, plan, signal } = this
    return {
      fragments,
      sources,
      clock,
      plan,
      signal,
      release: (bytes, offset) => this.#release(bytes, offset),
      pause: () => this.#pause(),
      rejected: fault => this.#rejected(fault),
    }
  }

  get signal(): AbortSignal {
    return this.#cancel.signal
  }

  get hasHonestSource(): boolean {
    return this.#scenario.sources.some(isHonest)
  }

  note(text: string): void {
    this.log.push(`${this.clock.now()} ${text}`)
  }

  break(rule: Rule, message: string): void {
    this.violation ??= { rule, message, atMs: this.clock.now() }
    this.note(`${rule}: ${message}`)
  }

  cancel(): void {
    this.note('cancelled')
    this.#cancel.abort(new DOMException('the client changed its mind', 'AbortError'))
  }

  /** Requests that nobody answered and nobody called off. */
  get openRequests(): number {
    return [...this.#requests].filter(({ answered, signal }) => !answered && !signal.aborted).length
  }

  #release(bytes: Uint8Array, offset: number): void {
    const { offset: start, length, reads } = this.plan
    this.note(`released ${bytes.length} at ${offset}`)
    if (reads === 'stream' && offset !== start + this.released) {
      this.break('OUT_OF_ORDER', `bytes of ${offset} after ${start + this.released}`)
    }
    if (offset < start || offset + bytes.length > start + length) {
      this.break('NOT_WANTED', `bytes from ${offset} on were released`)
    }
    for (const { file, offset: begin } of this.#truth) {
      for (let index = 0; index < file.segments; index++) {
        const from = begin + index * SEGMENT_BYTES
        const [first, last] = [
          Math.max(from, offset),
          Math.min(from + segmentBytes(file.tree.layout, index), offset + bytes.length),
        ]
        if (first >= last) continue
        if (
          !equalBytes(bytes.subarray(first - offset, last - offset), file.bytes.subarray(first - begin, last - begin))
        ) {
          this.break('UNVERIFIED_BYTE', `bytes from ${first} on are not the file's`)
        }
        const key = keyOf(file.root, index)
        const owed = (this.#owed.get(key) ?? 0) - (last - first)
        if (owed < 0) this.break('RELEASED_TWICE', `bytes from ${first} on`)
        this.#owed.set(key, owed)
      }
    }
    this.released += bytes.length
  }

  async #pause(): Promise<void> {
    const { pauseMs } = this.plan
    if (pauseMs === 0) return
    this.signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => reject(this.signal.reason)
      this.signal.addEventListener('abort', onAbort, { once: true })
      this.clock.after(this.#random.below(pauseMs + 1), () => {
        this.signal.removeEventListener('abort', onAbort)
        resolve()
      })
    })
  }

  #rejected({ source, fragment, index, code }: SourceFault): void {
    this.note(`${source} rejected: ${code}`)
    if (code !== 'SOURCE_TIMEOUT' && code !== 'SOURCE_FAILED') this.#liars.add(source)
    const place = this.sources.findIndex(({ name }) => name === source)
    const plan = this.#scenario.sources[place]
    const file = this.#truth[fragment]?.file
    if (!plan || !file) {
      this.break('WRONG_CODE', `${source}, segment ${index} of fragment ${fragment}`)
      return
    }
    const faults = [...(this.#told.get(`${source} ${keyOf(file.root, index)}`) ?? [])]
    // After a jump everybody was idle.
    const due = [...faults.flatMap(codesOf), ...(this.#scenario.jump ? ['SOURCE_TIMEOUT'] : [])]
    if (due.includes(code)) return
    if (isHonest(plan)) this.break('HONEST_REFUSED', `${source} was rejected with ${code}`)
    else this.break('WRONG_CODE', `${source} had ${faults.join(', ')} and was rejected with ${code}`)
  }

  /** What is true when the client has ended. */
  conclude(error: unknown): void {
    if (this.openRequests > 0) this.break('LEFT_BEHIND', `${this.openRequests} requests go on`)
    if (error === undefined) {
      if (this.released !== this.plan.length) {
        this.break('INCOMPLETE', `${this.released} of ${this.plan.length} bytes were released`)
      }
    } else if (!(this.signal.aborted && error === this.signal.reason)) {
      const code = error instanceof ZgkitError ? error.code : undefined
      if (code !== 'SOURCES_EXHAUSTED') this.break('UNEXPECTED_ERROR', String(error))
      else if (this.hasHonestSource) this.break('NOT_DELIVERED', String(error))
    }
  }

  #note(name: string, { root, index }: SegmentRequest, fault: FaultName | undefined): void {
    this.note(`${name} asked for ${index} of ${toHex(root).slice(0, 10)}: ${fault ?? 'right'}`)
    if (!fault) return
    const key = `${name} ${keyOf(root, index)}`
    this.#told.set(key, (this.#told.get(key) ?? new Set()).add(fault))
  }

  async #request(source: Source, request: SegmentRequest): Promise<SegmentResponse> {
    const key = keyOf(request.root, request.index)
    const held: Request = { key, signal: request.signal, answered: false }
    this.#requests.add(held)
    if (this.signal.aborted) this.break('CANCEL_UNHEARD', `${source.name} was asked after that`)
    if (this.#liars.has(source.name)) this.break('LIAR_ASKED', source.name)
    this.#checkLimits(key)
    try {
      return await source.fetchSegment(request)
    } finally {
      held.answered = true
    }
  }

  #checkLimits(key: string): void {
    const { concurrency, reads } = this.plan
    if (!this.#owed.get(key)) this.break('NOT_WANTED', 'a segment that nobody wants, or not any more, was asked for')
    const open = [...this.#requests].filter(({ answered, signal }) => !answered && !signal.aborted)
    // Into one buffer, what was verified waits nowhere.
    const held = reads === 'bytes' ? open : [...this.#requests].filter(({ key }) => this.#owed.get(key))
    const segments = new Set(held.map(({ key }) => key)).size
    if (segments > concurrency) this.break('OVER_LIMIT', `${segments} segments, and ${concurrency} are allowed`)
  }
}

function keyOf(root: Uint8Array, index: number): string {
  return `${toHex(root)} ${index}`
}
