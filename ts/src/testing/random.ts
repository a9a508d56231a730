/** Numbers that follow from a seed, the same on every host. Fit for tests only. */
export class Random {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #count = 1

  /** @param seed an integer from 0 to 2^53 - 1 */
  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 2 ** 32) | 0
    // Seeds that are alike shall not begin alike.
    for (let i = 0; i < 12; i++) this.next()
  }

  /** The next 32 bits: the generator sfc32 of PractRand. */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0
    this.#count = (this.#count + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** An integer from 0 to `end - 1`. */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end)
  }

  /** An integer from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1)
  }

  chance(probability: number): boolean {
    return this.next() / 2 ** 32 < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  /** Bytes from 1 to 255: none is zero, so that what was zeroed shows. */
  bytes(length: number): Uint8Array {
    return new Uint8Array(length).map(() => 1 + (this.next() % 255))
  }
}
