import { type FileHandle, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../bytes.js'
import type { Code } from '../../rules/erasure/code.js'
import { commitmentTo, type Descriptor } from '../../rules/erasure/descriptor.js'
import { HEADER_START_BYTES, readHeaderStart } from '../../rules/erasure/header.js'
import { partOf } from '../part-file.js'

const EXTENSION = '.zgs'
const MANIFEST = 'manifest.json'
/** Most bytes of a manifest: 256 names take 6 kB. */
const MAX_MANIFEST_BYTES = 2 ** 16

/** A shard file as its name and the first bytes have it: nothing of it is checked. */
export interface ShardFile {
  readonly name: string
  /** The commitment that its header claims; `undefined` where there is no header. */
  readonly claim: string | undefined
}

/** The commitment that is gone by, and who gave it. */
export interface Trust {
  /** `undefined` where no file has the header of a shard. */
  readonly commitment: string | undefined
  readonly from: 'option' | 'manifest' | 'headers'
}

/** The usual name of a shard's file. */
export const nameOf = (index: number): string => `${String(index).padStart(4, '0')}${EXTENSION}`

/** The shard files of a folder, by name. */
export async function listShards(folder: string): Promise<ShardFile[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith(EXTENSION)).sort()
  const files: ShardFile[] = []
  for (const name of names) {
    const path = join(folder, name)
    if ((await stat(path)).isFile()) files.push({ name, claim: await claimOf(path) })
  }
  return files
}

/** The commitment to go by: the user's, else the manifest's if a shard has it, else the one that most shards have. */
export async function trustIn(folder: string, files: readonly ShardFile[], given: string | undefined): Promise<Trust> {
  if (given !== undefined) return { commitment: given.toLowerCase(), from: 'option' }
  const votes = new Map<string, number>()
  for (const { claim } of files) if (claim !== undefined) votes.set(claim, (votes.get(claim) ?? 0) + 1)
  const manifest = await manifestCommitment(folder)
  if (manifest !== undefined && votes.has(manifest)) return { commitment: manifest, from: 'manifest' }
  const [most] = [...votes].sort(([, a], [, b]) => b - a)
  return { commitment: most?.[0], from: 'headers' }
}

/** Opens files of a folder, and closes them after use. */
export async function withFiles<T>(
  folder: string,
  names: readonly string[],
  use: (files: FileHandle[]) => Promise<T>,
): Promise<T> {
  const files: FileHandle[] = []
  try {
    for (const name of names) files.push(await open(join(folder, name), 'r'))
    return await use(files)
  } finally {
    await Promise.all(files.map(file => file.close()))
  }
}

/** What stands in a manifest: a convenience, of which only the commitment is ever read. */
export interface Manifest {
  readonly commitment: string
  readonly code: Code
  readonly chunk: number
  readonly size: number
}

/** Writes the manifest of a folder with all its shards. */
export async function writeManifest(folder: string, { commitment, code, chunk, size }: Manifest): Promise<void> {
  const { name, data, parity } = code
  const shards = Array.from({ length: data + parity }, (_, index) => nameOf(index))
  const manifest = { schema: 'zgkit-shards/1', commitment, code: name, data, parity, chunk, size, shards }
  const path = join(folder, MANIFEST)
  await writeFile(partOf(path), `${JSON.stringify(manifest, undefined, 2)}\n`)
  await rename(partOf(path), path)
}

/** The commitment that the manifest claims, if there is a manifest that can be read. */
export async function manifestCommitment(folder: string): Promise<string | undefined> {
  const path = join(folder, MANIFEST)
  try {
    if ((await stat(path)).size > MAX_MANIFEST_BYTES) return undefined
    const { commitment } = JSON.parse(await readFile(path, 'utf8')) as { commitment?: unknown }
    return typeof commitment === 'string' ? commitment.toLowerCase() : undefined
  } catch {
    return undefined
  }
}

/** Removes unfinished files of shards from `count` on: what an interrupted run for more shards left. */
export async function removeParts(folder: string, count: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const index = /^(\d{4})\.zgs\.part$/.exec(name)?.[1]
    if (index !== undefined && Number(index) >= count) await rm(join(folder, name), { force: true })
  }
}

async function claimOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return undefined
  try {
    const bytes = new Uint8Array(HEADER_START_BYTES)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    const descriptor: Descriptor | undefined = readHeaderStart(bytes.subarray(0, bytesRead))?.descriptor
    return descriptor && toHex(commitmentTo(descriptor))
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
