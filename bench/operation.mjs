// @ts-check
/** A subject's operation on the bytes, ready to run. */
import { poraOperation } from './pora.mjs'
import { KECCAK, sdkFileRoot } from './rivals/load.mjs'
import { SDK } from './subjects.mjs'
import { fileRootOver } from './tree.mjs'

/** Workloads whose operations stand in pora.mjs. */
export const IN_PORA = new Set(['pora', 'seal', 'verify-answer'])

/**
 * @typedef {object} Ready
 * @property {() => Uint8Array | Promise<Uint8Array>} operation digests or root
 * @property {string} isa
 * @property {number} threads that compute
 * @property {(ms: number) => Promise<number[]>} [timed] times itself for so long: seconds of each operation
 *
 * @typedef {Pick<import('./subjects.mjs').Workload, 'name' | 'kind' | 'messages'>} Work
 */

/**
 * @param {Work} work
 * @param {import('./subjects.mjs').Subject} subject
 * @param {Uint8Array} bytes
 * @returns {Promise<Ready>}
 */
export async function operationOf(work, subject, bytes) {
  if (IN_PORA.has(work.kind)) return poraOperation(work, subject)
  if (subject.ours) return ours(work, subject, bytes)
  const rival = { isa: '', threads: 1 }
  if (subject.name === SDK) {
    const root = await sdkFileRoot(subject.form ?? 'MemData')
    return { ...rival, operation: () => root(bytes) }
  }
  const hash = await KECCAK[subject.name]?.()
  if (!hash) throw new Error(`no such subject: ${subject.name}`)
  if (work.kind === 'file-root') return { ...rival, operation: () => fileRootOver(bytes, hash) }
  return { ...rival, operation: work.messages === 1 ? () => hash(bytes) : eachMessage(bytes, work.messages, hash) }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} messages
 * @param {import('./tree.mjs').Hash} hash
 */
function eachMessage(bytes, messages, hash) {
  const length = bytes.length / messages
  // Made once: a view costs more than some hashes need to notice.
  const views = Array.from({ length: messages }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
  return () => {
    const digests = new Uint8Array(32 * messages)
    let at = 0
    for (const view of views) {
      digests.set(hash(view), at)
      at += 32
    }
    return digests
  }
}

/**
 * @param {Work} work
 * @param {import('./subjects.mjs').Subject} subject
 * @param {Uint8Array} bytes
 * @returns {Promise<Ready>}
 */
async function ours(work, { tier, everyThread = false }, bytes) {
  const { fileRoot, fileRootSync, init } = await import('../ts/dist/index.js')
  // Synchronous calls need no threads besides their own.
  const info = await init(everyThread ? { tier } : { tier, threads: 0 })
  if (info.tier !== tier) throw new Error(`asked for the tier ${tier}, got ${info.tier}`)
  const { isa } = info
  if (work.kind === 'file-root') {
    if (everyThread) return { isa, threads: info.threads, operation: () => fileRoot(bytes) }
    return { isa, threads: 1, operation: () => fileRootSync(bytes) }
  }
  const { syncEngine } = await import('../ts/dist/backend/choose.js')
  const { backend } = syncEngine()
  const call = { kernel: /** @type {const} */ ('keccak256'), inputs: [bytes], params: [bytes.length / work.messages] }
  return { isa, threads: 1, operation: () => backend.call(call) }
}
