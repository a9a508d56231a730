import { writeFile } from 'node:fs/promises'
import pc from 'picocolors'
import type { Hex } from '../../bytes.js'
import { decodeShards, type ShardDecoding, type ShardFault } from '../../erasure/decode.js'
import { ZgkitError } from '../../errors.js'
import type { RunOptions } from '../../run/control.js'
import type { Common } from '../commands.js'
import { EXIT, print } from '../output.js'
import { listShards, type ShardFile, type Trust, trustIn, withFiles } from './shard-folder.js'

/** Options of the commands that read a folder of shards. */
export interface ReadArguments extends Common {
  /** The trusted commitment. */
  readonly commitment: string | undefined
  /** Where evidence against a lying encoder is written to. */
  readonly evidence: string | undefined
}

/** What is wrong with a file of a folder. */
export type FileFault = { readonly name: string } & Omit<ShardFault, 'source'>

/** The shard files of a folder, and those of them that claim the commitment that is gone by. */
export interface ShardSet {
  readonly folder: string
  readonly trust: Trust
  /** Names of the files that are worth opening. */
  readonly names: readonly string[]
  /** The other files. */
  readonly foreign: readonly FileFault[]
}

/** Codes of data that cannot be had back: exit code 1. */
const UNRECOVERABLE = new Set(['TOO_FEW_SHARDS', 'ENCODING_MISMATCH', 'MATRIX_SINGULAR'])

/** Finds out what there is in a folder and which commitment to go by. */
export async function findShards(folder: string, commitment: string | undefined): Promise<ShardSet> {
  const files = await listShards(folder)
  const trust = await trustIn(folder, files, commitment)
  const isOurs = ({ claim }: ShardFile) => claim !== undefined && claim === trust.commitment
  const foreign = files
    .filter(file => !isOurs(file))
    .map(({ name, claim }) => {
      const code = claim === undefined ? 'HEADER_FORMAT' : 'COMMITMENT_MISMATCH'
      return { name, index: undefined, code, stripe: undefined, chunks: 0 } as const
    })
  return { folder, trust, names: files.filter(isOurs).map(({ name }) => name), foreign }
}

/** Opens the files of a set, decodes them, and closes them. */
export async function withDecoding<T>(
  { folder, trust, names }: ShardSet,
  options: RunOptions,
  use: (decoding: ShardDecoding) => Promise<T>,
): Promise<T> {
  const { commitment } = trust
  if (commitment === undefined) {
    throw new ZgkitError('TOO_FEW_SHARDS', `${folder} has no file with the header of a shard`, { stripe: 0, got: 0 })
  }
  return withFiles(folder, names, async files => use(await decodeShards(commitment as Hex, files, options)))
}

/** Faults with the names of files. */
export function named({ names, foreign }: ShardSet, faults: readonly ShardFault[]): FileFault[] {
  return [...faults.map(({ source, ...fault }) => ({ name: names[source] ?? '', ...fault })), ...foreign]
}

/** Whether an error says that the data cannot be had back. */
export function isUnrecoverable(error: unknown): error is ZgkitError {
  return error instanceof ZgkitError && UNRECOVERABLE.has(error.code)
}

/** Says why the data cannot be had back, and writes the evidence where it is wanted. */
export async function reportUnrecoverable(
  set: ShardSet,
  error: ZgkitError,
  { json, evidence: path }: ReadArguments,
): Promise<number> {
  const { stripe, expected, got, faults, missing, evidence } = error.details as {
    stripe?: number
    expected?: number
    got?: number
    faults?: readonly ShardFault[]
    missing?: readonly number[]
    evidence?: Uint8Array
  }
  if (path !== undefined && evidence) await writeFile(path, evidence)
  const written = evidence ? path : undefined
  const all = named(set, faults ?? [])
  const { commitment, from } = set.trust
  const result = { ok: false, code: error.code, stripe, expected, got, missing, faults: all, evidence: written }
  print(json, { ...result, commitment, commitmentFrom: from }, [
    `${pc.red('unrecoverable')}: ${pc.bold(error.code)}: ${error.message}`,
    ...trustLines(set.trust),
    ...all.map(faultLine),
    ...(missing?.length ? [`  no good file for shards ${missing.join(', ')}`] : []),
    ...(evidence ? [written ? `evidence written to ${written}` : 'evidence can be had with --evidence FILE'] : []),
  ])
  return EXIT.rejected
}

/** Says which commitment was gone by, and that it is not the user's own where it is not. */
export function trustLines({ commitment, from }: Trust): string[] {
  if (commitment === undefined) return []
  const claimed = from === 'option' ? '' : ` ${pc.yellow(`(claimed by the ${from}: trust it with --commitment)`)}`
  return [`${pc.bold('commitment')}  ${commitment}${claimed}`]
}

/** A fault in one line. */
export function faultLine({ name, index, code, stripe, chunks }: FileFault): string {
  const shard = index === undefined ? '' : ` (shard ${index})`
  const where = stripe === undefined ? '' : `: ${chunks} ${chunks === 1 ? 'chunk' : 'chunks'}, from stripe ${stripe} on`
  return `  ${pc.yellow(code)}  ${name}${shard}${where}`
}
