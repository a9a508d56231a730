import type { Backend } from '../backend/backend.js'
import type { WorkerPort } from '../backend/host.js'
import { ZgkitError } from '../errors.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'
import type { Executor } from './executor.js'
import { type Reply, type Request, unpack } from './messages.js'
import { Spares } from './spares.js'
import { Turns } from './turns.js'

/** Work up to this is short: done on the calling thread while no worker has started yet, or sent to a busy one to be next. */
const SHORT_SECONDS = 0.02
/** How long an aborted call may go on before its worker is ended and replaced; pieces of long operations take less. */
const ABORT_MS = 40

interface Job {
  readonly call: KernelCall
  /** Whether it is short: inputs that were posted are gone, and would say that it is. */
  readonly short: boolean
  readonly signal: AbortSignal | undefined
  readonly resolve: (result: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

interface Member {
  readonly port: WorkerPort
  /** Whether it has said that it takes calls. */
  ready: boolean
  /** What it has: the call that it is at, and one that is next. */
  readonly jobs: Job[]
}

/**
 * A pool of workers, each with its own instance. A worker is at one call, and a short one may wait there, so that none idles
 * while messages are on their way.
 *
 * Workers are started when there is work for them; until the first of them is ready, short calls run on the calling thread in turns.
 * One that dies at work rejects its calls with `WORKER_LOST` and is replaced. One that cannot be started makes the pool smaller by
 * one; a pool without workers runs every call on the calling thread.
 */
export class WorkerPool implements Executor {
  readonly copies = false
  readonly #start: () => WorkerPort
  readonly #backend: Backend
  readonly #turns = new Turns()
  readonly #spares = new Spares()
  readonly #members = new Set<Member>()
  readonly #queue: Job[] = []
  #threads: number
  #refusal: string | undefined
  #helping = false
  #closed = false

  /** @param backend computes on the calling thread what no worker does */
  constructor(start: () => WorkerPort, threads: number, backend: Backend) {
    this.#start = start
    this.#threads = threads
    this.#backend = backend
  }

  get threads(): number {
    return this.#threads
  }

  get refusal(): string | undefined {
    return this.#threads === 0 ? this.#refusal : undefined
  }

  memory(length: number): Uint8Array<ArrayBuffer> {
    return this.#spares.take(length)
  }

  async run(call: KernelCall, owned: boolean, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted()
    // A view is posted as its whole buffer, and posted memory is given away: each input gets a buffer of its own.
    const inputs = call.inputs.map(input => {
      if (owned && input.byteLength === input.buffer.byteLength) return input
      const copy = this.memory(input.length)
      copy.set(input)
      return copy
    })
    let onAbort = () => {}
    const done = new Promise<Uint8Array>((resolve, reject) => {
      const short = expectedSeconds(call, this.#backend.tier) <= SHORT_SECONDS
      const job = { call: { ...call, inputs }, short, signal, resolve, reject }
      onAbort = () => this.#abort(job, signal?.reason)
      this.#queue.push(job)
      this.#assign()
    })
    signal?.addEventListener('abort', onAbort)
    return done.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  close(): void {
    this.#closed = true
    this.#assign()
  }

  /** Hands waiting calls to idle workers and starts workers for the others, up to the pool's size. */
  #assign(): void {
    for (const member of this.#members) {
      if (!member.ready || member.jobs.length > 0) continue
      const job = this.#queue.shift()
      if (job) this.#post(member, job)
      else if (this.#closed) this.#dismiss(member)
    }
    const starting = [...this.#members].filter(({ ready }) => !ready).length
    for (let wanted = this.#queue.length - starting; wanted > 0; wanted--) {
      if (this.#members.size >= this.#threads) break
      this.#recruit()
    }
    for (const member of starting > 0 ? [] : this.#members) {
      const [next] = this.#queue
      if (next && this.#mayWait(next, member)) this.#post(member, this.#queue.shift() as Job)
    }
    if (this.#queue.length > 0) void this.#help()
  }

  /** Whether a call may wait at a worker: not behind long work, and not behind what another signal may end the worker for. */
  #mayWait(next: Job, { ready, jobs }: Member): boolean {
    const [first, second] = jobs
    return ready && !!first && !second && first.short && next.short && (!first.signal || first.signal === next.signal)
  }

  #post(member: Member, job: Job): void {
    try {
      const lent = [...new Set(job.call.inputs.map(input => input.buffer as ArrayBuffer))]
      member.port.post({ call: job.call, lent } satisfies Request, lent)
      member.port.hold(true)
      member.jobs.push(job)
    } catch (error) {
      // What cannot be posted is no call.
      job.reject(error)
      this.#assign()
    }
  }

  #recruit(): void {
    let port: WorkerPort
    try {
      port = this.#start()
    } catch (error) {
      this.#refuse(error)
      return
    }
    const member: Member = { port, ready: false, jobs: [] }
    this.#members.add(member)
    port.listen(
      message => {
        if (member.ready) this.#settle(member, message as Reply)
        member.ready = true
        port.hold(member.jobs.length > 0)
        this.#assign()
      },
      reason => this.#lose(member, reason),
    )
  }

  #settle(member: Member, { outcome, lent }: Reply): void {
    const job = member.jobs.shift()
    this.#spares.give(lent)
    try {
      job?.resolve(unpack(outcome))
    } catch (error) {
      job?.reject(error)
    }
  }

  #lose(member: Member, reason: unknown): void {
    // Some hosts say twice that a worker is gone.
    if (!this.#members.has(member)) return
    this.#dismiss(member)
    if (!member.ready) this.#refuse(reason)
    for (const job of member.jobs)
      job.reject(new ZgkitError('WORKER_LOST', `a worker was lost: ${text(reason)}`, {}, reason))
    this.#assign()
  }

  #refuse(reason: unknown): void {
    this.#threads = this.#members.size
    this.#refusal = `no worker could be started: ${text(reason)}`
  }

  #dismiss(member: Member): void {
    this.#members.delete(member)
    member.port.terminate()
  }

  #abort(job: Job, reason: unknown): void {
    job.reject(reason)
    const place = this.#queue.indexOf(job)
    if (place >= 0) this.#queue.splice(place, 1)
    const member = [...this.#members].find(({ jobs }) => jobs[0] === job)
    if (!member) return
    setTimeout(() => {
      if (member.jobs[0] !== job || !this.#members.has(member)) return
      this.#dismiss(member)
      this.#assign()
    }, ABORT_MS)
  }

  /** Works on the calling thread: on short calls while every worker is still starting, on all where there are none to come. */
  async #help(): Promise<void> {
    if (this.#helping) return
    this.#helping = true
    for (;;) {
      await this.#turns.offer()
      if ([...this.#members].some(({ ready }) => ready)) break
      const place = this.#queue.findIndex(({ short }) => short || this.#threads === 0)
      const [job] = place < 0 ? [] : this.#queue.splice(place, 1)
      if (!job) break
      try {
        job.resolve(this.#backend.call(job.call))
      } catch (error) {
        job.reject(error)
      }
    }
    this.#helping = false
  }
}

function text(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason)
}
