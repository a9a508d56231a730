import type { KernelCall } from '../kernels.js'

/** Where kernels run when they are not worth blocking the calling thread. */
export interface Executor {
  /** Threads besides the calling one; 0 if calls run there in turns. */
  readonly threads: number
  /** Whether it has copied the inputs when `run` returns its promise, so that their memory can be used again. */
  readonly copies: boolean
  /** Memory with any content for an input that is to be given away: of a whole buffer, used before if there is some. */
  memory(length: number): Uint8Array
  /** Why there are no threads although some were wanted. */
  readonly refusal?: string | undefined
  /**
   * Runs a kernel.
   * @param owned the inputs belong to this call and may be transferred
   * @param signal ends the call where that frees a thread soon: workers
   */
  run(call: KernelCall, owned: boolean, signal?: AbortSignal): Promise<Uint8Array>
  /** Ends its threads once the calls that it has are done. */
  close(): void
}
