// @ts-check
/** A subject in a page of its own: the browser's side of bench/page.mjs. */
import { keccak_256 } from '@noble/hashes/sha3.js'
import * as zgkit from '../../ts/dist/index.js'
import * as verify from '../../ts/dist/verify/index.js'
import { readProof, rootOverProof, verifying } from '../proofs.mjs'
import { fileRootOver } from '../tree.mjs'

/** Short calls are timed in bursts of about this long: a browser's clock is coarse. */
const BURST_MS = 20

/** Keccak-256 of a message. @type {Record<string, () => Promise<import('../tree.mjs').Hash>>} */
const HASHES = {
  '@noble/hashes': async () => keccak_256,
  async 'hash-wasm'() {
    const { createKeccak } = await import('../rivals/node_modules/hash-wasm/dist/index.esm.js')
    const hasher = await createKeccak(256)
    return message => hasher.init().update(message).digest('binary')
  },
}

/** @type {Record<string, (bytes: Uint8Array, who: import('../subjects.mjs').Subject) => () => unknown>} */
const OURS = {
  roots: bytes => () => zgkit.fileRoot(bytes),
  proofs(bytes, { name, tier }) {
    if (name === 'zgkit') return verifying(bytes, zgkit.verifySectorSync)
    verify.useVerifier(/** @type {'wasm' | 'js'} */ (tier))
    return verifying(bytes, verify.verifySector)
  },
}

/** @type {Record<string, (bytes: Uint8Array, hash: import('../tree.mjs').Hash) => () => unknown>} */
const RIVALS = {
  roots: (bytes, hash) => () => fileRootOver(bytes, hash),
  proofs(bytes, hash) {
    const proof = readProof(bytes)
    return () => rootOverProof(proof, hash)
  },
}

/** @type {() => unknown} */
let operation
/** Calls in a burst; 0: they give promises and are timed each. */
let burst = 0

const subject = {
  /**
   * @param {string} kind
   * @param {import('../subjects.mjs').Subject} who
   */
  async prepare(kind, who) {
    const { ours, name, tier, workers = 0 } = who
    const bytes = new Uint8Array(await (await fetch('/input')).arrayBuffer())
    const info = ours ? await zgkit.init({ tier, threads: workers }) : undefined
    const hash = await HASHES[name]?.()
    const made = ours ? OURS[kind]?.(bytes, who) : hash && RIVALS[kind]?.(bytes, hash)
    if (!made) throw new Error('there is no such operation')
    operation = made
    const pending = operation()
    if (!(pending instanceof Promise)) burst = 1
    return { result: [.../** @type {Uint8Array} */ (await pending)], isa: info?.isa ?? '' }
  },
  /** Runs until all of it is compiled and workers have started. @param {number} ms */
  async warm(ms) {
    const started = performance.now()
    let calls = 0
    do {
      await operation()
      calls += 1
    } while (performance.now() - started < ms)
    if (burst > 0) burst = Math.max(1, Math.round((BURST_MS * calls) / (performance.now() - started)))
    const { threads, threadsRefused } = zgkit.backend()
    if (threadsRefused) throw new Error(threadsRefused)
    return threads
  },
  /** @param {number} ms */
  async round(ms) {
    const seconds = []
    const started = performance.now()
    do {
      const begun = performance.now()
      if (burst === 0) await operation()
      for (let i = 0; i < burst; i += 1) operation()
      seconds.push((performance.now() - begun) / 1000 / Math.max(burst, 1))
    } while (performance.now() - started < ms)
    return { seconds }
  },
}
Object.assign(globalThis, { subject })
document.title = 'ready'
