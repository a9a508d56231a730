// @ts-check
/**
 * The fuzz targets of fuzz/, each for a while, with what earlier runs found worth keeping. The compiler's own coverage counters are
 * asked for by flags that every release of it has, so no nightly toolchain is needed.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'
import { buildEnv, rustcVersion } from '../toolchain/rust.mjs'

const FOLDER = join(TARGET, 'fuzz')
/** Seconds for each target. */
const SECONDS = Number(process.env.ZGKIT_FUZZ_SECONDS ?? 60)
/** A run that takes longer than this many seconds, or more than this many MiB, is a finding. */
const LIMITS = ['-timeout=20', '-rss_limit_mb=1024', '-malloc_limit_mb=512']

/** What cargo-fuzz passes too, but for the sanitizers. */
const RUSTFLAGS = [
  '--cfg fuzzing',
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '-Ccodegen-units=1',
  '-Cdebug-assertions',
].join(' ')

/**
 * @param {import('../lib/steps.mjs').Note} note
 * @returns {Promise<number>} targets that found nothing
 */
export async function testFuzz(note) {
  const manifest = join(ROOT, 'fuzz', 'Cargo.toml')
  const { stdout } = await run('rustc', ['-vV'])
  // With a target named, build scripts are left as they are.
  const host = /^host: (.+)$/m.exec(stdout)?.[1] ?? ''
  const args = ['build', '--release', '--locked', '--manifest-path', manifest, '--target', host]
  await run('cargo', args, { cwd: ROOT, env: buildEnv({ RUSTFLAGS, CARGO_TARGET_DIR: FOLDER }) })
  const targets = [...readFileSync(manifest, 'utf8').matchAll(/^name = "(\w+_\w+)"$/gm)].map(match => match[1] ?? '')
  for (const target of targets) {
    const corpus = join(FOLDER, 'corpus', target)
    mkdirSync(corpus, { recursive: true })
    const options = [`-max_total_time=${SECONDS}`, ...LIMITS, `-artifact_prefix=${FOLDER}/${target}-`, corpus]
    const { output } = await run(join(FOLDER, host, 'release', target), options, { cwd: FOLDER })
    const [, runs, seconds] = /Done (\d+) runs in (\d+) second/.exec(output) ?? []
    if (!(Number(runs) > 0)) throw new Error(`${target} did not run:\n${output.slice(-1000)}`)
    note(`${target}: ${Number(runs).toLocaleString('en')} runs in ${seconds} s`)
  }
  return targets.length
}

await runIfMain(import.meta.url, async () => {
  await new Steps(1).run(`fuzzing, ${SECONDS} s each, ${(await rustcVersion('rustc')).id}`, testFuzz)
})
