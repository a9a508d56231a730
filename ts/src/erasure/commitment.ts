import type { Engine } from '../backend/choose.js'
import { concatBytes } from '../bytes.js'
import { HASH_BYTES } from '../limits.js'
import type { Code } from '../rules/erasure/code.js'
import { commitmentTo, descriptorOf } from '../rules/erasure/descriptor.js'
import { encodeHeader } from '../rules/erasure/header.js'
import type { StripeLayout } from '../rules/erasure/layout.js'
import { siblings } from '../rules/path.js'
import { levelsOf } from './trees.js'

/** What is known when the roots of all shards are. */
export interface Committed {
  /** What readers are to know the file by, 32 bytes. */
  readonly commitment: Uint8Array
  /** Bytes of the file. */
  readonly size: number
  /** By index of the shard: its header (SPEC.md section 12). */
  readonly headers: readonly Uint8Array[]
}

/** Commitment and headers of shards with these roots. */
export async function commit(
  engine: Engine,
  code: Code,
  layout: StripeLayout,
  roots: readonly Uint8Array[],
): Promise<Committed> {
  const nodes = concatBytes(roots)
  const levels = await levelsOf(engine, nodes)
  const descriptor = descriptorOf(code, layout, levels.slice(-HASH_BYTES))
  const headers = roots.map((root, index) =>
    encodeHeader({ descriptor, code, index, root, siblings: concatBytes(siblings(nodes, levels, index)) }),
  )
  return { commitment: commitmentTo(descriptor), size: layout.size, headers }
}
