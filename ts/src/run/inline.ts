import type { Backend } from '../backend/backend.js'
import type { Executor } from './executor.js'

/** Milliseconds after which the event loop gets a turn. */
const TURN_MS = 10

/** Runs calls on the calling thread and lets the event loop have its turns in between. */
export function inlineExecutor(backend: Backend): Executor {
  let turnStarted = performance.now()
  return {
    threads: 0,
    async run(call) {
      if (performance.now() - turnStarted >= TURN_MS) {
        await macrotask()
        turnStarted = performance.now()
      }
      return backend.call(call)
    },
    close() {},
  }
}

/** After input, timers and messages that wait already; without the delay that nested timers get in browsers. */
function macrotask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
