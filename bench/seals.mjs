// @ts-check
/** Sealing and unsealing of one load. The scalar reference has the same input. */
import { patternBytes } from './data.mjs'

/** First sector of the load; the scalar reference has it too. */
const START_SECTOR = 1024
/** Miner id and context digest. */
const KEY = 64

/** @type {import('./workloads.mjs').Kind} */
export const seals = {
  input({ bytes }) {
    const input = new Uint8Array(KEY + bytes)
    input.set(new Uint8Array(KEY).map((_, i) => i))
    input.set(patternBytes(bytes), KEY)
    return input
  },

  ours({ task }, input, { backend }) {
    const [miner, context, load] = [input.slice(0, 32), input.slice(32, KEY), input.slice(KEY)]
    const kernel = task === 'seal' ? 'seal' : 'unseal'
    return () => backend.call({ kernel, inputs: [load, miner, context], params: [START_SECTOR] })
  },
}
