// @ts-check
/** The file that the demo works on. */

import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { TARGET } from '../lib/paths.mjs'

const MIB = 2 ** 20

/** Below this a file is hashed too fast to time. */
const SMALLEST = 32 * MIB
const GENERATED = 64 * MIB

/**
 * The file that was named; else the running Node executable, a real file that everybody has; else a generated one.
 * @param {string | undefined} named
 * @returns {Promise<{path: string, name: string, size: number, note: string}>}
 */
export async function subject(named) {
  if (named !== undefined) {
    const { size } = await stat(named).catch(error => {
      throw new Error(`${named} cannot be read: ${error.message}`)
    })
    return { path: named, name: basename(named), size, note: '' }
  }
  const { size } = statSync(process.execPath)
  if (size >= SMALLEST) {
    return { path: process.execPath, name: basename(process.execPath), size, note: 'the running Node executable' }
  }
  return {
    path: await generated(),
    name: 'generated file',
    size: GENERATED,
    note: 'the Node executable is under 32 MiB',
  }
}

/** Bytes that no compression and no zero run makes easy; always the same ones. */
async function generated() {
  mkdirSync(TARGET, { recursive: true })
  const path = join(TARGET, 'demo-64MiB.bin')
  if (existsSync(path) && statSync(path).size === GENERATED) return path
  const out = createWriteStream(path)
  let state = 0x2545f491
  for (let written = 0; written < GENERATED; written += MIB) {
    const words = new Uint32Array(MIB / 4)
    for (let i = 0; i < words.length; i++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      words[i] = state
    }
    if (!out.write(new Uint8Array(words.buffer))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
  return path
}
