// @ts-check
/** The hosts: how each builds and runs its starter app, and what must compute there. */

import { join } from 'node:path'
import { arch, platform } from 'node:process'
import { launchChromium } from '../lib/browser.mjs'
import { run } from '../lib/run.mjs'
import { filesOf, serve } from '../lib/web-server.mjs'
import { withServer } from './server.mjs'

const LIMIT_MS = 120_000

/**
 * What hosts/program.js gives.
 * @typedef {{root: string, ok: boolean, code: string, tier: string, threads: number, threadsRefused?: string}} Answer
 *
 * @typedef {object} Host
 * @property {string} tier that must compute
 * @property {boolean} threads whether there must be threads
 * @property {boolean} [browser] needs Chromium
 * @property {Record<string, (folder: string, chromium: string) => Promise<Answer>>} runs
 */

/** @type {Record<string, Host>} */
export const HOSTS = {
  vite: {
    tier: 'wasm-simd',
    threads: true,
    browser: true,
    runs: {
      dev: (folder, chromium) =>
        withServer(folder, ['node_modules/vite/bin/vite.js', '--host', '127.0.0.1'], url => inPage(url, chromium)),
      async build(folder, chromium) {
        await node(folder, ['node_modules/vite/bin/vite.js', 'build'])
        return inFolder(join(folder, 'dist'), chromium)
      },
    },
  },
  webpack: {
    tier: 'wasm-simd',
    threads: true,
    browser: true,
    runs: {
      async build(folder, chromium) {
        await node(folder, ['node_modules/webpack-cli/bin/cli.js', '--mode', 'production'])
        return inFolder(folder, chromium)
      },
    },
  },
  esbuild: {
    tier: 'wasm-simd',
    // It knows of no workers.
    threads: false,
    browser: true,
    runs: {
      async build(folder, chromium) {
        await node(folder, ['node_modules/esbuild/bin/esbuild', 'src/app.js', '--bundle', '--outfile=out.js'])
        return inFolder(folder, chromium)
      },
    },
  },
  bun: {
    tier: 'native',
    threads: true,
    runs: {
      run: folder => printed(folder, join(folder, `node_modules/@oven/bun-${TRIPLE}/bin/bun`), ['index.js']),
    },
  },
  deno: {
    tier: 'native',
    threads: true,
    runs: {
      run: folder =>
        printed(folder, process.execPath, [
          'node_modules/deno/bin.cjs',
          'run',
          '--no-prompt',
          '--allow-all',
          'main.js',
        ]),
    },
  },
  workerd: {
    tier: 'wasm-simd',
    threads: false,
    runs: {
      dev: folder =>
        withServer(
          folder,
          ['node_modules/wrangler/bin/wrangler.js', 'dev', '--port', '0', '--show-interactive-dev-session=false'],
          async url => (await fetch(url)).json(),
        ),
    },
  },
}

/** As Bun names what it is built for. */
const TRIPLE = `${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function node(cwd, args) {
  return run(process.execPath, args, { cwd, timeoutMs: LIMIT_MS })
}

/**
 * What a program prints.
 * @param {string} cwd
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<Answer>}
 */
async function printed(cwd, program, args) {
  return JSON.parse((await run(program, args, { cwd, timeoutMs: LIMIT_MS })).stdout)
}

/**
 * What a page of a folder shows.
 * @param {string} folder
 * @param {string} chromium
 */
async function inFolder(folder, chromium) {
  const server = await serve(filesOf(folder))
  try {
    return await inPage(server.url, chromium)
  } finally {
    await server.close()
  }
}

/**
 * What a page shows.
 * @param {string} url
 * @param {string} chromium
 * @returns {Promise<Answer>}
 */
async function inPage(url, chromium) {
  const browser = await launchChromium(chromium)
  try {
    const page = await browser.newPage()
    /** @type {string[]} */
    const problems = []
    page.on('pageerror', error => problems.push(error.message))
    await page.goto(url)
    const result = page.locator('#result:not(:empty)')
    await result.waitFor({ timeout: 60_000 }).catch(error => {
      throw new Error([String(error), ...problems].join('\n'))
    })
    return JSON.parse((await result.textContent()) ?? '')
  } finally {
    await browser.close()
  }
}
