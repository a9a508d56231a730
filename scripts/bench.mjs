// @ts-check
/**
 * `npm run bench`: zgkit beside what else computes the same, in one run on this machine; bench/README.md says how to
 * read it. Options: --quick, --json FILE, --only TEXT[,TEXT] (workloads whose name has one of these).
 */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './lib/paths.mjs'
import { dim, ReportedError, red, runIfMain, Steps, seconds } from './lib/steps.mjs'
import { setup } from './setup.mjs'

const REPORT = join(ROOT, 'bench-report.html')
const SCHEMA = 'zgkit-bench/2'

async function bench() {
  const { quick, json, only } = readOptions()
  const { chromium } = await setup({ browser: true })
  const missing = await prepare()
  // Loaded now: it needs what the set-up installs.
  const [{ workloads }, { compare }, { ratiosOf }, { fingerprint, finish }, format, { htmlReport }] = await Promise.all(
    [
      import('../bench/workloads.mjs'),
      import('../bench/compare.mjs'),
      import('../bench/ratios.mjs'),
      import('../bench/machine.mjs'),
      import('../bench/format.mjs'),
      import('../bench/report.mjs'),
    ],
  )

  const begun = await fingerprint(quick ? 'npm run bench -- --quick' : 'npm run bench')
  if (begun.loadBefore > 0.5 * begun.cores) {
    process.stdout.write(`${red('note:')} load average ${begun.loadBefore.toFixed(2)}: figures of a busy machine\n`)
  }
  const results = []
  const all = workloads({ quick, chromium: chromium !== null }).filter(({ name }) =>
    only.some(text => name.includes(text)),
  )
  for (const [i, workload] of all.entries()) {
    const name = `[${i + 1}/${all.length}] ${workload.name}: ${workload.about}`
    const progress = (/** @type {string} */ line) => {
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${name} ${dim(line)}`)
    }
    const started = performance.now()
    results.push({ workload, rows: await compare(workload, { progress, missing }) })
    process.stdout.write(`${process.stdout.isTTY ? '\r\x1b[K' : ''}${name} … ${seconds(performance.now() - started)}\n`)
  }
  const machine = await finish(begun)
  const rows = results.flatMap(result => result.rows)

  process.stdout.write(`\n${format.table(format.cells(rows, machine.gigahertzBefore))}\n`)
  process.stdout.write(`\n${[...format.LEGEND, '', ...format.machineLines(machine)].join('\n')}\n`)
  writeFileSync(REPORT, htmlReport({ results, machine }))
  process.stdout.write(`\n${REPORT}\n`)
  if (json) {
    writeFileSync(json, `${JSON.stringify({ schema: SCHEMA, machine, rows, ratios: ratiosOf(rows) }, null, 2)}\n`)
    process.stdout.write(`${json}\n`)
  }

  // A forced instruction set that this processor lacks is a row, no failure; so is a rival that is not there, and what of ours
  // is built together with rivals.
  const failed = rows.filter(
    ({ ours, tier, forced, reason }) =>
      reason !== undefined && ((ours && tier !== null && !forced) || reason.startsWith('wrong result')),
  )
  for (const { workload, subject, tier, threads, reason } of failed) {
    process.stdout.write(`${red('failed')} ${workload}, ${subject} ${tier ?? ''} ${threads}: ${reason}\n`)
  }
  if (failed.length > 0) throw new ReportedError('a result differs or one of ours is missing')
}

/** Builds and installs what is compared with; what cannot be had is a row with the reason. */
async function prepare() {
  const [{ installRivals }, { buildCrates, buildProgram }, { buildOwn }] = await Promise.all([
    import('../bench/rivals/install.mjs'),
    import('../bench/program.mjs'),
    import('../bench/own.mjs'),
  ])
  const steps = new Steps(5)
  const optional =
    (/** @type {(note: import('./lib/steps.mjs').Note) => Promise<string | undefined>} */ work) =>
    async (/** @type {import('./lib/steps.mjs').Note} */ note) => {
      const reason = await work(note)
      if (reason !== undefined) note(reason)
      return reason
    }
  await steps.run('scalar reference', () => buildProgram('scalar'))
  return {
    rivals: await steps.run('crates to compare with', optional(buildCrates)),
    packages: await steps.run('packages to compare with', optional(installRivals)),
    'isa-l': await steps.run(
      'ISA-L',
      optional(note => buildOwn('isa-l', note)),
    ),
    klauspost: await steps.run(
      'klauspost/reedsolomon',
      optional(note => buildOwn('klauspost', note)),
    ),
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  })
  const { quick, json, only } = values
  return {
    quick,
    only: only.split(','),
    json: json === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', json),
  }
}

await runIfMain(import.meta.url, bench)
