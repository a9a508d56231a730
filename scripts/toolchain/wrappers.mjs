// @ts-check
/** Unpacked programs find their own files by themselves, but not their shared libraries: small scripts tell them. */
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes `bin/NAME` for each `usr/bin/NAME`. They work wherever the tree is moved to.
 * @param {string} tree what packages were unpacked into
 * @param {readonly string[]} programs
 * @param {Record<string, string>} [env] variables to set, to paths relative to the tree
 */
export function writeWrappers(tree, programs, env = {}) {
  const bin = join(tree, 'bin')
  mkdirSync(bin)
  const libraries = sharedLibraryDirs(join(tree, 'usr', 'lib')).map(dir => `$home/${dir.slice(tree.length + 1)}`)
  const settings = Object.entries(env).map(([name, path]) => `export ${name}="$home/${path}"\n`)
  if (libraries.length > 0)
    settings.push(`export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n`)
  for (const name of programs) {
    const file = join(bin, name)
    writeFileSync(
      file,
      `#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd -P)
${settings.join('')}exec "$home/usr/bin/${name}" "$@"
`,
    )
    chmodSync(file, 0o755)
  }
}

/**
 * Folders directly under usr/lib (the multi-arch one) and under usr/lib/llvm-* that hold shared libraries.
 * @param {string} lib
 */
function sharedLibraryDirs(lib) {
  if (!existsSync(lib)) return []
  const children = readdirSync(lib, { withFileTypes: true }).filter(
    entry => entry.isDirectory() && entry.name !== 'rustlib',
  )
  return children
    .flatMap(({ name }) => [join(lib, name), join(lib, name, 'lib')])
    .filter(dir => existsSync(dir) && readdirSync(dir).some(name => /\.so(\.|$)/.test(name)))
}
