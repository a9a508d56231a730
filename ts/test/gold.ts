import gold from '../../testdata/storage/pora_gold.json' with { type: 'json' }
import { type AnswerFields, FileTree, FlowTree, fromHex, type Hex, readCase, sealSync, toHex } from '../dist/index.js'
import { patternBytes, wholeSectors } from './patterns.js'

export type GoldCase = (typeof gold.cases)[number]

/** Bytes of a flow, zeros where nobody wrote. */
export class FlowBytes {
  readonly tree = new FlowTree()
  readonly #parts: { readonly start: number; readonly bytes: Uint8Array }[] = []

  /** Places a file. */
  submit(bytes: Uint8Array): { start: number; nodes: { height: number; root: Hex }[] } {
    const file = FileTree.buildSync(bytes)
    const { nodes } = file.submission()
    const { start, positions } = this.tree.append({ nodes, segmentRoots: file.segmentRoots() })
    const padded = new Uint8Array(file.layout.paddedSectors * 256)
    padded.set(wholeSectors(bytes))
    let offset = 0
    nodes.forEach(({ height }, i) => {
      const size = 2 ** height * 256
      this.#parts.push({ start: Number(positions[i]) * 256, bytes: padded.subarray(offset, offset + size) })
      offset += size
    })
    return { start: Number(start), nodes: nodes.map(({ height, root }) => ({ height, root: toHex(root) })) }
  }

  /** `length` bytes from sector `sector` on. */
  read(sector: number, length: number): Uint8Array {
    const [from, out] = [sector * 256, new Uint8Array(length)]
    for (const { start, bytes } of this.#parts) {
      const [begin, end] = [Math.max(from, start), Math.min(from + length, start + bytes.length)]
      if (begin < end) out.set(bytes.subarray(begin - start, end - start), begin - from)
    }
    return out
  }
}

/** The flow that the steps of a scenario build; `each` sees every submission. */
export function replay(
  scenario: GoldCase['scenario'],
  each: (flow: FlowBytes, start: number, nodes: { height: number; root: Hex }[], step: number) => void = () => {},
): FlowBytes {
  const flow = new FlowBytes()
  scenario.steps.forEach((step, i) => {
    if (!step.file) return
    const { start, nodes } = flow.submit(patternBytes(step.file.pattern, step.file.size))
    each(flow, start, nodes, i)
  })
  return flow
}

const flows = new Map<GoldCase, FlowBytes>()

/** The flow of a scenario, built once. */
export function flowOf(one: GoldCase): FlowBytes {
  const flow = flows.get(one) ?? replay(one.scenario)
  flows.set(one, flow)
  return flow
}

/** The epoch of a scenario that a seal belongs to: the one that has its last sector. */
export function epochOf({ sealRanges }: GoldCase, sealSector: number): Hex {
  const range = sealRanges.find(({ start, end }) => start <= sealSector + 15 && sealSector + 15 < end)
  if (!range) throw new Error(`no epoch has sector ${sealSector + 15}`)
  return range.digest as Hex
}

/** A load of a scenario's flow, sealed by its miner. */
export function sealedLoad(one: GoldCase, flow: FlowBytes, load: number): Uint8Array {
  const out = new Uint8Array(262_144)
  for (let seal = 0; seal < 64; seal++) {
    const startSector = load * 1024 + seal * 16
    const contextDigest = epochOf(one, startSector)
    const data = flow.read(startSector, 4096)
    out.set(sealSync(data, { minerId: one.minerId as Hex, contextDigest, startSector }), seal * 4096)
  }
  return out
}

/** An answer of the contract's test with one thing changed as its label says. */
export function changed(one: GoldCase, { label, changed }: { label: string; changed: object }): AnswerFields {
  const answer = { ...one.answer, ...changed } as Record<string, unknown>
  const data = fromHex(one.answer.sealedData)
  const proof = [...one.answer.merkleProof]
  const edits: Record<string, () => void> = {
    'data bit flipped (first byte)': () => {
      data[0] = (data[0] as number) ^ 1
    },
    'data bit flipped (last byte)': () => {
      data[4095] = (data[4095] as number) ^ 1
    },
    'proof sibling flipped': () => {
      const sibling = fromHex(proof[1] as string)
      sibling[31] = (sibling[31] as number) ^ 1
      proof[1] = toHex(sibling)
    },
    'proof one shorter': () => proof.pop(),
    'proof one longer': () => proof.push(toHex(new Uint8Array(32))),
  }
  if ('sealedData' in changed || 'merkleProof' in changed) (edits[label] as () => void)()
  return readCase({ ...one, answer: { ...answer, sealedData: toHex(data), merkleProof: proof } }).answer
}

export { gold }
