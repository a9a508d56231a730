/** Milliseconds after which the event loop gets a turn. */
const TURN_MS = 10

/** Lets the event loop have its turns during long work on the calling thread. */
export class Turns {
  #started = performance.now()

  /** To be awaited between short pieces of work: gives the event loop a turn if its last one is too long ago. */
  async offer(): Promise<void> {
    if (performance.now() - this.#started < TURN_MS) return
    await macrotask()
    this.#started = performance.now()
  }
}

/** After input, timers and messages that wait already; without the delay that nested timers get in browsers. */
export function macrotask(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise(resolve => void setImmediate(resolve))
  return new Promise(resolve => {
    // Some edge runtimes have none.
    if (typeof MessageChannel === 'undefined') {
      setTimeout(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
