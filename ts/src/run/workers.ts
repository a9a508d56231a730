import type { WorkerPort } from '../backend/host.js'
import { ZgkitError } from '../errors.js'
import type { KernelCall } from '../kernels.js'
import type { Executor } from './executor.js'
import { type Reply, unpack } from './messages.js'

interface Job {
  readonly call: KernelCall
  readonly resolve: (result: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

interface Member {
  readonly port: WorkerPort
  job: Job | undefined
}

/**
 * A pool of workers, each with its own instance, one call at a time each.
 *
 * Workers are started when there is work for them. One that dies rejects its call with `WORKER_LOST` and is replaced.
 */
export class WorkerPool implements Executor {
  readonly threads: number
  readonly copies = false
  readonly #start: () => WorkerPort
  readonly #members = new Set<Member>()
  readonly #queue: Job[] = []
  #closed = false

  constructor(start: () => WorkerPort, threads: number) {
    this.#start = start
    this.threads = threads
  }

  run(call: KernelCall, owned: boolean): Promise<Uint8Array> {
    // A view is posted as its whole buffer, and posted memory is given away: each input gets a buffer of its own.
    const inputs = call.inputs.map(input =>
      owned && input.byteLength === input.buffer.byteLength ? input : input.slice(),
    )
    return new Promise((resolve, reject) => {
      this.#queue.push({ call: { ...call, inputs }, resolve, reject })
      this.#assign()
    })
  }

  close(): void {
    this.#closed = true
    for (const member of this.#members) if (!member.job) this.#dismiss(member)
  }

  /** Hands waiting calls to idle workers, starting workers up to the pool's size. */
  #assign(): void {
    for (let job = this.#queue[0]; job; job = this.#queue[0]) {
      let member: Member | undefined
      try {
        member = [...this.#members].find(member => !member.job) ?? this.#recruit()
        if (!member) return
        this.#queue.shift()
        const buffers = new Set(job.call.inputs.map(input => input.buffer as ArrayBuffer))
        member.port.post(job.call, [...buffers])
        member.port.hold(true)
        member.job = job
      } catch (error) {
        // No worker could be started, or the call could not be posted.
        if (!member) this.#queue.shift()
        job.reject(error)
      }
    }
  }

  #recruit(): Member | undefined {
    if (this.#members.size >= this.threads) return undefined
    const member: Member = { port: this.#start(), job: undefined }
    member.port.listen(
      message => {
        const { job } = member
        member.job = undefined
        member.port.hold(false)
        try {
          job?.resolve(unpack(message as Reply))
        } catch (error) {
          job?.reject(error)
        }
        this.#assign()
        if (this.#closed && !member.job) this.#dismiss(member)
      },
      reason => {
        this.#members.delete(member)
        member.job?.reject(new ZgkitError('WORKER_LOST', `a worker was lost: ${String(reason)}`, {}, reason))
        member.job = undefined
        this.#assign()
      },
    )
    this.#members.add(member)
    return member
  }

  #dismiss(member: Member): void {
    this.#members.delete(member)
    member.port.terminate()
  }
}
