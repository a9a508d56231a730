// @ts-check
/**
 * `npm run bench`: zgkit beside what else computes the same, in one run on this machine; bench/README.md says how to
 * read it. Options: --quick, --json FILE, --bytes N, --large-bytes N (0: leave that table out).
 */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from './lib/paths.mjs'
import { bold, dim, ReportedError, red, runIfMain } from './lib/steps.mjs'
import { setup } from './setup.mjs'

const REPORT = join(ROOT, 'bench-report.html')
/** Not a whole number of segments or sectors. */
const ODD = 12_345

async function bench() {
  const options = readOptions()
  await setup()
  // Loaded now: it needs what the set-up installs.
  const [
    { installRivals },
    { workloads },
    { compare },
    { ratiosOf },
    { fingerprint, load },
    format,
    { htmlReport },
    { buildScalar },
  ] = await Promise.all([
    import('../bench/rivals/install.mjs'),
    import('../bench/subjects.mjs'),
    import('../bench/compare.mjs'),
    import('../bench/ratios.mjs'),
    import('../bench/machine.mjs'),
    import('../bench/format.mjs'),
    import('../bench/report.mjs'),
    import('../bench/scalar.mjs'),
  ])
  process.stdout.write('installing rivals … ')
  const noRivals = await installRivals()
  process.stdout.write(`${noRivals ?? 'done'}\n`)

  await buildScalar()

  const machine = await fingerprint()
  if (machine.loadBefore > 0.5 * machine.cores) {
    process.stdout.write(`${red('note:')} load average ${machine.loadBefore.toFixed(2)}: figures of a busy machine\n`)
  }
  const all = workloads(options)
  /** @type {import('../bench/compare.mjs').Row[]} */
  const rows = []
  for (const workload of all) {
    const progress = (/** @type {string} */ line) => {
      if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${dim(`${workload.name}: ${line}`)}`)
    }
    rows.push(...(await compare(workload, { progress, noRivals })))
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
    process.stdout.write(`\n${bold(workload.name)}  ${workload.about}\n`)
    const own = rows.filter(row => row.workload === workload.name)
    process.stdout.write(`${format.table(format.cells(workload, own))}\n`)
  }
  machine.loadAfter = load()

  const args = process.argv.slice(2)
  const command = ['npm run bench', ...(args.length > 0 ? ['--'] : []), ...args].join(' ')
  process.stdout.write(`\n${[...format.LEGEND, '', ...format.machineLines(machine), command].join('\n')}\n`)
  writeFileSync(REPORT, htmlReport({ workloads: all, rows, machine, command }))
  process.stdout.write(`\n${REPORT}\n`)
  if (options.json) {
    const result = { schema: 'zgkit-bench/1', machine, command, rows, ratios: ratiosOf(rows) }
    writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`)
    process.stdout.write(`${options.json}\n`)
  }

  const failed = rows.filter(({ ours, reason }) => reason !== undefined && (ours || reason.startsWith('wrong result')))
  for (const { workload, subject, tier, threads, reason } of failed) {
    process.stdout.write(`${red('failed')} ${workload}, ${subject} ${tier ?? ''} ${threads}: ${reason}\n`)
  }
  if (failed.length > 0) throw new ReportedError('a result differs or one of ours is missing')
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      bytes: { type: 'string', default: String(8 * 2 ** 20 + ODD) },
      'large-bytes': { type: 'string' },
    },
  })
  const { quick, json } = values
  const count = (/** @type {string} */ name, /** @type {string} */ text, /** @type {number} */ least) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value) || value < least || value > 2 ** 31) {
      throw new Error(`--${name} must be a whole number from ${least} to ${2 ** 31}, got ${text}`)
    }
    return value
  }
  return {
    quick,
    json: json === undefined ? undefined : resolve(process.env.INIT_CWD ?? '.', json),
    bytes: count('bytes', values.bytes, 1),
    largeBytes: count('large-bytes', values['large-bytes'] ?? String(quick ? 0 : 128 * 2 ** 20 + ODD), 0),
  }
}

await runIfMain(import.meta.url, bench)
