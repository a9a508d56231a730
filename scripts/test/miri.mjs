// @ts-check
/** A few tests of plain Rust paths under Miri, which finds undefined behaviour, where a nightly toolchain has it. */
import { join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { CommandError, run } from '../lib/run.mjs'
import { buildEnv } from '../toolchain/rust.mjs'
import { passedTests } from './passed.mjs'

/** Arguments of `cargo test`. Interpreted code is a thousand times slower, so random cases are left out. */
const RUNS = [
  ['-p', 'zgkit-core', '--lib', '--', '--skip', 'equals_big_integers'],
  ['-p', 'zgkit-hash', '--test', 'oracles', '--', 'known_answers', 'lengths_that_do_not_fit_are_refused'],
  ['-p', 'zgkit-erasure', '--test', 'hostile', '--', 'the_unchecked_codec', 'kernels', 'frames'],
]

/**
 * @param {import('../lib/steps.mjs').Note} note
 * @returns {Promise<number>}
 */
export async function testMiri(note) {
  try {
    await run('cargo', ['+nightly', 'miri', '--version'], { cwd: ROOT })
  } catch (error) {
    const reason = error instanceof CommandError ? /error: .*/.exec(error.output)?.[0] || error.reason : String(error)
    note(`left out: cargo +nightly miri: ${reason}`)
    return 0
  }
  let passed = 0
  for (const args of RUNS) {
    const { output } = await run('cargo', ['+nightly', 'miri', 'test', '--locked', ...args], {
      cwd: ROOT,
      env: buildEnv({
        CARGO_TARGET_DIR: join(TARGET, 'miri'),
        // A test reads the list of codes of the TypeScript side.
        MIRIFLAGS: '-Zmiri-disable-isolation',
      }),
    })
    passed += passedTests(output)
  }
  return passed
}
