// @ts-check
/** The tests of the crates that have code of their own for 64-bit Arm, under an emulator. */
import { join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { AARCH64_TARGET, buildEnv } from '../toolchain/rust.mjs'
import { passedTests } from './passed.mjs'

/** Crates with lanes, or with results that depend on lanes. */
const CRATES = ['zgkit-core', 'zgkit-hash', 'zgkit-merkle', 'zgkit-pora', 'zgkit-erasure']
/** What draws random cases: a quarter of the first build if optimised, and there are few cases. */
const UNOPTIMISED = ['proptest', 'regex-syntax']
/** Must be there, or the tests would pass without having run them. */
const BEST_ISA = 'neon-sha3'

/**
 * @param {import('../toolchain/aarch64.mjs').Aarch64} toolchain
 * @param {import('../lib/steps.mjs').Note} note
 * @returns {Promise<number>}
 */
export async function testAarch64({ cargo, env }, note) {
  const options = {
    cwd: ROOT,
    env: buildEnv({
      ...env,
      // Another compiler than the host's, or other flags.
      CARGO_TARGET_DIR: join(TARGET, 'aarch64'),
      // Both help who works on the code, and the first build is quicker without.
      CARGO_INCREMENTAL: '0',
      CARGO_PROFILE_DEV_DEBUG: '0',
      // Every case costs many times what it costs elsewhere, where there are more of them.
      PROPTEST_CASES: '4',
    }),
  }
  const packages = CRATES.flatMap(crate => ['-p', crate])
  const profile = UNOPTIMISED.flatMap(crate => ['--config', `profile.dev.package.${crate}.opt-level=0`])
  const target = ['--locked', ...profile, '--target', AARCH64_TARGET]
  const { output } = await run(cargo, ['test', ...target, ...packages, '--tests'], options)
  const passed = passedTests(output)
  const program = ['-p', 'zgkit-bench-instructions', '--', 'keccak256_many 1024 x 64', BEST_ISA, '1']
  await run(cargo, ['run', ...target, ...program], options)
  note(`${passed} passed under the emulator, instruction sets up to ${BEST_ISA}`)
  return passed
}
