import pc from 'picocolors'
import { backend, init } from '../../backend/choose.js'
import type { RunOptions } from '../../run/control.js'
import { interruptible, withProgress } from '../files.js'
import { EXIT, print } from '../output.js'
import { PartFile } from '../part-file.js'
import {
  faultLine,
  findShards,
  isUnrecoverable,
  named,
  type ReadArguments,
  reportUnrecoverable,
  trustLines,
  withDecoding,
} from './read-shards.js'

/** Options of `zgkit reconstruct`. */
export interface ReconstructArguments extends ReadArguments {
  readonly out: string
}

/** `zgkit reconstruct DIR --out FILE` */
export async function reconstruct(folder: string, options: ReconstructArguments): Promise<number> {
  const { json, out, commitment } = options
  await init()
  const set = await findShards(folder, commitment)
  const signal = interruptible()
  const part = await PartFile.open(out, false)
  const run = (control: RunOptions) =>
    withDecoding(set, control, async decoding => {
      let position = 0
      for await (const { data } of decoding) {
        await part.put(data, position)
        position += data.length
      }
      return { size: position, faults: named(set, decoding.faults) }
    })
  try {
    const { size, faults } = await withProgress('reconstructing', signal, run)
    await part.finish(size)
    const { tier } = backend()
    const { commitment, from } = set.trust
    print(json, { ok: true, commitment, commitmentFrom: from, size, kept: part.kept, faults, out, tier }, [
      `${pc.green('reconstructed')}: ${out}, ${size} bytes (${tier})`,
      ...trustLines(set.trust),
      ...faults.map(faultLine),
      ...(faults.length > 0 ? [`zgkit repair ${folder} makes these shards good`] : []),
    ])
    return EXIT.ok
  } catch (error) {
    if (!isUnrecoverable(error)) {
      await part.close().catch(() => {})
      throw error
    }
    await part.discard()
    return reportUnrecoverable(set, error, options)
  }
}
