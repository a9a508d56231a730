// @ts-check
/** What the figures were measured on. Nothing here names a host or a user. */
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { ROOT } from '../scripts/lib/paths.mjs'
import { run, which } from '../scripts/lib/run.mjs'
import { rustcVersion } from '../scripts/toolchain/rust.mjs'
import { gigahertz } from './calibration.mjs'

/** @param {string} command that measures */
export async function fingerprint(command) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    rustc: (await rustcVersion(which('rustc') ?? 'rustc')).release,
    commit: await commit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    loadBefore: loadavg()[0] ?? 0,
    loadAfter: 0,
    gigahertzBefore: await gigahertz(),
    gigahertzAfter: 0,
    command,
  }
}

/** Adds what is only known at the end. @param {Awaited<ReturnType<typeof fingerprint>>} machine */
export async function finish(machine) {
  return { ...machine, loadAfter: loadavg()[0] ?? 0, gigahertzAfter: await gigahertz() }
}

async function commit() {
  try {
    const { stdout } = await run('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: ROOT })
    const { stdout: changes } = await run('git', ['status', '--porcelain'], { cwd: ROOT })
    return `${stdout.trim()}${changes.trim() === '' ? '' : ' with changes'}`
  } catch {
    return 'unknown'
  }
}
