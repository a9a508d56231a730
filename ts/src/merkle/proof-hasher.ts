import type { Shape } from '../rules/climb.js'
import type { InclusionCall } from './claim.js'

/** Who hashes for the checks of proofs, each call a whole proof or all of its leaves. */
export interface ProofHasher {
  /** A verdict record. */
  readonly inclusion: (call: InclusionCall) => Uint8Array
  /** The flow root that a sector's bytes and its siblings lead to. */
  readonly sectorRoot: (content: Uint8Array, sector: number, siblings: readonly Uint8Array[]) => Uint8Array
  /** The hashes of sectors, one after the other. */
  readonly sectorHashes: (sectors: Uint8Array) => Uint8Array
  /** The root of a tree over `leaves` sectors, at most a segment: those of the content, then zeros. */
  readonly segmentRoot: (content: Uint8Array, leaves: number) => Uint8Array
  /** The root that checked leaves, their hashes one after the other, and exactly the siblings that they take lead to. */
  readonly multiRoot: (
    shape: Shape,
    leaves: number,
    indices: readonly number[],
    hashes: Uint8Array,
    siblings: readonly Uint8Array[],
  ) => Uint8Array
}
