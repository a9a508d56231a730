// @ts-check
/** The benchmark program of the Go module klauspost/reedsolomon. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TARGET } from '../../../scripts/lib/paths.mjs'
import { run, which } from '../../../scripts/lib/run.mjs'

const DIR = fileURLToPath(new URL('.', import.meta.url))
const MODULE = 'github.com/klauspost/reedsolomon'
const LIMIT_MS = 300_000

/** @type {import('../../own.mjs').OwnProgram} */
export const klauspost = {
  version: new RegExp(`${MODULE} v(\\S+)`).exec(readFileSync(join(DIR, 'go.mod'), 'utf8'))?.[1] ?? '',
  path: () => join(TARGET, 'bench', 'klauspost'),

  async build() {
    if (!which('go')) throw new Error('needs Go')
    await run('go', ['build', '-mod=readonly', '-o', this.path(), `${MODULE}/benchmark`], {
      cwd: DIR,
      timeoutMs: LIMIT_MS,
    })
  },

  args: ({ data, parity, length }) => {
    const shape = ['-k', `${data}`, '-m', `${parity}`, '-size', `each:${length}`]
    return [...shape, '-cpu', '1', '-duration', '1', '-csv']
  },
  env: { GOMAXPROCS: '1' },

  // It counts data and parity.
  secondsOf(output, { data, parity, length }) {
    const line = output.split('\n').find(text => text.startsWith('encode\t'))
    const [bytes, microseconds] = (line?.split('\t') ?? []).slice(7, 9).map(Number)
    return (1e-6 * Number(microseconds) * (data + parity) * length) / Number(bytes)
  },
}
