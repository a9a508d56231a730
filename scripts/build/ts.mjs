// @ts-check
/** The TypeScript package: tsc and nothing else. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { npmPackage, runNpmBin } from '../lib/npm-bin.mjs'
import { ROOT } from '../lib/paths.mjs'
import { hashOf, unlessFresh } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const CONFIG = 'ts/tsconfig.build.json'

export async function buildTs() {
  const inputs = hashOf(
    [
      'ts/src',
      'ts/package.json',
      'ts/tsconfig.json',
      CONFIG,
      'tsconfig.json',
      'tsconfig.base.json',
      'bindings/node/index.d.ts',
    ],
    {
      // Installed types are inputs too; the lockfile stands for them.
      extra: [npmPackage('typescript').version, readFileSync(join(ROOT, 'package-lock.json'), 'utf8')],
    },
  )
  return unlessFresh({ name: 'ts', inputs, outputs: () => ['ts/dist'] }, () =>
    runNpmBin('typescript', 'tsc', ['-p', CONFIG]),
  )
}

await runIfMain(import.meta.url, () => new Steps(1).run('compiling TypeScript', buildTs))
