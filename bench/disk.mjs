// @ts-check
/** 0G file roots of a file on the disk, which every subject reads itself. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { patternBytes } from './data.mjs'
import { HASHES, sdkRootOfFile } from './rivals/load.mjs'
import { fileRootOfFile, fileRootOver } from './tree.mjs'

/** The file is this again and again, so that the reference need not hash all of it. */
const BLOCK = 4 * 2 ** 20

/** @type {import('./workloads.mjs').Kind} */
export const disk = {
  // Not the bytes but where they are.
  input: ({ bytes }) => new TextEncoder().encode(fileOf(bytes)),

  expected({ bytes }) {
    let root = fileRootOver(patternBytes(BLOCK), keccak_256)
    for (let size = BLOCK; size < bytes; size *= 2) root = keccak_256(Buffer.concat([root, root]))
    return root
  },

  async ours(_, path, { zgkit: { fileRoot } }) {
    const file = await open(new TextDecoder().decode(path))
    return () => fileRoot(file)
  },

  async rival(_, path, { name, form }) {
    const place = new TextDecoder().decode(path)
    if (form !== undefined) return sdkRootOfFile(form, place)
    const hash = await HASHES.keccak256[name]?.load()
    if (!hash) throw new Error('no such hash function')
    const file = await open(place)
    return () => fileRootOfFile(file, hash)
  },
}

/**
 * Where the file is: the first process makes it and takes it away when it ends.
 * @param {number} bytes BLOCK times a power of two
 */
function fileOf(bytes) {
  const path = join(tmpdir(), `zgkit-bench-${bytes}`)
  if (existsSync(path) && statSync(path).size === bytes) return path
  const block = patternBytes(BLOCK)
  rmSync(`${path}.part`, { force: true })
  for (let size = 0; size < bytes; size += BLOCK) writeFileSync(`${path}.part`, block, { flag: 'a' })
  renameSync(`${path}.part`, path)
  process.once('exit', () => rmSync(path, { force: true }))
  return path
}
