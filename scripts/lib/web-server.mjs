// @ts-check
/** Pages for a browser on this machine: files of a folder, or the repository's own modules as browsers load them without a bundler. */
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { ROOT } from './paths.mjs'

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/**
 * @typedef {{body: string | Uint8Array, headers: Record<string, string>}} Content
 * @typedef {(path: string) => Content | undefined} Find
 */

/**
 * @param {Find} find what is at a path; nothing is a 404
 * @returns {Promise<{url: string, close: () => Promise<void>}>}
 */
export async function serve(find) {
  const server = createServer((request, response) => {
    const found = find(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname))
    response.writeHead(found ? 200 : 404, found?.headers).end(found?.body)
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}

/**
 * The files below a folder, index.html where a folder is asked for.
 * @param {string} folder
 * @returns {Find}
 */
export function filesOf(folder) {
  return path => {
    if (path.includes('..')) return undefined
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined
    return { body: readFileSync(file), headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' } }
  }
}

/** Where a browser finds what our modules import by name. @type {Record<string, string>} */
const PACKAGES = {
  '#host': '/ts/dist/backend/host-web.js',
  '@zgkit/wasm': '/bindings/wasm/index.js',
  '@zgkit/wasm/inline': '/bindings/wasm/pkg/inline.js',
}

/** The repository's files, with the names of packages in its modules made paths: import maps do not reach workers. @type {Find} */
export function modules(path) {
  const found = filesOf(ROOT)(path)
  if (!found || !/\.m?js$/.test(path)) return found
  const body = new TextDecoder().decode(/** @type {Uint8Array} */ (found.body))
  const named = body.replace(
    /^((?:import|export)\s(?:[^'"]*?from\s)?)['"]([^'"./][^'"]*)['"]/gm,
    (_, head, name) => `${head}'${PACKAGES[name] ?? `/node_modules/${name}`}'`,
  )
  return { ...found, body: named }
}
