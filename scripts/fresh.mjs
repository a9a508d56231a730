// @ts-check
/**
 * `npm run fresh`: proves that the commands of the README work for somebody who has only the tools it names.
 * Each is the first one to run in a clone of the last commit with a home of its own, and then runs there once more.
 * The result goes to fresh-report.json. It takes many minutes.
 */
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { freshEnvironment } from './fresh/environment.mjs'
import { ROOT } from './lib/paths.mjs'
import { run, which } from './lib/run.mjs'
import { report, runIfMain } from './lib/steps.mjs'

const HEARTBEAT_MS = 30_000

/** @param {string} line */
const say = line => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)

async function fresh() {
  const base = mkdtempSync(join(tmpdir(), 'zgkit-fresh-'))
  if ((await git(ROOT, 'status', '--porcelain')) !== '')
    say('note: the working tree has changes; only the last commit is tested')

  const demo = await freshClone(join(base, 'demo'))
  const tests = await freshClone(join(base, 'test'))
  /** @type {Record<string, number>} seconds: demoCold, demoWarm, testCold, testWarm */
  const times = {}
  let ok = true
  try {
    await coldAndWarm('demo', ['run', 'demo'], demo, times)
    await coldAndWarm('test', ['test'], tests, times)
  } catch (error) {
    ok = false
    report(error)
  }

  const status = (await git(demo.repo, 'status', '--porcelain')) + (await git(tests.repo, 'status', '--porcelain'))
  if (status !== '') say(`the clones are not clean afterwards:\n${status}`)
  const { repo, env, toolPaths } = tests
  const tiers = join(repo, 'target', 'vitest-tiers.json')
  const result = {
    commit: await git(repo, 'rev-parse', 'HEAD'),
    versions: await versions(env, repo),
    machine: {
      system: `${type()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
    },
    times,
    toolPaths,
    testsPerTier: existsSync(tiers) ? JSON.parse(readFileSync(tiers, 'utf8')) : null,
    gitStatusClean: status === '',
    ok: ok && status === '',
  }
  writeFileSync(join(ROOT, 'fresh-report.json'), `${JSON.stringify(result, null, 2)}\n`)
  if (result.ok) {
    rmSync(base, { recursive: true, force: true })
    say('ok: fresh-report.json')
  } else {
    say(`FAILED; kept for a look: ${base}`)
    process.exitCode = 1
  }
}

/** @param {string} folder to be made */
async function freshClone(folder) {
  mkdirSync(folder)
  const repo = join(folder, 'repo')
  await run('git', ['clone', '--quiet', '--no-local', ROOT, repo])
  return { repo, ...(await freshEnvironment(folder)) }
}

/**
 * Runs a command twice in its clone.
 * @param {string} name
 * @param {readonly string[]} args of npm
 * @param {Awaited<ReturnType<typeof freshClone>>} clone
 * @param {Record<string, number>} times gets what each run took
 */
async function coldAndWarm(name, args, { repo, env }, times) {
  for (const time of [`${name}Cold`, `${name}Warm`]) {
    const log = join(repo, '..', `${time}.log`)
    say(`npm ${args.join(' ')} (${time}), log ${log}`)
    const started = performance.now()
    try {
      await logged(args, log, { cwd: repo, env })
    } finally {
      times[time] = Math.round((performance.now() - started) / 100) / 10
    }
    say(`${time}: ok after ${times[time]} s`)
  }
}

/**
 * @param {readonly string[]} args
 * @param {string} log
 * @param {{cwd: string, env: NodeJS.ProcessEnv}} options
 */
async function logged(args, log, options) {
  const file = createWriteStream(log)
  const started = performance.now()
  const heartbeat = setInterval(() => say(`  … ${Math.round((performance.now() - started) / 1000)} s`), HEARTBEAT_MS)
  try {
    await run('npm', args, { ...options, onOutput: chunk => file.write(chunk) })
  } finally {
    clearInterval(heartbeat)
    await new Promise(resolve => file.end(resolve))
  }
}

/**
 * @param {string} cwd
 * @param {...string} args
 */
async function git(cwd, ...args) {
  return (await run('git', args, { cwd })).stdout.trim()
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} cwd
 */
async function versions(env, cwd) {
  const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(name => which(name, env.PATH))
  const programs = { node: 'node', npm: 'npm', rustc: 'rustc', cargo: 'cargo', ...(browser && { chromium: browser }) }
  /** @type {Record<string, string | null>} */
  const found = { chromium: null }
  for (const [name, program] of Object.entries(programs)) {
    const { stdout } = await run(program, ['--version'], { env, cwd })
    found[name] = /\d+\.\d+[\d.]*/.exec(stdout)?.[0] ?? stdout.trim()
  }
  return found
}

await runIfMain(import.meta.url, fresh)
