import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes } from '../dist/bytes.js'
import { type AnswerFields, Miner, RecallRange, sealSync, targetOf, type VerifyTask } from '../dist/index.js'
import { bytes8 } from '../dist/rules/uint.js'
import { FlowBytes } from './gold.js'

/** A number as 32 bytes without structure. */
export const hashOf = (...numbers: number[]) => keccak_256(concatBytes(numbers.map(number => bytes8(BigInt(number)))))

/** Bytes without a period, cheaply: xorshift of a seed. */
export function noise(seed: number, size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4))
  let x = seed | 1
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    words[i] = x
  }
  return new Uint8Array(words.buffer, 0, size)
}

/** A flow of random files in several epochs, a miner of one of its partitions, and a target that a seal in 32 reaches. */
export class World {
  readonly task: VerifyTask
  readonly minerId: Uint8Array
  readonly range: RecallRange
  readonly #flow = new FlowBytes()
  readonly #loads = new Map<number, Uint8Array>()

  /** @param seed everything follows from it */
  constructor(seed: number) {
    const dice = new DataView(hashOf(seed).buffer)
    const sealRanges: { digest: Uint8Array; start: number; end: number }[] = []
    for (let epoch = 0; epoch <= dice.getUint8(0) % 3; epoch++) {
      const start = sealRanges.at(-1)?.end ?? 0
      for (let file = 0; file <= dice.getUint8(1 + epoch) % 2; file++) {
        const at = 4 * (1 + 2 * epoch + file)
        this.#flow.submit(noise(dice.getUint32(at), 300_000 + (dice.getUint32(at) % 1_500_000)))
      }
      sealRanges.push({ digest: hashOf(seed, epoch), start, end: this.#flow.tree.length })
    }
    const partitions = 2 ** (dice.getUint8(31) % 4)
    const flowLength = this.#flow.tree.length
    // A partition that has a load, or the miner would look for ever.
    const partition = dice.getUint8(30) % Math.min(partitions, Math.floor(flowLength / 1024))
    this.minerId = hashOf(seed, 100)
    this.range = RecallRange.of(flowLength, { partitions, partition })
    this.task = {
      context: { flowRoot: this.#flow.tree.root, flowLength, digest: hashOf(seed, 101) },
      poraTarget: targetOf(32) * BigInt(partitions),
      subtaskDigest: hashOf(seed, 102),
      maxShards: 8,
      sealRanges,
    }
  }

  /** The first answer that the miner finds from a nonce on. Seal 0 of the flow has no proof: a win there is passed over. */
  async mine(baseNonce: Uint8Array): Promise<AnswerFields> {
    const { minerId, range } = this
    const miner = new Miner(this.task, { minerId, range }, load => this.#load(load))
    // A nonce at a time: a batch of the usual size would be far more than it takes.
    for (let firstNonce = 0; ; firstNonce++) {
      for await (const win of miner.mine({ baseNonce, firstNonce, nonces: 1 })) {
        if (win.recallPosition !== 0n) return this.answer(win)
      }
    }
  }

  /** What completes the answer for the seal at a place: its data, context and proof. */
  answer<Fields extends Pick<AnswerFields, 'recallPosition'>>(fields: Fields) {
    const position = Number(fields.recallPosition)
    const load = Math.floor(position / 1024)
    const inLoad = (position % 1024) * 256
    return {
      ...fields,
      sealedData: this.#load(load).slice(inLoad, inLoad + 4096),
      sealedContextDigest: this.#epochOf(position),
      merkleProof: this.#flow.tree.prove(position, this.#flow.read(load * 1024, 262_144)).slice(4),
    }
  }

  #load(load: number): Uint8Array {
    const known = this.#loads.get(load)
    if (known) return known
    const sealed = new Uint8Array(262_144)
    for (let startSector = load * 1024; startSector < (load + 1) * 1024; startSector += 16) {
      const key = { minerId: this.minerId, contextDigest: this.#epochOf(startSector), startSector }
      sealed.set(sealSync(this.#flow.read(startSector, 4096), key), (startSector % 1024) * 256)
    }
    this.#loads.set(load, sealed)
    return sealed
  }

  #epochOf(position: number): Uint8Array {
    const epoch = this.task.sealRanges.find(
      ({ start, end }) => position + 16 > Number(start) && position + 16 <= Number(end),
    )
    // Past the flow's end nothing was ever sealed: any context does.
    return (epoch?.digest ?? this.minerId) as Uint8Array
  }
}
