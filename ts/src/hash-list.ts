import { HASH_BYTES } from './limits.js'

/** Hashes one after the other in memory that grows by doubling: a file of 1 TiB has four million segments. */
export class HashList {
  length = 0
  #bytes = new Uint8Array(64 * HASH_BYTES)

  push(hash: Uint8Array): void {
    const end = (this.length + 1) * HASH_BYTES
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    this.#bytes.set(hash, end - HASH_BYTES)
    this.length++
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.length * HASH_BYTES)
  }
}
