import { STEPS_BYTES } from '../backend/js/pora.js'
import { VERDICT_BYTES } from '../backend/verdict.js'
import { concatBytes, fromHex } from '../bytes.js'
import { HASH_BYTES, SECTOR_BYTES } from '../limits.js'
import { word } from '../rules/uint.js'
import type { Hasher } from './hasher.js'
import { jsHasher } from './js.js'
import { MODULE } from './module.js'

/** What the module exports; verifier/assembly says what each call takes and gives. */
export interface VerifierExports {
  readonly memory: WebAssembly.Memory
  readonly INPUT: WebAssembly.Global
  readonly OUT: WebAssembly.Global
  reserve(bytes: number): number
  keccak256(bytes: number): void
  blake2b512(bytes: number): void
  contentRoot(contentSectors: number, sectors: number): void
  inclusion(
    entries: number,
    steps: number,
    bytes: number,
    index: number,
    leafCount: number,
    due: number,
    leafSectors: number,
  ): number
  sectorRoot(siblings: number): void
  steps(): void
  sealRoot(siblings: number): void
  multiRoot(count: number, filled: number, leaves: number, siblings: number): number
}

/**
 * A new instance of the module, at once.
 * @throws what the engine throws where WebAssembly is missing or forbidden
 */
export function instantiate(): VerifierExports {
  const module = new WebAssembly.Module(fromHex(MODULE) as BufferSource)
  return new WebAssembly.Instance(module).exports as unknown as VerifierExports
}

/** The module as a hasher. Nothing of the caller's runs between what a call writes and what it reads. */
export function wasmHasher(): Hasher {
  const module = instantiate()
  const [input, out] = [module.INPUT.value as number, module.OUT.value as number]

  /** Writes byte strings one after the other where a call takes its input. */
  const write = (...parts: readonly Uint8Array[]) => {
    const memory = new Uint8Array(module.memory.buffer)
    let at = input
    for (const part of parts) {
      memory.set(part, at)
      at += part.length
    }
  }
  const result = (bytes: number) => new Uint8Array(module.memory.buffer, out, bytes).slice()

  return {
    inclusion({ inputs: [root, content, lemma, path], params: [index, leafCount, contentBytes, leafSectors] }) {
      write(root, lemma, path, content)
      const entries = lemma.length / HASH_BYTES
      module.inclusion(entries, path.length, content.length, index, leafCount, contentBytes, leafSectors)
      return result(VERDICT_BYTES)
    },
    sectorRoot(content, sector, siblings) {
      write(word(BigInt(sector)), content, ...siblings)
      module.sectorRoot(siblings.length)
      return result(HASH_BYTES)
    },
    sectorHashes(sectors) {
      const hashes = new Uint8Array((sectors.length / SECTOR_BYTES) * HASH_BYTES)
      for (let i = 0; i * SECTOR_BYTES < sectors.length; i++) {
        write(sectors.subarray(i * SECTOR_BYTES, (i + 1) * SECTOR_BYTES))
        module.keccak256(SECTOR_BYTES)
        hashes.set(new Uint8Array(module.memory.buffer, out, HASH_BYTES), i * HASH_BYTES)
      }
      return hashes
    },
    segmentRoot(content, leaves) {
      write(content)
      module.contentRoot(content.length / SECTOR_BYTES, leaves)
      return result(HASH_BYTES)
    },
    multiRoot(shape, leaves, indices, hashes, siblings) {
      const places = new Uint8Array(8 * indices.length)
      const view = new DataView(places.buffer)
      for (const [i, index] of indices.entries()) view.setBigUint64(8 * i, BigInt(index), true)
      // Without the memory for it there is still the other way.
      if (!module.reserve(places.length + hashes.length + siblings.length * HASH_BYTES)) {
        return jsHasher.multiRoot(shape, leaves, indices, hashes, siblings)
      }
      write(places, hashes, concatBytes(siblings))
      module.multiRoot(leaves, Number(shape === 'flow'), indices.length, siblings.length)
      return result(HASH_BYTES)
    },
    steps({ inputs }) {
      write(...inputs)
      module.steps()
      return result(STEPS_BYTES)
    },
    answerRoot({ minerId, sealedContextDigest, recallPosition, sealedData, merkleProof }) {
      write(minerId, sealedContextDigest, word(recallPosition), sealedData, ...merkleProof)
      module.sealRoot(merkleProof.length)
      return result(HASH_BYTES)
    },
  }
}
