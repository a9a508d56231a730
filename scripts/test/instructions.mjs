// @ts-check
/**
 * The instructions that hot kernels take, counted by callgrind, against those in bench/instructions/counts.json. Unlike
 * times they do not depend on the load of the machine. `node scripts/test/instructions.mjs --update` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { runIfMain } from '../lib/steps.mjs'
import { buildEnv } from '../toolchain/rust.mjs'
import { valgrind } from '../toolchain/valgrind.mjs'

const PACKAGE = 'zgkit-bench-instructions'
const FILE = join(ROOT, 'bench', 'instructions', 'counts.json')
const TOLERANCE = 0.03
/** The best that valgrind's processor has, and what everything falls back to. */
const ISAS = ['portable', 'avx2']

/**
 * @typedef {Record<string, Record<string, number>>} Counts instructions of one call, by kernel and instruction set
 * @typedef {{compiler: string, tolerance: number, counts: Counts}} Committed
 * @typedef {{kernel: string, isa: string, committed: number | undefined, measured: number | undefined}} Row
 */

/**
 * @param {string} program path of valgrind
 * @param {(line: string) => void} note
 * @returns {Promise<string[]>} instruction sets that this processor lacks
 */
export async function checkInstructions(program, note) {
  /** @type {Committed} */
  const committed = JSON.parse(readFileSync(FILE, 'utf8'))
  const { compiler, counts, missing } = await measure(program)
  const rows = compare(committed.counts, counts).filter(({ isa }) => !missing.includes(isa))
  const wrong = rows.filter(row => !(Math.abs(change(row)) <= committed.tolerance))
  if (compiler !== committed.compiler) {
    note(`not held against the committed counts, which are those of ${committed.compiler}; this is ${compiler}`)
    for (const line of table(rows)) note(line)
  } else if (wrong.length > 0) {
    throw new Error(
      [
        `more or fewer instructions than committed, by over ${committed.tolerance * 100} %:`,
        ...table(wrong),
        'If this is meant: node scripts/test/instructions.mjs --update',
      ].join('\n'),
    )
  } else note(`${rows.length} counts, each within ${committed.tolerance * 100} % of the committed one`)
  for (const isa of missing) note(`${isa} left out: this processor lacks it`)
  return missing
}

/** @param {string} program */
async function update(program) {
  const { compiler, counts, missing } = await measure(program)
  if (missing.length > 0) throw new Error(`this processor lacks ${missing.join(', ')}`)
  /** @type {Committed} */
  const committed = { compiler, tolerance: TOLERANCE, counts }
  writeFileSync(FILE, `${JSON.stringify(committed, null, 2)}\n`)
  for (const line of table(compare(counts, counts))) console.log(line)
}

/**
 * @param {string} program
 * @returns {Promise<{compiler: string, counts: Counts, missing: string[]}>}
 */
async function measure(program) {
  await run('cargo', ['build', '--release', '--locked', '-p', PACKAGE], { cwd: ROOT, env: buildEnv({}) })
  const compiler = (await run('rustc', ['-V'], { cwd: ROOT })).stdout.trim()
  const kernelProgram = join(TARGET, 'release', PACKAGE)
  /** @param {string[]} args */
  const counted = async args => {
    const options = ['--tool=callgrind', '--callgrind-out-file=/dev/null']
    const { stdout, output } = await run(program, [...options, kernelProgram, ...args], { cwd: ROOT })
    const collected = /Collected : (\d+)/.exec(output)?.[1]
    if (collected === undefined) throw new Error(`callgrind printed no count:\n${output}`)
    return { stdout, instructions: Number(collected) }
  }

  // Asked under valgrind: its processor has fewer instruction sets than the machine's.
  /** @type {{kernels: string[], isas: string[]}} */
  const { kernels, isas } = JSON.parse((await counted([])).stdout)
  /** @type {Counts} */
  const counts = {}
  for (const kernel of kernels) {
    /** @type {Record<string, number>} */
    const ofKernel = {}
    for (const isa of ISAS.filter(isa => isas.includes(isa))) {
      const [one, two] = [await counted([kernel, isa, '1']), await counted([kernel, isa, '2'])]
      ofKernel[isa] = two.instructions - one.instructions
    }
    counts[kernel] = ofKernel
  }
  return { compiler, counts, missing: ISAS.filter(isa => !isas.includes(isa)) }
}

/**
 * A count that only one side has is a row too.
 * @param {Counts} committed
 * @param {Counts} measured
 * @returns {Row[]}
 */
function compare(committed, measured) {
  const kernels = [...new Set([...Object.keys(committed), ...Object.keys(measured)])]
  return kernels.flatMap(kernel => {
    const [left = {}, right = {}] = [committed[kernel], measured[kernel]]
    const isas = [...new Set([...Object.keys(left), ...Object.keys(right)])]
    return isas.map(isa => ({ kernel, isa, committed: left[isa], measured: right[isa] }))
  })
}

/** @param {Row} row */
function change({ committed, measured }) {
  return committed === undefined || measured === undefined ? Number.NaN : measured / committed - 1
}

/** @param {Row[]} rows */
function table(rows) {
  const number = (/** @type {number | undefined} */ value) => (value?.toLocaleString('en') ?? '-').padStart(14)
  const percent = (/** @type {number} */ value) => (Number.isNaN(value) ? '-' : `${(value * 100).toFixed(1)} %`)
  const line = (/** @type {string[]} */ [kernel = '', isa = '', left = '', right = '', last = '']) =>
    `${kernel.padEnd(28)}${isa.padEnd(10)}${left.padStart(14)}${right.padStart(14)}${last.padStart(9)}`
  return [
    line(['instructions of one call', '', 'committed', 'measured', 'change']),
    ...rows.map(row => line([row.kernel, row.isa, number(row.committed), number(row.measured), percent(change(row))])),
  ]
}

await runIfMain(import.meta.url, async () => {
  const program = await valgrind(line => console.log(line))
  if (process.argv.includes('--update')) await update(program)
  else await checkInstructions(program, line => console.log(line))
})
