// @ts-check
/** Rivals, found from this folder's own node_modules. A rival that is not there throws the reason. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sectorHashes } from '../tree.mjs'

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

/**
 * @typedef {object} Hasher
 * @property {() => Promise<import('../tree.mjs').Hash>} load
 * @property {boolean} [buffers] takes nothing but a Buffer
 */

/** Hash functions in their fastest form, binary in and out. @type {Record<'keccak256' | 'blake2b512', Record<string, Hasher>>} */
export const HASHES = {
  keccak256: {
    '@noble/hashes': { load: async () => (await loadRival('@noble/hashes', '/sha3.js')).keccak_256 },
    'hash-wasm': { load: async () => oneHasher(await (await loadRival('hash-wasm')).createKeccak(256)) },
    'js-sha3': {
      async load() {
        const { default: sha3 } = await loadRival('js-sha3')
        return message => new Uint8Array(sha3.keccak256.arrayBuffer(message))
      },
    },
    'keccak addon': {
      async load() {
        const { default: create } = await loadRival('keccak', '/bindings.js')
        return message => create('keccak256').update(message).digest()
      },
      buffers: true,
    },
    'keccak js': {
      async load() {
        const { default: create } = await loadRival('keccak', '/js.js')
        return message => create('keccak256').update(message).digest()
      },
      buffers: true,
    },
    sha3: {
      async load() {
        const { Keccak } = await loadRival('sha3')
        return message => new Keccak(256).update(message).digest()
      },
      buffers: true,
    },
  },
  blake2b512: {
    '@noble/hashes': {
      async load() {
        const { blake2b } = await loadRival('@noble/hashes', '/blake2.js')
        return message => blake2b(message, { dkLen: 64 })
      },
    },
    'hash-wasm': { load: async () => oneHasher(await (await loadRival('hash-wasm')).createBLAKE2b(512)) },
    blake2: {
      async load() {
        const { default: blake2 } = await loadRival('blake2')
        return message => blake2.createHash('blake2b').update(message).digest()
      },
      buffers: true,
    },
    'node:crypto': {
      load: async () => message => createHash('blake2b512').update(message).digest(),
    },
  },
}

/**
 * One hasher of hash-wasm used again and again.
 * @param {any} hasher
 * @returns {import('../tree.mjs').Hash}
 */
const oneHasher = hasher => message => hasher.init().update(message).digest('binary')

/** Libraries of Merkle trees. @type {Record<string, (bytes: Uint8Array) => Promise<() => Uint8Array>>} */
export const TREES = {
  // Over the fastest hash function that there is for it.
  async merkletreejs(bytes) {
    const { MerkleTree } = await loadRival('merkletreejs')
    const hash = await HASHES.keccak256['hash-wasm']?.load()
    const buffer = Buffer.from(bytes)
    const sectors = Array.from({ length: bytes.length / 256 }, (_, i) => buffer.subarray(256 * i, 256 * (i + 1)))
    return () => new MerkleTree(sectors, hash, { hashLeaves: true }).getRoot()
  },
  // With its own hash function; a tree over another would be none that it is used for.
  async '@openzeppelin/merkle-tree'(bytes) {
    const { SimpleMerkleTree } = await loadRival('@openzeppelin/merkle-tree')
    const hash = await HASHES.keccak256['hash-wasm']?.load()
    const leaves = hash ? sectorHashes(bytes, hash) : []
    return () => Buffer.from(SimpleMerkleTree.of(leaves, { sortLeaves: false }).root.slice(2), 'hex')
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
