import { keccak256 } from '../backend/js/hash.js'
import { verifyInclusion } from '../backend/js/merkle.js'
import { poraSteps, STEPS_BYTES } from '../backend/js/pora.js'
import { VERDICT_BYTES } from '../backend/verdict.js'
import { HASH_BYTES } from '../limits.js'
import { flowRootOf } from '../pora/checks.js'
import { sectorRoot } from '../rules/flow.js'
import type { Hasher } from './hasher.js'

/** The js tier's kernels. */
export const jsHasher: Hasher = {
  tier: 'js',
  sectorRoot,
  inclusion({ inputs, params }) {
    const record = new Uint8Array(VERDICT_BYTES)
    verifyInclusion(inputs, params, record)
    return record
  },
  steps({ inputs, params }) {
    const values = new Uint8Array(STEPS_BYTES)
    poraSteps(inputs, params, values)
    return values
  },
  answerRoot: answer =>
    flowRootOf(answer, (messages, length) => {
      const hashes = new Uint8Array((messages.length / length) * HASH_BYTES)
      keccak256(messages, length, hashes)
      return hashes
    }),
}
