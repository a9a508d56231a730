// @ts-check
/** The verification of one mined answer, of the golden vectors. */
import { readFileSync } from 'node:fs'

const VECTORS = new URL('../testdata/storage/pora_gold.json', import.meta.url)

/** @type {import('./workloads.mjs').Kind} */
export const answers = {
  input: () => new Uint8Array(0),
  expected: () => Uint8Array.of(1),

  ours(_, __, { zgkit: { readCase, verifyAnswerSync } }) {
    const { answer, task } = readCase(JSON.parse(readFileSync(VECTORS, 'utf8')).cases[0])
    return () => Uint8Array.of(Number(verifyAnswerSync(answer, task).ok))
  },
}
