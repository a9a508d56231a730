/** Room for so many at once; the others wait, first come first served. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = count
  }

  /** Waits for a slot; gives what leaves it, to be called once. Rejects with the signal's reason if that is aborted first. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#free > 0) this.#free--
    else {
      await new Promise<void>((resolve, reject) => {
        const onAbort = () => {
          this.#waiting.delete(admit)
          reject(signal.reason)
        }
        const admit = () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        }
        this.#waiting.add(admit)
        signal.addEventListener('abort', onAbort, { once: true })
      })
    }
    return () => this.#leave()
  }

  #leave(): void {
    const [next] = this.#waiting
    if (!next) this.#free++
    else {
      this.#waiting.delete(next)
      next()
    }
  }
}
