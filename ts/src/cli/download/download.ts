import pc from 'picocolors'
import { backend, init } from '../../backend/choose.js'
import { ZgkitError } from '../../errors.js'
import type { RunOptions } from '../../run/control.js'
import { Download, type SourceFault, type SourceReport, StorageNode } from '../../transfer/index.js'
import type { Common } from '../commands.js'
import { interruptible, withProgress } from '../files.js'
import { EXIT, print } from '../output.js'
import { PartFile, partOf } from '../part-file.js'
import { ProofNotes } from './proof-notes.js'

/** Options of `zgkit download`. */
export interface DownloadArguments extends Common {
  readonly root: string
  readonly size: number
  /** URLs of storage nodes. */
  readonly from: readonly string[]
  readonly out: string
  readonly concurrency: number
  readonly idleTimeoutMs: number
}

/** `zgkit download --root R --size N --from URL... --out FILE` */
export async function download(options: DownloadArguments): Promise<number> {
  const { json, size, out } = options
  await init()
  const nodes = options.from.map(url => new StorageNode(url))
  const signal = interruptible()
  const part = await PartFile.open(out, false)
  const notes = await ProofNotes.open(`${partOf(out)}.proofs`, size)
  try {
    const sources = await withProgress('downloading', signal, run => fetchAll(options, nodes, part, notes, run))
    await part.finish(size)
    await notes.discard()
    const { tier } = backend()
    print(json, { ok: true, size, kept: part.kept, out, sources: sources.map(summary), tier }, [
      `${pc.green('downloaded and verified')}: ${out}, ${size} bytes (${tier})`,
      ...(part.kept > 0 ? [`${part.kept} bytes of an earlier run were right and kept`] : []),
      ...sources.map(line),
    ])
    return EXIT.ok
  } catch (error) {
    // What is there is left for the next run.
    await Promise.allSettled([part.close(), notes.close()])
    if (error instanceof ZgkitError && error.code === 'SOURCES_EXHAUSTED') return reportExhausted(json, error)
    throw error
  }
}

/** Writes every segment where it belongs, those that an earlier run left only after they were verified like all others. */
async function fetchAll(
  { root, size, concurrency, idleTimeoutMs }: DownloadArguments,
  sources: readonly StorageNode[],
  part: PartFile,
  notes: ProofNotes,
  control: RunOptions,
): Promise<SourceReport[]> {
  const download = new Download({
    ...control,
    root: root as `0x${string}`,
    size,
    sources,
    concurrency,
    idleTimeoutMs,
    async have({ index, offset, length }) {
      const [data, proof] = [await part.left(offset, length), await notes.get(index)]
      return data && proof && { data, proof }
    },
  })
  for await (const { index, offset, data, proof } of download.segments()) {
    await part.put(data, offset)
    await notes.put(index, proof)
  }
  return download.sources
}

/** Nobody could deliver a segment. It is the file's sources that are bad if all of them lied; else they may be had later. */
function reportExhausted(json: boolean, { code, message, details, retryable }: ZgkitError): number {
  const { index, sources } = details as { index: number; sources: readonly SourceFault[] }
  const faults = sources.map(({ source, index, code, cause }) => ({
    source,
    index,
    code,
    ...(cause instanceof Error && { reason: cause.message }),
  }))
  print(json, { ok: false, code, message, index, retryable, faults }, [
    `${pc.red('not downloaded')}: ${pc.bold(code)}, segment ${index}`,
    ...faults.map(({ source, code, reason }) => `  ${source}: ${code}${reason === undefined ? '' : ` (${reason})`}`),
    ...(retryable ? ['The same command goes on from here.'] : []),
  ])
  return retryable ? EXIT.environment : EXIT.rejected
}

function summary({ name, segments, timeouts, failures, lie }: SourceReport) {
  return { name, segments, timeouts, failures, ...(lie && { lie: { index: lie.index, code: lie.code } }) }
}

function line({ name, segments, timeouts, failures, lie }: SourceReport): string {
  const troubles = timeouts + failures > 0 ? `, ${timeouts} timeouts, ${failures} failures` : ''
  const verdict = lie ? `, ${pc.red('lied')} about segment ${lie.index}: ${lie.code}` : ''
  return `  ${name}: ${segments} ${segments === 1 ? 'segment' : 'segments'}${troubles}${verdict}`
}
