// @ts-check
/**
 * Runs the code blocks of the README and of other pages for users as they stand: `js` blocks as programs, `sh` blocks of zgkit
 * commands in a folder with the files that they name. A block that fails, or a README without blocks, fails.
 */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { run } from '../lib/run.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const FOLDER = join(TARGET, 'readme')
const PAGES = ['README.md', 'docs/testing.md']

await runIfMain(import.meta.url, async () => {
  const blocks = PAGES.flatMap(page => {
    const fences = readFileSync(join(ROOT, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)
    return [...fences].map(([, language = '', code = '']) => ({ language, code }))
  })
  const programs = blocks.filter(({ language }) => language === 'js')
  const commands = blocks.filter(({ language, code }) => language === 'sh' && /^(npx )?zgkit /m.test(code))
  if (programs.length === 0 || commands.length === 0) throw new Error('the README has no code to run')

  // Below the repository, so that `zgkit` resolves to the workspace's own package.
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(join(FOLDER, 'bin'), { recursive: true })
  writeFileSync(
    join(FOLDER, 'photo.jpg'),
    new Uint8Array(1_000_000).map((_, i) => i * 31),
  )
  symlinkSync(join(ROOT, 'ts/dist/cli/main.js'), join(FOLDER, 'bin/zgkit'))
  const path = `${join(FOLDER, 'bin')}${delimiter}${process.env.PATH}`

  const steps = new Steps(programs.length + commands.length)
  for (const [i, { code }] of programs.entries()) {
    const file = join(FOLDER, `block-${i}.mjs`)
    writeFileSync(file, code)
    await steps.run(`program ${i + 1}`, () => run(process.execPath, [file], { cwd: FOLDER }))
  }
  for (const [i, { code }] of commands.entries()) {
    const script = `zgkit() { node "${join(FOLDER, 'bin/zgkit')}" "$@"; }\n${code.replaceAll('npx zgkit', 'zgkit')}`
    await steps.run(`commands ${i + 1}`, () =>
      run('bash', ['-euo', 'pipefail', '-c', script], { cwd: FOLDER, env: { ...process.env, PATH: path } }),
    )
  }
})
