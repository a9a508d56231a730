// @ts-check
/** What the figures were measured on. Nothing here names a host or a user. */
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { ROOT } from '../scripts/lib/paths.mjs'
import { run } from '../scripts/lib/run.mjs'

export async function fingerprint() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    commit: await commit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    loadBefore: loadavg()[0] ?? 0,
    loadAfter: 0,
  }
}

/** The load average of the last minute. */
export const load = () => loadavg()[0] ?? 0

async function commit() {
  try {
    const { stdout } = await run('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT })
    const { stdout: changes } = await run('git', ['status', '--porcelain'], { cwd: ROOT })
    return `${stdout.trim()}${changes.trim() === '' ? '' : ' with changes'}`
  } catch {
    return 'unknown'
  }
}
