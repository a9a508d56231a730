import { expect, it } from 'vitest'
import rows from '../../../testdata/merkle/multi_proofs.json' with { type: 'json' }
import { fromHex } from '../../dist/index.js'
import { judge, type Tree } from '../../dist/merkle/multi.js'
import { readHashes } from '../../dist/merkle/proof.js'
import { onTier } from '../../dist/merkle/verify.js'
import { numberedSectors } from '../patterns.js'
import { onEachTier } from '../tiers.js'

onEachTier(() => {
  it('multi_proofs: 250 sets of leaves that verify, 496 that do not', () => {
    const ran = { accepted: 0, rejected: 0 }
    for (const row of rows) {
      const { name, shape, leaves, indices, siblings, verdict } = row
      const tree: Tree = { root: fromHex(row.root), shape: shape as Tree['shape'], leaves }
      const data = numberedSectors(row.contents, (row as { extra?: number }).extra)
      const hashes = readHashes(siblings, 2 ** 16)
      if (!Array.isArray(hashes)) throw new Error(`${name}: siblings are no hashes`)
      const code = judge(tree, indices, data, hashes, onTier)?.code ?? 'ok'
      expect(code, `${name} ${shape} ${leaves} ${indices}`).toBe(verdict)
      const [first, last] = [indices[0] ?? 0, indices.at(-1) ?? 0]
      const isRange = indices.every((index, i) => index === first + i) && indices.length > 0
      if (isRange)
        expect(judge(tree, { first, count: last - first + 1 }, data, hashes, onTier)?.code ?? 'ok').toBe(verdict)
      ran[code === 'ok' ? 'accepted' : 'rejected']++
    }
    expect(ran).toEqual({ accepted: 250, rejected: 496 })
  })
})
