// @ts-check
/** How fast the processor is now, by programs only: so that seconds can be read as cycles. */
import { runProgram } from './program.mjs'
import { minimum } from './stats.mjs'
import { SCALAR } from './subjects.mjs'

/** @type {import('./workloads.mjs').Kind} */
export const calibration = { input: () => new Uint8Array(0), unchecked: true }

/** Cycles of one run of the program's clock. */
const CYCLES = 131_072

/** The frequency in GHz, from the fastest of many short runs. */
export async function gigahertz() {
  const work = { task: 'cycle', messages: CYCLES }
  const { seconds } = await runProgram(SCALAR, work, new Uint8Array(0), 0.2)
  return (1e-9 * CYCLES) / minimum(seconds)
}
