import { keccak256 } from '../backend/js/hash.js'
import { segmentRoots, verifyInclusion } from '../backend/js/merkle.js'
import { poraSteps, STEPS_BYTES } from '../backend/js/pora.js'
import { VERDICT_BYTES } from '../backend/verdict.js'
import { HASH_BYTES, SECTOR_BYTES } from '../limits.js'
import { flowRootOf } from '../pora/checks.js'
import { climb } from '../rules/climb.js'
import { sectorRoot } from '../rules/flow.js'
import type { Hasher } from './hasher.js'

/** The js tier's kernels and the rules. */
export const jsHasher: Hasher = {
  sectorRoot,
  inclusion: ({ inputs, params }) => filled(VERDICT_BYTES, out => verifyInclusion(inputs, params, out)),
  sectorHashes: sectors => hashEach(sectors, SECTOR_BYTES),
  segmentRoot: (content, leaves) => filled(HASH_BYTES, out => segmentRoots(content, leaves, out)),
  multiRoot: (shape, leaves, indices, hashes, siblings) =>
    climb(shape, leaves, indices, hashes, siblings, pairs => hashEach(pairs, 2 * HASH_BYTES)),
  steps: ({ inputs, params }) => filled(STEPS_BYTES, out => poraSteps(inputs, params, out)),
  answerRoot: answer => flowRootOf(answer, hashEach),
}

function hashEach(messages: Uint8Array, length: number): Uint8Array {
  return filled((messages.length / length) * HASH_BYTES, out => keccak256(messages, length, out))
}

function filled(bytes: number, fill: (out: Uint8Array) => void): Uint8Array {
  const out = new Uint8Array(bytes)
  fill(out)
  return out
}
