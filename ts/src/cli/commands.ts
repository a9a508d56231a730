import pc from 'picocolors'
import { backend, init } from '../backend/choose.js'
import { toHex } from '../bytes.js'
import { SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_SECTORS } from '../limits.js'
import {
  type ByteSource,
  type FileLayout,
  FileTree,
  fileLayout,
  type ProofKind,
  proofToJson,
  type Verdict,
  verifySector,
  verifySegment,
} from '../merkle/index.js'
import { scan } from '../merkle/scan.js'
import { segmentSectors } from '../rules/layout.js'
import type { RunOptions } from '../run/control.js'
import { readJson, readSegment, readSmall, watched, watchedInput, withFile } from './files.js'
import { EXIT, print } from './output.js'

export interface Common {
  readonly json: boolean
}

/** Which segment or sector is meant. */
export interface Target {
  readonly kind: ProofKind
  readonly index: number
}

/** `zgkit root FILE`, or `-` for stdin */
export async function root(path: string, { json }: Common): Promise<number> {
  await init()
  const read = (source: ByteSource, options: RunOptions) => scan(source, options, false)
  const { root, layout } = await (path === '-' ? watchedInput(read) : withFile(path, file => watched(file, read)))
  const { size, sectors, paddedSectors, segments } = layout
  const { tier } = backend()
  const fileRoot = toHex(root)
  print(json, { fileRoot, size, sectors, paddedSectors, segments, tier }, [
    `${pc.bold('file root')}       ${fileRoot}`,
    `${pc.bold('size')}            ${size} bytes`,
    `${pc.bold('sectors')}         ${sectors}`,
    `${pc.bold('padded sectors')}  ${paddedSectors}`,
    `${pc.bold('segments')}        ${segments}`,
    `${pc.bold('tier')}            ${tier}`,
  ])
  return EXIT.ok
}

/** `zgkit prove FILE (--segment N | --sector N)` */
export async function prove(path: string, { kind, index }: Target, _: Common): Promise<number> {
  await init()
  const proof = await withFile(path, async file => {
    const tree = await watched(file, FileTree.build)
    if (kind === 'segment') return tree.proveSegment(index)
    return tree.proveSector(index, await readSegment(file, Math.floor(index / SEGMENT_SECTORS)))
  })
  // A proof is JSON by nature; there is no other form to print.
  process.stdout.write(`${JSON.stringify(proofToJson(proof), undefined, 2)}\n`)
  return EXIT.ok
}

export interface VerifyArguments extends Common {
  readonly root: string
  readonly size: number
  readonly proof: string
  /** The place that the user asks about. */
  readonly target: Target | undefined
}

/** `zgkit verify --root R --size BYTES --proof P.json [--segment N | --sector N] DATA` */
export async function verify(
  data: string,
  { json, root, size, proof: proofPath, target }: VerifyArguments,
): Promise<number> {
  await init()
  const layout = fileLayout(size)
  const proof = await readJson(proofPath)
  const bytes = await readSmall(data)
  // Without a place from the user, the proof's own claim is what is examined, and the answer says which place that is.
  const { kind, index } = target ?? claimedTarget(proof)
  const claim = { root: root as `0x${string}`, size, index, data: fillLastSector(bytes, kind, index, layout), proof }
  const verdict = await (kind === 'segment' ? verifySegment(claim) : verifySector(claim))
  report(json, verdict, kind, index)
  return verdict.ok ? EXIT.ok : EXIT.rejected
}

/** Kind and index that a proof file names. Nothing usable there leads to a place that no file has. */
function claimedTarget(proof: unknown): Target {
  const { kind, index } = (typeof proof === 'object' && proof !== null ? proof : {}) as Record<string, unknown>
  return { kind: kind === 'sector' ? 'sector' : 'segment', index: typeof index === 'number' ? index : -1 }
}

/** Files end inside a sector, proofs do not: exactly the file's bytes of this place are filled up with zeros. */
function fillLastSector(bytes: Uint8Array, kind: ProofKind, index: number, layout: FileLayout): Uint8Array {
  const [start, length] =
    kind === 'segment'
      ? [index * SEGMENT_BYTES, segmentSectors(layout, index) * SECTOR_BYTES]
      : [index * SECTOR_BYTES, SECTOR_BYTES]
  if (bytes.length !== layout.size - start || bytes.length >= length) return bytes
  const filled = new Uint8Array(length)
  filled.set(bytes)
  return filled
}

function report(json: boolean, verdict: Verdict, kind: ProofKind, index: number): void {
  const { tier } = backend()
  if (verdict.ok) {
    print(json, { ok: true, kind, index, tier }, [`${pc.green('verified')}: ${kind} ${index} (${tier})`])
    return
  }
  const [expected, got] = [verdict.expected, verdict.got].map(value =>
    value instanceof Uint8Array ? toHex(value) : value,
  )
  const detail = expected === undefined ? '' : `: expected ${expected}, got ${got ?? 'none'}`
  print(json, { ok: false, kind, index, code: verdict.code, expected, got, tier }, [
    `${pc.red('rejected')}: ${pc.bold(verdict.code)}${detail}`,
  ])
}
