// @ts-check
/** `npm test`: every check of the repository. What fails soonest comes first; after a failure no other check is begun. */
import { readFileSync, rmSync } from 'node:fs'
import { runExamples } from './check/examples.mjs'
import { checkSizes } from './check/size.mjs'
import { runHosts } from './hosts.mjs'
import { runNpmBin } from './lib/npm-bin.mjs'
import { ROOT } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { bold, green, runIfMain, Steps, seconds } from './lib/steps.mjs'
import { setup } from './setup.mjs'
import { testAarch64 } from './test/aarch64.mjs'
import { testFuzz } from './test/fuzz.mjs'
import { checkInstructions } from './test/instructions.mjs'
import { testMiri } from './test/miri.mjs'
import { passedTests } from './test/passed.mjs'
import { describeTiers, missingTiers } from './test/tiers.mjs'
import { TIERS_FILE } from './test/tiers-reporter.mjs'
import { NO_CHROMIUM } from './toolchain/chromium.mjs'

/** Hosts that every run asks; `npm run hosts` asks all. */
const CI_HOSTS = ['vite', 'bun', 'workerd']

/** @typedef {(note: import('./lib/steps.mjs').Note) => Promise<number | void>} Check resolves to the number of tests passed */

/**
 * @param {object} options
 * @param {boolean} options.strict nothing may be left out: a missing browser or tool or an empty tier fails
 * @param {boolean} options.deep also the long tests
 */
async function test({ strict, deep }) {
  const started = performance.now()
  const { chromium, aarch64, valgrind } = await setup({ testVariants: true, browser: true })
  if (strict && !chromium) throw new Error(`strict run: ${NO_CHROMIUM}`)
  if (strict && !aarch64) throw new Error('strict run: no tools for aarch64; the reason stands above')
  if (strict && !valgrind) throw new Error('strict run: no valgrind; the reason stands above')
  process.stdout.write('\n')

  /** @type {Record<string, string>} */
  const deepEnv = deep ? { PROPTEST_CASES: '8192', ZGKIT_DEEP: '1' } : {}
  /** @type {[string, Check][]} */
  const quick = [
    ['cargo fmt', cargo(['fmt', '--all', '--check'])],
    ['biome', async () => void (await runNpmBin('@biomejs/biome', 'biome', ['ci', '.']))],
    ['tsc', async () => void (await runNpmBin('typescript', 'tsc', ['-p', 'ts/tsconfig.json', '--noEmit']))],
    ['cargo clippy', cargo(['clippy', '--workspace', '--all-targets', '--all-features', '--', '-D', 'warnings'])],
  ]
  /** @type {[string, Check][]} */
  const others = [
    // With the feature `parallel`, which the addon asks for; without it the crates are compiled where they are packed.
    ['cargo test', cargo(['test', '--workspace'], deepEnv)],
    ['cargo doc', cargo(['doc', '--no-deps', '--workspace'], { RUSTDOCFLAGS: '-Dwarnings' })],
    ['aarch64', async note => (aarch64 ? testAarch64(aarch64, note) : note('left out: no tools'))],
    ['instruction counts', note => instructions({ strict, valgrind }, note)],
    ...(deep
      ? /** @type {[string, Check][]} */ ([
          ['miri', testMiri],
          ['fuzz', testFuzz],
        ])
      : []),
    ['sizes', checkSizes],
    ['packages', script('scripts/check/pack.mjs')],
    ['hosts', note => runHosts({ only: CI_HOSTS, strict, chromium }, note)],
    ['readme', script('scripts/check/readme.mjs')],
    ['examples', note => examples({ strict }, note)],
  ]
  /** @type {[string, Check]} */
  const longest = ['vitest', note => vitest({ strict, deep, chromium }, note)]
  // Most of the others have one core at work. The long tests measure, and want the machine for themselves.
  const lanes = deep ? [[...others, longest]] : [[longest], others]

  const steps = new Steps(quick.length + others.length + 1)
  /** @param {[string, Check][]} checks */
  const inTurn = async checks => {
    let passed = 0
    for (const [name, check] of checks) passed += (await steps.run(name, check)) ?? 0
    return passed
  }
  let passed = await inTurn(quick)
  // All come to their end, so that nothing goes on unseen.
  for (const lane of await Promise.allSettled(lanes.map(inTurn))) {
    if (lane.status === 'rejected') throw lane.reason
    passed += lane.value
  }

  process.stdout.write(`\n${bold('times')}\n`)
  for (const { name, ms } of steps.times) process.stdout.write(`  ${name.padEnd(24)}${seconds(ms).padStart(9)}\n`)
  process.stdout.write(`  ${'all, with set-up'.padEnd(24)}${seconds(performance.now() - started).padStart(9)}\n\n`)
  process.stdout.write(`${green(`${passed} passed, 0 failed`)}\n`)
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Check}
 */
function cargo(args, env = {}) {
  return async () => {
    const { output } = await run('cargo', args, { cwd: ROOT, env: { ...process.env, ...env } })
    return passedTests(output)
  }
}

/**
 * @param {{strict: boolean, valgrind: string | null}} options
 * @param {import('./lib/steps.mjs').Note} note
 */
async function instructions({ strict, valgrind }, note) {
  if (!valgrind) return note('left out: no valgrind')
  const missing = await checkInstructions(valgrind, note)
  if (strict && missing.length > 0) throw new Error(`strict run: not counted: ${missing.join(', ')}`)
}

/**
 * @param {{strict: boolean}} options
 * @param {import('./lib/steps.mjs').Note} note
 */
async function examples({ strict }, note) {
  const missing = await runExamples()
  if (strict && missing.length > 0) throw new Error(`strict run: examples not run: ${missing.join(', ')}`)
  for (const reason of missing) note(`left out: ${reason}`)
}

/**
 * @param {string} file
 * @returns {Check}
 */
function script(file) {
  return async () => void (await run(process.execPath, [file], { cwd: ROOT }))
}

/**
 * @param {{strict: boolean, deep: boolean, chromium: string | null}} options
 * @param {import('./lib/steps.mjs').Note} note
 */
async function vitest({ strict, deep, chromium }, note) {
  // A report of an earlier run must not stand in for this one.
  rmSync(TIERS_FILE, { force: true })
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env }
  if (strict) env.ZGKIT_STRICT = '1'
  if (deep) env.ZGKIT_DEEP = '1'
  if (chromium) env.CHROMIUM_PATH = chromium
  else note(`browser tests left out: ${NO_CHROMIUM}`)
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    '--outputFile.json=target/vitest.json',
    '--reporter=./scripts/test/tiers-reporter.mjs',
  ]
  await runNpmBin('vitest', 'vitest', ['run', '--config', 'vitest.config.ts', ...reporters], { env })
  /** @type {import('./test/tiers.mjs').Counts} */
  const counts = JSON.parse(readFileSync(TIERS_FILE, 'utf8'))
  for (const line of describeTiers(counts)) note(line)
  const missing = strict ? missingTiers(counts) : []
  if (missing.length > 0) throw new Error(['strict run:', ...missing].join('\n  - '))
  return Object.values(counts).reduce((sum, { passed }) => sum + passed, 0)
}

await runIfMain(import.meta.url, () =>
  test({
    strict: process.env.CI === 'true' || process.argv.includes('--strict'),
    deep: process.argv.includes('--deep'),
  }),
)
