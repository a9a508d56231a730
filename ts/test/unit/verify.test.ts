import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  assertVerified,
  type FileProof,
  FileTree,
  proofToJson,
  toHex,
  type Verdict,
  verifySector,
  verifySectorSync,
  verifySegment,
  verifySegmentSync,
} from '../../dist/index.js'
import { codeOf, painted, sharedBytes, wholeSectors } from '../patterns.js'
import { onEachTier, runs } from '../tiers.js'

const codeIn = (verdict: Verdict) => (verdict.ok ? 'ok' : verdict.code)

onEachTier(() => {
  // Three segments: two full, the last with 6 padded sectors, the very last padding.
  const file = painted(2 * 262_144 + 130 * 256 + 99)
  const size = file.length
  const segmentOf = (index: number) => file.subarray(index * 262_144, (index + 1) * 262_144)
  const sectorOf = (index: number) => {
    const sector = new Uint8Array(256)
    sector.set(file.subarray(index * 256, (index + 1) * 256))
    return sector
  }

  it('proves sectors of every part of a file, at their index and at no other', async () => {
    const tree = await FileTree.build(file)
    const { root, layout } = tree
    const { sectors, paddedSectors } = layout
    expect(paddedSectors).toBeGreaterThan(sectors)
    for (const index of [0, 1, 1023, 1024, 2047, 2048, sectors - 1, sectors, paddedSectors - 1]) {
      const proof = await tree.proveSector(index, segmentOf(Math.floor(index / 1024)))
      expect(tree.proveSectorSync(index, segmentOf(Math.floor(index / 1024)))).toEqual(proof)
      const claim = { root, size, index, data: sectorOf(index), proof }
      expect(await verifySector(claim)).toEqual({ ok: true, kind: 'sector', index, layout })
      expect(verifySectorSync({ ...claim, root: toHex(root), size: BigInt(size), proof: proofToJson(proof) }).ok).toBe(
        true,
      )
      for (const other of [0, 1, 2, 1022, 1023, 1024, 2048, index ^ 1, index + 1, sectors, paddedSectors - 1]) {
        if (other === index || other >= paddedSectors) continue
        const verdict = verifySectorSync({ ...claim, index: other })
        expect(['PROOF_DEPTH', 'INDEX_MISMATCH'], `${index} as ${other}`).toContain(codeIn(verdict))
      }
    }
  })

  it('rejects any flipped bit of content, siblings, directions or root', async () => {
    const tree = await FileTree.build(file)
    const flip = (bytes: Uint8Array, bit: number) => {
      const flipped = bytes.slice()
      const at = bit % (flipped.length * 8)
      flipped[at >> 3] = (flipped[at >> 3] as number) ^ (1 << (at & 7))
      return flipped
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), async (pick, bit) => {
        const index = pick % tree.layout.paddedSectors
        const proof = tree.proveSectorSync(index, segmentOf(Math.floor(index / 1024)))
        const claim = { root: tree.root, size, index, data: sectorOf(index), proof }
        expect(verifySectorSync(claim).ok).toBe(true)
        expect(codeIn(verifySectorSync({ ...claim, data: flip(claim.data, bit) }))).toBe('CONTENT_MISMATCH')
        expect(codeIn(verifySectorSync({ ...claim, root: flip(tree.root, bit) }))).toBe('ROOT_MISMATCH')
        const entry = bit % proof.lemma.length
        const lemma = proof.lemma.map((hash, i) => (i === entry ? flip(hash, bit) : hash))
        expect(codeIn(verifySectorSync({ ...claim, proof: { ...proof, lemma } }))).toBe(
          entry === 0 ? 'CONTENT_MISMATCH' : 'ROOT_MISMATCH',
        )
        const path = proof.path.map((isLeft, i) => (i === bit % proof.path.length ? !isLeft : isLeft))
        expect(codeIn(verifySectorSync({ ...claim, proof: { ...proof, path } }))).toBe('INDEX_MISMATCH')
      }),
      { numRuns: runs(40) },
    )
  })

  it('verifies segments, the short one and the padding included', async () => {
    const padded = painted(1025 * 256)
    for (const bytes of [file, padded, painted(1), painted(262_144)]) {
      const tree = await FileTree.build(bytes)
      for (let index = 0; index < tree.layout.segments; index++) {
        const data = wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))
        const claim = { root: tree.root, size: bytes.length, index, data, proof: tree.proveSegment(index) }
        expect((await verifySegment(claim)).ok).toBe(true)
        expect(codeIn(verifySegmentSync({ ...claim, data: data.subarray(1) }))).toBe(
          data.length === 0 ? 'ok' : 'CONTENT_LENGTH',
        )
        expect(codeIn(verifySegmentSync({ ...claim, data: new Uint8Array(data.length + 256) }))).toBe('CONTENT_LENGTH')
        expect(codeIn(verifySegmentSync({ ...claim, index: tree.layout.segments }))).toBe('INDEX_RANGE')
      }
    }
  })

  it('demands zeros behind the trusted length: a root does not commit to it', async () => {
    const bytes = painted(256)
    const tree = await FileTree.build(bytes)
    const claim = { root: tree.root, index: 0, data: bytes }
    expect((await verifySegment({ ...claim, size: 256, proof: tree.proveSegment(0) })).ok).toBe(true)
    const verdict = await verifySegment({ ...claim, size: 255, proof: tree.proveSegment(0) })
    expect(verdict).toEqual({ ok: false, code: 'PADDING_NONZERO', expected: 255, got: 255 })
    expect(codeIn(verifySectorSync({ ...claim, size: 1, proof: tree.proveSectorSync(0, bytes) }))).toBe(
      'PADDING_NONZERO',
    )
  })

  it('tells what it expected and what it got', async () => {
    const tree = await FileTree.build(file)
    const proof = tree.proveSegment(1)
    const claim = { root: tree.root, size, index: 1, data: segmentOf(1), proof }
    const other = new Uint8Array(32)
    expect(await verifySegment({ ...claim, root: other })).toEqual({
      ok: false,
      code: 'ROOT_MISMATCH',
      expected: other,
      got: tree.root,
    })
    expect(await verifySegment({ ...claim, index: 0, data: segmentOf(0) })).toEqual({
      ok: false,
      code: 'INDEX_MISMATCH',
      expected: 0,
      got: 1,
    })
    const verdict = verifySegmentSync({ ...claim, data: segmentOf(0) })
    expect(verdict).toMatchObject({ code: 'CONTENT_MISMATCH', expected: tree.segmentRoot(1), got: tree.segmentRoot(0) })
    expect(await codeOf(() => assertVerified(verdict))).toBe('CONTENT_MISMATCH')
  })

  it('takes no proof of another kind, shape or size', async () => {
    const tree = await FileTree.build(file)
    const proof = proofToJson(tree.proveSegment(1))
    const claim = { root: tree.root, size, index: 1, data: segmentOf(1) }
    const [leaf, sibling] = [proof.lemma[0] as string, proof.lemma[1] as string]
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap')
        },
      },
    )
    const changing = {
      kind: 'segment',
      path: proof.path,
      get lemma() {
        throw new Error('getter')
      },
    }
    // An array whose iterator never ends; its elements are what they are.
    const endless = Object.assign([...proof.lemma], {
      *[Symbol.iterator]() {
        for (;;) yield leaf
      },
    })
    const hostile: [unknown, string][] = [
      [{ ...proof, kind: 'sector' }, 'PROOF_FORMAT'],
      [{ ...proof, kind: 1 }, 'PROOF_FORMAT'],
      [undefined, 'PROOF_FORMAT'],
      [null, 'PROOF_FORMAT'],
      ['0x', 'PROOF_FORMAT'],
      [[], 'PROOF_FORMAT'],
      [{}, 'PROOF_FORMAT'],
      [trap, 'PROOF_FORMAT'],
      [changing, 'PROOF_FORMAT'],
      [{ ...proof, path: 'true' }, 'PROOF_FORMAT'],
      [{ ...proof, path: [1, 0] }, 'PROOF_FORMAT'],
      [{ ...proof, path: [undefined, null] }, 'PROOF_FORMAT'],
      [{ ...proof, path: new Array(2) }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: { length: 3 } }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: proof.lemma.slice(1) }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: [...proof.lemma, leaf] }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: proof.lemma.map(hash => `${hash}00`) }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: proof.lemma.map(hash => hash.slice(2)) }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: proof.lemma.map(() => 7) }, 'PROOF_FORMAT'],
      [{ ...proof, path: new Array(65).fill(true) }, 'LIMIT_EXCEEDED'],
      [{ ...proof, lemma: new Array(67).fill(leaf) }, 'LIMIT_EXCEEDED'],
      [{ ...proof, lemma: [`0x${'0'.repeat(2 ** 24)}`, leaf, leaf, leaf] }, 'PROOF_FORMAT'],
      [{ ...proof, lemma: endless }, 'ok'],
      [{ lemma: [leaf], path: [] }, 'PROOF_DEPTH'],
      [{ lemma: [leaf, sibling, leaf], path: [false] }, 'PROOF_DEPTH'],
    ]
    for (const [bad, code] of hostile) {
      expect(codeIn(verifySegmentSync({ ...claim, proof: bad })), code).toBe(code)
    }
    for (let length = 0; length <= 64; length++) {
      if (length === proof.path.length) continue
      const longer: Partial<FileProof> = {
        path: new Array(length).fill(true),
        lemma: new Array(length === 0 ? 1 : length + 2).fill(new Uint8Array(32)),
      }
      expect(codeIn(verifySegmentSync({ ...claim, proof: longer })), `${length}`).toBe('PROOF_DEPTH')
    }
    const upper = { ...proof, lemma: proof.lemma.map(hash => `0x${hash.slice(2).toUpperCase()}`) }
    expect(verifySegmentSync({ ...claim, proof: upper }).ok).toBe(true)
    for (const index of [-1, 0.5, Number.NaN, 2 ** 31, 2 ** 32, 2 ** 53]) {
      expect(codeIn(verifySegmentSync({ ...claim, index, proof })), `${index}`).toBe('INDEX_RANGE')
    }
  })

  it('takes shared memory, and does not see what is written after the call', async () => {
    const tree = await FileTree.build(file)
    const data = sharedBytes(262_144)
    data.set(segmentOf(0))
    const claim = { root: tree.root, size, index: 0, data, proof: tree.proveSegment(0) }
    expect(verifySegmentSync(claim).ok).toBe(true)
    const verifying = verifySegment(claim)
    data.fill(0)
    expect((await verifying).ok).toBe(true)
    expect(codeIn(await verifySegment(claim))).toBe('CONTENT_MISMATCH')
  })

  it('throws for what the caller vouches for', async () => {
    const tree = await FileTree.build(painted(600))
    const claim = {
      root: tree.root,
      size: 600,
      index: 0,
      data: wholeSectors(painted(600)),
      proof: tree.proveSegment(0),
    }
    const detached = new Uint8Array(768)
    structuredClone(detached, { transfer: [detached.buffer] })
    const cases: [object, string][] = [
      [{ size: 0 }, 'EMPTY_INPUT'],
      [{ size: -1 }, 'RANGE'],
      [{ size: 2 ** 53 }, 'RANGE'],
      [{ root: '0x12' }, 'BUFFER_LENGTH'],
      [{ root: 'nonsense' }, 'INVALID_HEX'],
      [{ root: 5 }, 'INVALID_ARGUMENT'],
      [{ data: 'text' }, 'INVALID_ARGUMENT'],
      [{ data: detached }, 'DETACHED_BUFFER'],
    ]
    for (const [change, code] of cases) {
      expect(await codeOf(() => verifySegment({ ...claim, ...change } as never))).toBe(code)
      expect(await codeOf(() => verifySectorSync({ ...claim, ...change } as never))).toBe(code)
    }
    expect(await codeOf(() => tree.proveSegment(1))).toBe('INDEX_RANGE')
    expect(await codeOf(() => tree.proveSector(3, painted(600)))).toBe('INDEX_RANGE')
    expect(await codeOf(() => tree.proveSector(-1, painted(600)))).toBe('RANGE')
    expect(await codeOf(() => tree.proveSector(0, painted(601).fill(1)))).toBe('CONTENT_MISMATCH')
    expect(await codeOf(() => tree.proveSector(0, painted(769)))).toBe('CONTENT_LENGTH')
  })
})
