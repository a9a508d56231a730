// @ts-check
/** The native addon of this machine, beside bindings/node/package.json, with its loader and types. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { npmPackage, runNpmBin } from '../lib/npm-bin.mjs'
import { ROOT } from '../lib/paths.mjs'
import { which } from '../lib/run.mjs'
import { hashOf, unlessFresh } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'
import { buildEnv, rustcVersion } from '../toolchain/rust.mjs'

const DIR = 'bindings/node'
const GENERATED = [`${DIR}/index.js`, `${DIR}/index.d.ts`]

export async function buildNative() {
  const { id } = await rustcVersion(which('rustc') ?? 'rustc')
  const inputs = hashOf(['Cargo.toml', 'Cargo.lock', 'crates', DIR, 'scripts/build/native.mjs'], {
    extra: [id, npmPackage('@napi-rs/cli').version, process.platform, process.arch],
    ignore: /\.node$|[\\/]bindings[\\/]node[\\/]index\.(js|d\.ts)$/,
  })
  const outputs = () => {
    const addons = readdirSync(join(ROOT, DIR)).filter(name => name.endsWith('.node'))
    return addons.length === 0 ? [] : [...GENERATED, ...addons.map(name => `${DIR}/${name}`)]
  }
  return unlessFresh({ name: 'native', inputs, outputs }, () =>
    runNpmBin('@napi-rs/cli', 'napi', ['build', '--platform', '--release'], {
      cwd: join(ROOT, DIR),
      env: buildEnv({}),
    }),
  )
}

await runIfMain(import.meta.url, () => new Steps(1).run('building the native addon', buildNative))
