// @ts-check
/** What a figure was measured on. Nothing here names the machine or its owner. */
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'

/** @returns {Promise<Record<string, string>>} */
export async function machine() {
  const commit = await run('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT }).then(
    ({ stdout }) => stdout.trim(),
    () => 'no git',
  )
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: String(availableParallelism()),
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    node: `${process.versions.node} (V8 ${process.versions.v8})`,
    load: loadavg()
      .map(value => value.toFixed(1))
      .join(', '),
    commit,
    date: new Date().toISOString().slice(0, 10),
  }
}
