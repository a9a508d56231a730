// @ts-check
/** npm's prepack and postpack of each package: puts the texts that stand once in the repository into the package, and takes them out again. */
import { copyFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ROOT } from './lib/paths.mjs'

const texts = ['LICENSE-MIT', 'LICENSE-APACHE']
// The readme of the main package is the project's own.
if (basename(process.cwd()) === 'ts') texts.push('README.md')
for (const name of texts) {
  if (process.argv.includes('--undo')) rmSync(join(process.cwd(), name), { force: true })
  else copyFileSync(join(ROOT, name), join(process.cwd(), name))
}
