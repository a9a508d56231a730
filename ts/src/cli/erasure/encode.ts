import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pc from 'picocolors'
import { backend, init } from '../../backend/choose.js'
import { toHex } from '../../bytes.js'
import { ErasureCode } from '../../erasure/code.js'
import { encodeShards } from '../../erasure/encode.js'
import type { CodeName } from '../../rules/erasure/code.js'
import { headerBytes } from '../../rules/erasure/header.js'
import { stripeLayout } from '../../rules/erasure/layout.js'
import type { RunOptions } from '../../run/control.js'
import type { Common } from '../commands.js'
import { interruptible, withFile, withProgress } from '../files.js'
import { CliError, EXIT, print } from '../output.js'
import { PartFile } from '../part-file.js'
import { nameOf, removeParts, writeManifest } from './shard-folder.js'
import { ShardWriter } from './shard-writer.js'

/** Options of `zgkit encode`. */
export interface EncodeArguments extends Common {
  readonly data: number
  readonly parity: number
  readonly out: string
  readonly codec: CodeName
  /** Bytes of a chunk. */
  readonly chunk: number
}

/** `zgkit encode FILE --data K --parity M --out DIR` */
export async function encode(
  path: string,
  { json, data, parity, out, codec, chunk }: EncodeArguments,
): Promise<number> {
  await init()
  const code = new ErasureCode({ name: codec, data, parity })
  const { commitment, size, kept } = await withFile(path, async file => {
    const { size } = await file.stat()
    const layout = stripeLayout(data, chunk, size)
    const signal = interruptible()
    await mkdir(out, { recursive: true })
    const writers: ShardWriter[] = []
    try {
      for (let index = 0; index < code.shards; index++) {
        const part = await PartFile.open(join(out, nameOf(index)), true)
        writers.push(new ShardWriter(part, headerBytes(code, index), layout.stripes))
      }
      const run = async (options: RunOptions) => {
        const encoding = encodeShards(file, { code, chunkBytes: chunk }, options)
        for await (const { index, chunks, hashes } of encoding) {
          if (index === layout.stripes) break
          await Promise.all(writers.map((writer, i) => writer.add(chunks[i] as Uint8Array, hashes[i] as Uint8Array)))
        }
        return encoding.committed
      }
      const committed = await withProgress('encoding', signal, run, size)
      if (committed?.size !== size) {
        throw new CliError(EXIT.environment, 'FILE_CHANGED', `${path} changed while it was read`)
      }
      await Promise.all(writers.map((writer, i) => writer.finish(committed.headers[i] as Uint8Array)))
      const kept = writers.reduce((sum, writer) => sum + writer.kept, 0)
      return { commitment: toHex(committed.commitment), size, kept }
    } catch (error) {
      await Promise.all(writers.map(writer => writer.close().catch(() => {})))
      throw error
    }
  })
  await removeParts(out, code.shards)
  await writeManifest(out, { commitment, code, chunk, size })
  const { tier } = backend()
  print(json, { commitment, code: codec, data, parity, chunk, size, kept, out, tier }, [
    `${pc.bold('commitment')}  ${commitment}`,
    `${pc.bold('shards')}      ${data} of data, ${parity} of parity in ${out}`,
    `${pc.bold('size')}        ${size} bytes`,
    ...(kept > 0 ? [`${pc.bold('kept')}        ${kept} bytes of an earlier run`] : []),
    `${pc.bold('tier')}        ${tier}`,
  ])
  return EXIT.ok
}
