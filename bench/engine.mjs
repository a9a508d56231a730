// @ts-check
/** zgkit as a subject wants it: built here, one tier, one instruction set. */

/**
 * @typedef {object} OurEngine
 * @property {typeof import('../ts/dist/index.js')} zgkit
 * @property {import('../ts/dist/backend/backend.js').Backend} backend kernels, on the calling thread
 * @property {string} isa
 * @property {number} threads that compute
 * @property {boolean} everyThread
 */

/**
 * @param {import('./subjects.mjs').Subject} subject
 * @returns {Promise<OurEngine>}
 */
export async function engineOf({ tier, isa, everyThread = false }) {
  const zgkit = await import('../ts/dist/index.js')
  // Synchronous calls need no threads besides their own.
  const info = await zgkit.init({ tier, isa, ...(!everyThread && { threads: 0 }) })
  if (info.tier !== tier || (isa !== undefined && info.isa !== isa)) {
    throw new Error(`asked for ${tier} ${isa ?? ''}, got ${info.tier} ${info.isa}`)
  }
  const { backend } = (await import('../ts/dist/backend/choose.js')).syncEngine()
  return { zgkit, backend, isa: info.isa, threads: everyThread ? info.threads : 1, everyThread }
}
