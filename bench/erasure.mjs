// @ts-check
/** Parity of data shards that lie one after the other in memory. */
import { patternBytes } from './data.mjs'
import { ERASURE_CODES } from './rivals/load.mjs'
import { shapeOf } from './shape.mjs'
import { labelOf } from './subjects.mjs'

/** The form of ours that writes into memory of the caller's; the other gives fresh memory. */
export const INTO = "into the caller's buffer"
/** The form of ours that also hashes all chunks; the program of bench/rivals/native calls it the same. */
export const HASHED = 'with commitment hashes'

/** Number of the code that the others have too. */
const CODE = 1
/** Why a result cannot be compared. */
export const OTHER_MATRIX = 'another matrix: checked by decoding what it encoded'

/** Bytes of the chunks whose hashes go into a commitment; shorter shards are one chunk. */
const CHUNK = 65_536

/** @type {import('./workloads.mjs').Kind} */
export const erasure = {
  input: ({ bytes }) => patternBytes(bytes),

  referenceTask({ task = '' }, { form, remark }) {
    if (remark === OTHER_MATRIX) return undefined
    return form === HASHED ? task.replace('encode', 'encode-hashed') : task
  },

  async ours(work, input, { backend }, { form }) {
    const { data, parity, length } = shapeOf(work)
    const all = new Uint8Array(data + parity).map((_, i) => i)
    const [present, wanted, noMatrix] = [all.subarray(0, data), all.subarray(data), new Uint8Array(0)]
    if (form === INTO) {
      const { default: addon } = await import('@zgkit/node')
      const out = new Uint8Array(parity * length)
      return () => {
        const code = addon.erasureSolveSync(input, present, wanted, noMatrix, CODE, data, parity, length, out)
        if (code !== 0) throw new Error(`code ${code}`)
        return out
      }
    }
    const inputs = [input, present, wanted, noMatrix]
    const encode = () => backend.call({ kernel: 'erasureSolve', inputs, params: [CODE, data, parity, length] })
    if (form !== HASHED) return encode
    const chunk = [Math.min(CHUNK, length)]
    const leaves = (/** @type {Uint8Array} */ chunks) =>
      backend.call({ kernel: 'erasureChunkHashes', inputs: [chunks], params: chunk })
    return () => {
      const made = encode()
      return [made, leaves(input), leaves(made)]
    }
  },

  async rival(work, input, subject) {
    const code = ERASURE_CODES[labelOf(subject)]
    if (!code) throw new Error('no such erasure code')
    return code(input, shapeOf(work))
  },
}
