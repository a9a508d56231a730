// @ts-check
/** An entry of the built package as a page gets it: bundled and minified, nothing left out. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TARGET } from './paths.mjs'

const FOLDER = join(TARGET, 'bundle')

/**
 * Everything that a page gets which imports all of an entry.
 * @param {string} entry
 * @returns {Promise<Buffer[]>}
 */
export async function bundle(entry) {
  const { build } = await import('vite')
  // Below the repository, so that `zgkit` resolves to the workspace's own package.
  mkdirSync(FOLDER, { recursive: true })
  const input = join(FOLDER, `${entry.replaceAll('/', '-')}.js`)
  writeFileSync(input, `export * from '${entry}'\n`)
  // Vite sets it for the whole process: npm would leave out the tools of starter apps from then on.
  const { NODE_ENV } = process.env
  const built = await build({
    root: FOLDER,
    configFile: false,
    logLevel: 'warn',
    build: { write: false, minify: true, rolldownOptions: { input, preserveEntrySignatures: 'strict' } },
  })
  if (NODE_ENV === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = NODE_ENV
  const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (built)
  return output.map(file => Buffer.from(file.type === 'chunk' ? file.code : file.source))
}
