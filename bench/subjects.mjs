// @ts-check
/** What is compared with what. Plain data: each subject runs in a process of its own. */
import { rivalVersion } from './rivals/load.mjs'
import { SCALAR } from './scalar.mjs'

export const TIERS = /** @type {const} */ (['native', 'wasm-simd', 'wasm', 'js'])
export const SDK = '@0gfoundation/0g-ts-sdk'
const LOAD = 262_144
/** Nonces in one batch. */
const NONCES = 16
const HASHERS = ['@noble/hashes', 'hash-wasm', 'js-sha3']

/**
 * @typedef {object} Subject
 * @property {boolean} ours
 * @property {string} name of the package
 * @property {string} [form] which of the package's forms
 * @property {typeof TIERS[number]} [tier]
 * @property {boolean} [everyThread] else one thread
 *
 * @typedef {object} Workload
 * @property {string} name
 * @property {'file-root' | 'keccak256' | 'pora' | 'seal' | 'verify-answer'} kind
 * @property {number} bytes worked on by one operation
 * @property {number} messages that these bytes are
 * @property {'MB/s' | 'ops/s'} speed
 * @property {string} about
 * @property {readonly Subject[]} subjects
 * @property {number} rounds
 * @property {number} roundMs how long a subject's turn is in each round, at least one operation
 */

/** @param {Subject} subject */
export function labelOf({ name, form }) {
  return form ? `${name} ${form}` : name
}

/**
 * @param {object} options
 * @param {number} options.bytes
 * @param {number} options.largeBytes 0: leave that table out
 * @param {boolean} options.quick
 * @returns {Workload[]}
 */
export function workloads({ bytes, largeBytes, quick }) {
  const oneThread = TIERS.map(tier => ({ ours: true, name: 'zgkit', tier }))
  const everyThread = TIERS.map(tier => ({ ours: true, name: 'zgkit', tier, everyThread: true }))
  const hashers = HASHERS.map(name => ({ ours: false, name }))
  const sdk = ['MemData', 'Blob'].map(form => ({ ours: false, name: SDK, form }))
  const mib = (/** @type {number} */ size) => `${(size / 2 ** 20).toFixed(2)} MiB (${size.toLocaleString('en')} bytes)`
  const rounds = quick ? 2 : 6
  const roundMs = quick ? 300 : 1500

  /** @type {Workload[]} */
  const all = [
    {
      name: 'file-root',
      kind: 'file-root',
      bytes,
      messages: 1,
      speed: 'MB/s',
      about: `0G file root of the same ${mib(bytes)} in memory`,
      subjects: [...oneThread, ...everyThread, ...hashers, ...sdk],
      rounds,
      roundMs,
    },
  ]
  if (largeBytes > 0) {
    all.push({
      name: 'file-root-large',
      kind: 'file-root',
      bytes: largeBytes,
      messages: 1,
      speed: 'MB/s',
      about: `0G file root of the same ${mib(largeBytes)} in memory, our tiers only`,
      subjects: [...oneThread, ...everyThread],
      rounds: 3,
      roundMs,
    })
  }
  for (const messages of [1024, 1]) {
    all.push({
      name: messages === 1 ? 'keccak256' : 'keccak256-batch',
      kind: 'keccak256',
      bytes: 256 * messages,
      messages,
      speed: 'ops/s',
      about:
        messages === 1
          ? 'Keccak-256 of one 256-byte message a call; ours is the internal kernel call'
          : `Keccak-256 of ${messages} messages of 256 bytes, figures a message; ours takes them in one internal kernel call, libraries one at a time`,
      subjects: [...oneThread, ...hashers],
      rounds: quick ? 2 : 5,
      roundMs: quick ? 200 : 400,
    })
  }
  const scalar = { ours: false, name: SCALAR }
  const compiled = oneThread.filter(({ tier }) => tier !== 'js')
  const time = { rounds: quick ? 2 : 5, roundMs: quick ? 300 : 1000 }
  all.push({
    name: 'pora',
    kind: 'pora',
    bytes: NONCES * LOAD,
    messages: NONCES,
    speed: 'ops/s',
    about: `nonces mined a second over loads in memory, 64 seals each; ours in batches of ${NONCES}`,
    subjects: [...compiled, scalar],
    ...time,
  })
  for (const name of ['seal', 'unseal']) {
    all.push({
      name,
      kind: 'seal',
      bytes: LOAD,
      messages: 1,
      speed: 'MB/s',
      about: `${name} of one load, 256 KiB`,
      subjects: [...(name === 'seal' ? compiled : oneThread), scalar],
      ...time,
    })
  }
  all.push({
    name: 'verify-answer',
    kind: 'verify-answer',
    bytes: 4096,
    messages: 1,
    speed: 'ops/s',
    about: 'one mined answer verified, verifyAnswerSync',
    subjects: oneThread,
    ...time,
  })
  return all
}

/** @param {string} name */
export function versionOrNull(name) {
  try {
    return rivalVersion(name)
  } catch {
    return null
  }
}
