import { equalBytes, type HashLike, toHash } from '../bytes.js'

/** How many flow roots the flow contract keeps. */
export const ROOT_WINDOW = 1000

/** The last {@link ROOT_WINDOW} hashes that were put in, by their number from 0 on: the flow contract's history of roots. */
export class DigestHistory {
  #length = 0
  readonly #ring: Uint8Array[] = []

  /** How many were put in so far. */
  get length(): number {
    return this.#length
  }

  /** Puts a hash in and returns its number. */
  insert(digest: HashLike): number {
    this.#ring[this.#length % ROOT_WINDOW] = toHash(digest, 'digest')
    return this.#length++
  }

  /** Hash number `index`, `undefined` if it is gone or not there yet. */
  at(index: number): Uint8Array | undefined {
    const kept = Number.isSafeInteger(index) && index < this.#length && index >= this.#length - this.#ring.length
    return kept ? this.#ring[index % ROOT_WINDOW]?.slice() : undefined
  }

  /** Whether a hash is among those that are kept. */
  contains(digest: HashLike): boolean {
    const sought = toHash(digest, 'digest')
    return this.#ring.some(kept => equalBytes(kept, sought))
  }
}
