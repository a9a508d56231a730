// @ts-check
/** Runs the examples: each installs its own packages and ends with 0, with no network behind it. */
import { join } from 'node:path'
import { npmCi } from '../lib/npm-ci.mjs'
import { ROOT } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const EXAMPLES = ['with-0g-sdk']

/** @returns {Promise<string[]>} why examples could not be run */
export async function runExamples() {
  const missing = []
  for (const name of EXAMPLES) {
    const dir = join(ROOT, 'examples', name)
    const reason = await npmCi(dir)
    if (reason === undefined) await run(process.execPath, ['example.mjs'], { cwd: dir })
    else missing.push(`${name}: ${reason}`)
  }
  return missing
}

await runIfMain(import.meta.url, () =>
  new Steps(1).run('examples', async note => {
    for (const reason of await runExamples()) note(reason)
  }),
)
