// @ts-check
/** Rivals, found from this folder's own node_modules. A rival that is not there throws the reason. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** @param {string} name of a package */
export function rivalVersion(name) {
  const file = fileURLToPath(new URL(`./node_modules/${name}/package.json`, import.meta.url))
  if (!existsSync(file)) throw new Error('not installed: npm could not get it')
  return /** @type {string} */ (JSON.parse(readFileSync(file, 'utf8')).version)
}

/**
 * @param {string} name
 * @param {string} [path] of a module inside the package
 * @returns {Promise<any>} its exports; nothing is known about their types
 */
export async function loadRival(name, path = '') {
  rivalVersion(name) // else a package of the repository's own node_modules could stand in
  return import(`${name}${path}`)
}

/** @type {Record<string, () => Promise<(message: Uint8Array) => Uint8Array>>} Keccak-256 of each hash library */
export const KECCAK = {
  '@noble/hashes': async () => (await loadRival('@noble/hashes', '/sha3.js')).keccak_256,
  'hash-wasm': async () => {
    // One hasher used again and again, binary in and out: its fastest form.
    const hasher = await (await loadRival('hash-wasm')).createKeccak(256)
    return message => hasher.init().update(message).digest('binary')
  },
  'js-sha3': async () => {
    const { default: sha3 } = await loadRival('js-sha3')
    return message => new Uint8Array(sha3.keccak256.arrayBuffer(message))
  },
}

/**
 * The 0G SDK's own tree over bytes in memory, in one of the forms that it has for them.
 * @param {string} form
 * @returns {Promise<(bytes: Uint8Array) => Promise<Uint8Array>>}
 */
export async function sdkFileRoot(form) {
  const { Blob: SdkBlob, MemData } = await loadRival('@0gfoundation/0g-ts-sdk')
  /** @type {(bytes: Uint8Array) => any} */
  const open =
    form === 'Blob'
      ? bytes => new SdkBlob(new File([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], 'file'))
      : bytes => new MemData(bytes)
  /** @type {WeakMap<Uint8Array, any>} opening is not what is measured */
  const opened = new WeakMap()
  return async bytes => {
    const file = opened.get(bytes) ?? open(bytes)
    opened.set(bytes, file)
    const [tree, error] = await file.merkleTree()
    if (error) throw error
    return Uint8Array.from(Buffer.from(tree.rootHash().slice(2), 'hex'))
  }
}
