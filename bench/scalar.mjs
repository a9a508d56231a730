// @ts-check
/** The scalar reference: a Rust program of this folder that shares no code with zgkit. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT, TARGET } from '../scripts/lib/paths.mjs'
import { run } from '../scripts/lib/run.mjs'

const PROGRAM = join(TARGET, 'release', 'zgkit-bench-scalar')

export const SCALAR = 'scalar reference'

/** Builds it, optimised like the addon. */
export function buildScalar() {
  return run('cargo', ['build', '--release', '--locked', '-p', 'zgkit-bench-scalar'], { cwd: ROOT })
}

/**
 * @param {string} workload pora, seal or unseal
 * @param {number} seconds how long
 * @param {Uint8Array} header 128 bytes
 * @returns {Promise<{seconds: number[], check: string}>} the seconds of each operation; 32 bytes of its result in hex
 */
export async function runScalar(workload, seconds, header) {
  const args = [workload, String(seconds), Buffer.from(header).toString('hex')]
  const { stdout } = await promisify(execFile)(PROGRAM, args, { maxBuffer: 2 ** 28 })
  return JSON.parse(stdout)
}
