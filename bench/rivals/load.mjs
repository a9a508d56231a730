// @ts-check
/** Rivals, found from this folder's own node_modules. A rival that is not there throws the reason. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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
    return sdkRoot(file)
  }
}

/**
 * The 0G SDK's own tree over a file on the disk, by its class of that name.
 * @param {string} form
 * @param {string} path
 * @returns {Promise<() => Promise<Uint8Array>>}
 */
export async function sdkRootOfFile(form, path) {
  const file = await (await loadRival('@0gfoundation/0g-ts-sdk'))[form].fromFilePath(path)
  return () => sdkRoot(file)
}

/**
 * @param {any} file of the SDK
 * @returns {Promise<Uint8Array>}
 */
async function sdkRoot(file) {
  const [tree, error] = await file.merkleTree()
  if (error) throw error
  return Uint8Array.from(Buffer.from(tree.rootHash().slice(2), 'hex'))
}

/** Erasure codes, over shards that lie one after the other. @type {Record<string, (data: Uint8Array, shape: import('../shape.mjs').Shape) => Promise<import('../workloads.mjs').Operation>>} */
export const ERASURE_CODES = {
  async '@subspace/reed-solomon-erasure.wasm'(data, { data: k, parity: m, length }) {
    const { ReedSolomonErasure } = (await loadRival('@subspace/reed-solomon-erasure.wasm')).default
    const code = await ReedSolomonErasure.fromCurrentDirectory()
    const shards = new Uint8Array((k + m) * length)
    shards.set(data)
    return () => {
      const outcome = code.encode(shards, k, m)
      if (outcome !== ReedSolomonErasure.RESULT_OK) throw new Error(`result ${outcome}`)
      return shards.subarray(k * length)
    }
  },
  async 'wasm-reed-solomon-erasure'(data, { data: k, parity: m, length }) {
    const { encode } = (await loadRival('wasm-reed-solomon-erasure')).default
    const shards = shardsOf(data, length)
    return () => encode(shards, m).slice(k)
  },
  // Its matrix is another, so that it must show by decoding that its parity is right.
  async '@ronomon/reed-solomon'(data, { data: k, parity: m, length }) {
    rivalVersion('@ronomon/reed-solomon')
    const code = createRequire(import.meta.url)('@ronomon/reed-solomon')
    const context = code.create(k, m)
    const [buffer, parity] = [Buffer.from(data), Buffer.alloc(m * length)]
    /** @type {(sources: number, targets: number) => Promise<Uint8Array>} */
    const solve = (sources, targets) =>
      new Promise((resolve, reject) => {
        const done = (/** @type {unknown} */ error) => (error ? reject(error) : resolve(parity))
        code.encode(context, sources, targets, buffer, 0, k * length, parity, 0, m * length, done)
      })
    const bits = (/** @type {number} */ from, /** @type {number} */ to) => 2 ** to - 2 ** from
    const encode = () => solve(bits(0, k), bits(k, k + m))
    await encode()
    buffer.fill(0, 0, m * length)
    await solve(bits(m, k + m), bits(0, m))
    if (!buffer.equals(data)) throw new Error('wrong result: what it decodes is not what it encoded')
    return encode
  },
}

/**
 * @param {Uint8Array} data
 * @param {number} length
 */
function shardsOf(data, length) {
  return Array.from({ length: data.length / length }, (_, i) => data.subarray(i * length, (i + 1) * length))
}
