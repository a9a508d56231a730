import { join } from 'node:path'
import pc from 'picocolors'
import { backend, init } from '../../backend/choose.js'
import type { ShardDecoding } from '../../erasure/decode.js'
import { shardsOf } from '../../rules/erasure/code.js'
import { headerBytes } from '../../rules/erasure/header.js'
import type { RunOptions } from '../../run/control.js'
import { interruptible, withProgress } from '../files.js'
import { CliError, EXIT, print } from '../output.js'
import { PartFile } from '../part-file.js'
import {
  type FileFault,
  faultLine,
  findShards,
  isUnrecoverable,
  named,
  type ReadArguments,
  reportUnrecoverable,
  type ShardSet,
  trustLines,
  withDecoding,
} from './read-shards.js'
import { manifestCommitment, nameOf, writeManifest } from './shard-folder.js'
import { ShardWriter } from './shard-writer.js'

/** What one pass over the shards did and saw. */
interface Pass {
  /** Indices of the shards that it wrote. */
  readonly repaired: readonly number[]
  /** Indices of shards that were taken and have bad chunks. */
  readonly bad: readonly number[]
  readonly faults: readonly FileFault[]
  readonly decoding: ShardDecoding
}

/** `zgkit repair DIR` */
export async function repair(folder: string, options: ReadArguments): Promise<number> {
  await init()
  const set = await findShards(folder, options.commitment)
  try {
    const signal = interruptible()
    // Shards that are missing are known at once; which chunks are bad is known when all were read.
    const first = await pass(set, signal, undefined)
    const second = first.bad.length > 0 ? await pass(set, signal, first.bad) : undefined
    const { code, layout } = first.decoding
    const { commitment, from } = set.trust
    if (commitment !== undefined && (await manifestCommitment(folder)) !== commitment) {
      await writeManifest(folder, { commitment, code, chunk: layout.chunk, size: layout.size })
    }
    const repaired = [...first.repaired, ...(second?.repaired ?? [])].sort((a, b) => a - b)
    const { faults } = first
    const { tier } = backend()
    const names = repaired.map(nameOf)
    print(options.json, { ok: true, commitment, commitmentFrom: from, repaired, faults, folder, tier }, [
      names.length > 0 ? `${pc.green('repaired')}: ${names.join(', ')} (${tier})` : pc.green('all shards are good'),
      ...trustLines(set.trust),
      ...faults.map(faultLine),
    ])
    return EXIT.ok
  } catch (error) {
    if (!isUnrecoverable(error)) throw error
    return reportUnrecoverable(set, error, options)
  }
}

/** Reads all shards and writes some: those of `wanted`, or without it those that are missing. */
function pass(set: ShardSet, signal: AbortSignal, wanted: readonly number[] | undefined): Promise<Pass> {
  const run = (control: RunOptions) =>
    withDecoding(set, control, async decoding => {
      const { code, layout } = decoding
      const missing = Array.from({ length: shardsOf(code) }, (_, i) => i).filter(i => !decoding.sources.has(i))
      const repaired = wanted ?? missing
      const writers: { readonly index: number; readonly writer: ShardWriter }[] = []
      try {
        for (const index of repaired) {
          checkName(set, decoding, index)
          const part = await PartFile.open(join(set.folder, nameOf(index)), false)
          writers.push({ index, writer: new ShardWriter(part, headerBytes(code, index), layout.stripes) })
        }
        for await (const { chunks, hashes } of decoding) {
          await Promise.all(
            writers.map(({ index, writer }) => writer.add(chunks[index] as Uint8Array, hashes[index] as Uint8Array)),
          )
        }
        const headers = decoding.committed?.headers ?? []
        await Promise.all(writers.map(({ index, writer }) => writer.finish(headers[index] as Uint8Array)))
      } catch (error) {
        const unrecoverable = isUnrecoverable(error)
        await Promise.all(
          writers.map(({ writer }) => (unrecoverable ? writer.discard() : writer.close()).catch(() => {})),
        )
        throw error
      }
      const bad = decoding.faults.filter(({ stripe }) => stripe !== undefined).map(({ index }) => index as number)
      return { repaired, bad: [...new Set(bad)], faults: named(set, decoding.faults), decoding }
    })
  return withProgress(wanted ? 'rewriting' : 'repairing', signal, run)
}

/** A good shard under the name of another one is not overwritten. */
function checkName({ folder, names }: ShardSet, { sources }: ShardDecoding, index: number): void {
  const name = nameOf(index)
  const holder = [...sources].find(([holder, source]) => holder !== index && names[source] === name)
  if (holder) {
    const message = `${join(folder, name)} is shard ${holder[0]}: rename it to ${nameOf(holder[0])} first`
    throw new CliError(EXIT.environment, 'FILE_EXISTS', message)
  }
}
