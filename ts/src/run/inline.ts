import type { Backend } from '../backend/backend.js'
import type { Executor } from './executor.js'
import { Turns } from './turns.js'

/**
 * Runs calls on the calling thread and lets the event loop have its turns in between.
 * @param refusal why there are no threads, if some were wanted
 */
export function inlineExecutor(backend: Backend, refusal?: string): Executor {
  const turns = new Turns()
  return {
    threads: 0,
    copies: false,
    memory: length => new Uint8Array(length),
    refusal,
    async run(call) {
      await turns.offer()
      return backend.call(call)
    },
    close() {},
  }
}
