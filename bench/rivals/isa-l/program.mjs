// @ts-check
/** ISA-L's own benchmark program, erasure_code_perf, built from its sources into the set-up's cache. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDir, pathWith } from '../../../scripts/lib/paths.mjs'
import { run, which } from '../../../scripts/lib/run.mjs'
import { debianPrograms } from '../../../scripts/toolchain/debian-programs.mjs'
import { addToShelf } from '../../../scripts/toolchain/shelf.mjs'

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url))
const PROGRAM = 'erasure_code_perf'
const LIMIT_MS = 300_000

/** Settings that the program has for its builder: shards in all, their usual length (times shards; ours is given), seconds of a test. */
const SETTINGS = 'TEST_CUSTOM TEST_SOURCES=64 TEST_LEN=64* BENCHMARK_TIME=1'

const shelf = () => join(cacheDir(), 'isa-l')
// Other sources or settings are another folder, so that its being there is the stamp.
const entry = createHash('sha256')
  .update(JSON.stringify([readFileSync(REQUIREMENTS, 'utf8'), SETTINGS, process.arch]))
  .digest('hex')
  .slice(0, 12)

/** @type {import('../../own.mjs').OwnProgram} */
export const isaL = {
  version: '2.32.1',
  path: () => join(shelf(), entry, PROGRAM),

  async build(note) {
    if (existsSync(this.path())) return
    if (process.arch !== 'x64' || process.platform !== 'linux') throw new Error('built on x86-64 Linux only')
    for (const program of ['python3', 'make', 'cc']) if (!which(program)) throw new Error(`needs ${program}`)
    const nasm = { name: 'nasm', packages: ['nasm'], programs: ['nasm'] }
    const path = which('nasm') ? pathWith([]) : pathWith([join(await debianPrograms(nasm, note), 'bin')])
    await addToShelf(shelf(), async work => {
      const limit = { cwd: work, timeoutMs: LIMIT_MS }
      const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:']
      await run('python3', [...pip, '--require-hashes', '--requirement', REQUIREMENTS, '--dest', work], limit)
      const archive = readdirSync(work).find(name => name.endsWith('.tar.gz'))
      if (!archive) throw new Error('no sources came')
      await run('tar', ['-xzf', archive], limit)
      const sources = join(work, archive.slice(0, -'.tar.gz'.length), 'src', 'isal', 'isa-l')
      const settings = ['-f', 'Makefile.unx', 'CC=cc', 'units=erasure_code', `D=${SETTINGS}`]
      await run('make', [...settings, PROGRAM], { ...limit, cwd: sources, env: { ...process.env, PATH: path } })
      const made = join(work, 'made')
      mkdirSync(made)
      renameSync(join(sources, PROGRAM), join(made, PROGRAM))
      return { made, name: entry }
    })
  },

  args: ({ data, parity, length }) => ['-k', `${data}`, '-p', `${parity}`, '-e', '1', '-s', `${length}`],
  env: {},

  // It counts data and parity; its megabytes are whole and few where runs are short, the rate is exact.
  secondsOf(output, { data, parity, length }) {
    const rate = /erasure_code_encode\w*: .* = ([\d.]+) MB\/s/.exec(output)?.[1]
    return ((data + parity) * length) / (1e6 * Number(rate))
  },
}
