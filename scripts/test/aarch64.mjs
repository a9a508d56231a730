// @ts-check
/** The tests of the crates that have code of their own for 64-bit Arm, under an emulator. */
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
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
export async function testAarch64({ cargo, env, emulator }, note) {
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
  const build = ['test', ...target, ...packages, '--tests', '--no-run', '--message-format=json']
  const programs = testPrograms((await run(cargo, build, options)).stdout)
  if (programs.length < CRATES.length) throw new Error(`cargo named ${programs.length} programs with tests`)
  let passed = 0
  const runProgramsInTurn = async () => {
    for (let next = programs.pop(); next; next = programs.pop()) {
      const running = run(emulator, [next.file], { cwd: next.folder, env: options.env })
      const { output } = await running.catch(error => {
        programs.length = 0
        throw error
      })
      passed += passedTests(output)
    }
  }
  // Cargo would run one after the other, and most of them have one thread at work.
  await Promise.all(Array.from({ length: availableParallelism() }, runProgramsInTurn))
  const program = ['-p', 'zgkit-bench-instructions', '--', 'keccak256_many 1024 x 64', BEST_ISA, '1']
  await run(cargo, ['run', ...target, ...program], options)
  note(`${passed} passed under the emulator, instruction sets up to ${BEST_ISA}`)
  return passed
}

/**
 * The programs with tests that cargo built, and the folders that it would run them in.
 * @param {string} messages
 */
function testPrograms(messages) {
  const built = messages
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
  return built
    .filter(({ profile, executable }) => profile?.test && executable)
    .map(({ executable, manifest_path }) => ({ file: String(executable), folder: dirname(manifest_path) }))
}
