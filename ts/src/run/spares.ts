/** Smaller buffers are not worth keeping. */
const MIN_BYTES = 65_536
/** Most bytes that are kept. */
const MAX_BYTES = 16_777_216

/**
 * Buffers that have been used and wait for the next use. Memory that was never touched costs several times what filling it costs:
 * the system hands it out page by page.
 */
export class Spares {
  /** Oldest first. */
  readonly #buffers: ArrayBuffer[] = []

  /** A whole buffer's view with any content. */
  take(length: number): Uint8Array<ArrayBuffer> {
    const place = this.#buffers.findIndex(({ byteLength }) => byteLength === length)
    const [buffer] = place < 0 ? [] : this.#buffers.splice(place, 1)
    return new Uint8Array(buffer ?? new ArrayBuffer(length))
  }

  /** Keeps buffers; of too many the newest. */
  give(buffers: readonly ArrayBuffer[]): void {
    this.#buffers.push(...buffers.filter(({ byteLength }) => byteLength >= MIN_BYTES))
    let bytes = this.#buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)
    while (bytes > MAX_BYTES) bytes -= this.#buffers.shift()?.byteLength ?? 0
  }
}
