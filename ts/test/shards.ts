import { blake2b } from '@noble/hashes/blake2.js'
import { concatBytes } from '../dist/bytes.js'
import type { Code } from '../dist/erasure/index.js'
import { commitmentTo, descriptorOf } from '../dist/rules/erasure/descriptor.js'
import { encodeHeader } from '../dist/rules/erasure/header.js'
import { stripeLayout } from '../dist/rules/erasure/layout.js'

const TAG = new Uint8Array(32)
TAG.set(new TextEncoder().encode('zgkit erasure node'))

export const leafOf = (chunk: Uint8Array): Uint8Array => blake2b(chunk).slice(0, 32)

/** The root over nodes, and the siblings of one of them: by the definition, level by level. */
export function treeOf(nodes: readonly Uint8Array[], index = 0): { root: Uint8Array; siblings: Uint8Array[] } {
  const siblings: Uint8Array[] = []
  let [level, at] = [nodes, index]
  while (level.length > 1) {
    const sibling = level[at ^ 1]
    if (sibling) siblings.push(sibling)
    const above: Uint8Array[] = []
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Uint8Array, level[i + 1]]
      above.push(right ? leafOf(concatBytes([TAG, left, right])) : left)
    }
    ;[level, at] = [above, at >> 1]
  }
  return { root: level[0] as Uint8Array, siblings }
}

/** Shard files of stripes (chunks by index of the shard), whatever these are: what a liar would commit to. */
export function commitTo(code: Code, chunk: number, size: number, stripes: readonly (readonly Uint8Array[])[]) {
  const leaves = Array.from({ length: code.data + code.parity }, (_, i) =>
    stripes.map(chunks => leafOf(chunks[i] as Uint8Array)),
  )
  const roots = leaves.map(list => treeOf(list).root)
  const descriptor = descriptorOf(code, stripeLayout(code.data, chunk, size), treeOf(roots).root)
  const files = roots.map((root, index) => {
    const siblings = concatBytes(treeOf(roots, index).siblings)
    const header = encodeHeader({ descriptor, code, index, root, siblings })
    return concatBytes([
      header,
      ...(leaves[index] as Uint8Array[]),
      ...stripes.map(chunks => chunks[index] as Uint8Array),
    ])
  })
  return { commitment: commitmentTo(descriptor), files }
}
