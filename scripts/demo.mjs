// @ts-check
/**
 * `npm run demo [-- FILE]`: a real file through every tier: root, proofs, verification, one flipped bit rejected;
 * then placed in a flow, sealed, mined, and the answer verified; then in shards, some of them destroyed or corrupt, and restored.
 * Ends with a table and demo-report.html; fails if the tiers disagree or anything is accepted that must not be.
 */
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { runErasure } from './demo/erasure.mjs'
import { machine } from './demo/machine.mjs'
import { runMining } from './demo/mining.mjs'
import { reportHtml } from './demo/report.mjs'
import { subject } from './demo/subject.mjs'
import { runTiers } from './demo/tiers.mjs'
import { ROOT } from './lib/paths.mjs'
import { bold, dim, green, red, runIfMain } from './lib/steps.mjs'
import { setup } from './setup.mjs'

await runIfMain(import.meta.url, async () => {
  await setup()
  const file = await subject(process.argv[2])
  const started = performance.now()
  process.stdout.write(`\n${bold(file.name)}: ${file.size} bytes${file.note ? ` (${file.note})` : ''}\n\n`)

  const handle = await open(file.path, 'r')
  const say = (/** @type {string} */ line) => void process.stdout.write(dim(`  ${line}\n`))
  const { rows, root } = await runTiers(handle, file.size, say)
  rows.push(...(await runMining(handle, file.size, say)))
  rows.push(...(await runErasure(handle, file.size, say)))
  await handle.close()
  const ok = rows.every(row => row.ok)

  process.stdout.write(`\n${table(rows)}\n\n${bold('file root')} ${root}\n`)
  const report = join(ROOT, 'demo-report.html')
  const seconds = (performance.now() - started) / 1000
  writeFileSync(report, reportHtml({ file, rows, root, machine: await machine(), seconds }))
  process.stdout.write(`${bold('report')}    ${relative(process.cwd(), report) || report}\n`)
  const verdict = ok
    ? green('all tiers agree, what was lost was restored, and the flipped bits were rejected')
    : red('something is wrong: see the table')
  process.stdout.write(`${verdict} ${dim(`(${seconds.toFixed(1)} s)`)}\n`)
  if (!ok) process.exitCode = 1
})

/** @param {import('./demo/tiers.mjs').Row[]} rows */
function table(rows) {
  const lines = [['step', 'tier', 'MB/s', 'result'], ...rows.map(row => [row.step, row.tier, row.rate, row.result])]
  const widths = [0, 1, 2, 3].map(column => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines
    .map((line, i) => {
      const cells = line.map((cell, column) =>
        column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      const text = `  ${cells.join('  ').trimEnd()}`
      if (i === 0) return bold(text)
      return rows[i - 1]?.ok ? text : red(text)
    })
    .join('\n')
}
