import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import hostile from '../../../testdata/merkle/hostile.json' with { type: 'json' }
import files from '../../../testdata/storage/file_merkle.json' with { type: 'json' }
import flowTree from '../../../testdata/storage/flow_tree.json' with { type: 'json' }
import primitives from '../../../testdata/storage/pora_primitives.json' with { type: 'json' }
import sealing from '../../../testdata/storage/seal.json' with { type: 'json' }
import treeProofs from '../../../testdata/storage/tree_proofs.json' with { type: 'json' }
import { concatBytes } from '../../dist/bytes.js'
import {
  FileTree,
  fromHex,
  type Hex,
  init,
  paddedSectors,
  proofToJson,
  toHex,
  unsealSync,
  verifyFlowSector,
  verifySectorSync,
  verifySegmentSync,
} from '../../dist/index.js'
import { segmentSectors } from '../../dist/rules/layout.js'
import { FORK, Verifier, wordsOf } from '../evm.js'
import { FlowBytes } from '../gold.js'
import { hashOf } from '../mined.js'
import { painted, patternBytes, wholeSectors } from '../patterns.js'
import { runs } from '../tiers.js'

let verifier: Verifier
beforeAll(async () => {
  await init()
  verifier = await Verifier.deploy(FORK)
})

interface Proof {
  readonly lemma: readonly string[]
  readonly path: readonly boolean[]
}

interface FileClaim {
  readonly root: Hex
  readonly size: bigint
  readonly index: number
  readonly data: Uint8Array
  readonly proof: Proof
}

/** The verdict of the contract on a proof of a file, after it was compared with ours. */
async function judge(kind: 'segment' | 'sector', { root, size, index, data, proof }: FileClaim): Promise<string> {
  const name = kind === 'segment' ? 'verifySegment' : 'verifySector'
  const { code } = await verifier.call(name, [root, size, BigInt(index), toHex(data), proof])
  const ours = kind === 'segment' ? verifySegmentSync : verifySectorSync
  let due: string
  try {
    const verdict = ours({ root, size, index, data, proof })
    due = verdict.ok ? 'ok' : verdict.code
  } catch (error) {
    // Of the trusted values only the size can be none.
    due = (error as { code: string }).code
  }
  expect(code).toBe(due)
  return code
}

it('tree_proofs: the 174 proofs of trees that files have', async () => {
  let ran = 0
  for (const { leafCount, root, proofs } of treeProofs.cases) {
    // Files are padded to 18 and 20 sectors, never to 17 or 19.
    if (paddedSectors(leafCount) !== leafCount) continue
    for (const { index, lemma, path } of proofs) {
      const data = patternBytes({ kind: 'keccak', seed: `chunk${index}` }, 256)
      const claim = { root: root as Hex, size: BigInt(leafCount * 256), index, data, proof: { lemma, path } }
      expect(await judge('sector', claim)).toBe('ok')
      ran++
    }
  }
  expect(ran).toBe(174)
})

it('hostile: 15 hostile or borderline proofs', async () => {
  let ran = 0
  for (const { id, root, leafCount, index, content, lemma, path, expect: due } of hostile.negative) {
    if (paddedSectors(leafCount) !== leafCount) continue
    const claim = {
      root: root as Hex,
      size: BigInt(leafCount * 256),
      index,
      data: fromHex(content),
      proof: { lemma, path },
    }
    expect(await judge('sector', claim), id).toBe(due.ok ? 'ok' : (due as { code?: string }).code)
    ran++
  }
  expect(ran).toBe(15)
})

it('file_merkle: segments of every size', async () => {
  const ran = { proofs: 0, full: 0 }
  for (const { pattern, size, root, segmentProofs } of files.cases) {
    const bytes = patternBytes(pattern, size)
    for (const { segmentIndex: index, lemma, path } of segmentProofs) {
      const data = wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))
      // Whole segments take long in an EVM in JavaScript; some will do.
      if (data.length > 65_536 && ++ran.full > runs(6)) continue
      const claim = { root: root as Hex, size: BigInt(size), index, data, proof: { lemma, path } }
      expect(await judge('segment', claim)).toBe('ok')
      ran.proofs++
    }
  }
  expect(ran.proofs).toBe(process.env.ZGKIT_DEEP ? 111 : 56)
})

const flip = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, i) => (i === (bit >> 3) % bytes.length ? byte ^ (1 << (bit & 7)) : byte))
const flipHex = (hash: string, bit: number) => toHex(flip(fromHex(hash), bit))

/** What may happen to a claim; `n` is any number. */
const CHANGES: Readonly<Record<string, (claim: FileClaim, n: number) => Partial<FileClaim>>> = {
  nothing: () => ({}),
  root: ({ root }, n) => ({ root: flipHex(root, n) }),
  size: ({ size }, n) => ({ size: BigInt(Math.max(0, Number(size) + (n % 2000) - 1000)) }),
  hugeSize: (_, n) => ({ size: 2n ** 53n - 2n + BigInt(n % 4) }),
  noSize: () => ({ size: 0n }),
  index: ({ index }, n) => ({ index: Math.max(0, index + (n % 7) - 3) }),
  farIndex: (_, n) => ({ index: n }),
  content: ({ data }, n) => ({ data: flip(data, n) }),
  shorter: ({ data }, n) => ({ data: data.slice(n % 256) }),
  longer: ({ data }, n) => ({ data: concatBytes([data, new Uint8Array(1 + (n % 256))]) }),
  lemma: ({ proof: { lemma, path } }, n) => {
    if (lemma.length === 0) return {}
    const at = n % lemma.length
    return { proof: { lemma: lemma.with(at, flipHex(lemma[at] as string, n)), path } }
  },
  direction: ({ proof: { lemma, path } }, n) =>
    path.length ? { proof: { lemma, path: path.with(n % path.length, !path[n % path.length]) } } : {},
  levelDropped: ({ proof: { lemma, path } }, n) => {
    const at = n % (path.length || 1)
    return { proof: { lemma: lemma.toSpliced(at + 1, 1), path: path.toSpliced(at, 1) } }
  },
  levelAdded: ({ proof: { lemma, path } }, n) => {
    const at = n % (path.length || 1)
    return { proof: { lemma: lemma.toSpliced(at, 0, toHex(hashOf(n))), path: path.toSpliced(at, 0, n % 2 === 0) } }
  },
  entryDropped: ({ proof: { lemma, path } }, n) => ({ proof: { lemma: lemma.toSpliced(n % lemma.length, 1), path } }),
  stepAdded: ({ proof: { lemma, path } }) => ({ proof: { lemma, path: [...path, true] } }),
  tooMuch: ({ proof: { lemma, path } }, n) => {
    const hashes = Array.from({ length: 66 + (n % 2) }, (_, i) => lemma[i] ?? toHex(hashOf(i)))
    return { proof: { lemma: hashes, path: Array.from({ length: 64 + (n % 3) }, (_, i) => path[i] ?? true) } }
  },
  nothingLeft: () => ({ proof: { lemma: [], path: [] } }),
}

it('proofs of files, whole and changed, get the verdict of ours', async () => {
  const trees = new Map<number, FileTree>()
  const sizes = [1, 255, 256, 257, 511, 4_097, 70_001, 262_145, 300_000, 524_288, 1_100_000]
  const seen = new Set<string>()
  const change = fc.record({ kind: fc.constantFrom(...Object.keys(CHANGES)), n: fc.nat() })
  const cases = fc.record({
    kind: fc.constantFrom('segment', 'sector', 'sector', 'sector'),
    size: fc.constantFrom(...sizes),
    place: fc.nat(),
    changes: fc.array(change, { minLength: 1, maxLength: 2 }),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ kind, size, place, changes }) => {
      const bytes = painted(size)
      const tree = trees.get(size) ?? FileTree.buildSync(bytes)
      trees.set(size, tree)
      const { layout } = tree
      // The last segment, for whole ones take long; sectors from any place, and often about the file's end.
      const segment = layout.segments - 1
      const sector =
        place % 3 === 0
          ? Math.min(layout.sectors - 1 + (place % 5), layout.paddedSectors - 1)
          : place % layout.paddedSectors
      const [index, unit, length] =
        kind === 'segment' ? [segment, 262_144, segmentSectors(layout, segment) * 256] : [sector, 256, 256]
      const data = new Uint8Array(length)
      data.set(bytes.subarray(index * unit, index * unit + length))
      const proof = proofToJson(
        kind === 'segment' ? tree.proveSegment(index) : await tree.proveSector(index, segmentOf(bytes, index)),
      )
      let claim: FileClaim = { root: toHex(tree.root), size: BigInt(size), index, data, proof }
      for (const { kind, n } of changes) claim = { ...claim, ...CHANGES[kind]?.(claim, n) }
      const code = await judge(kind as 'segment', claim)
      if (changes.every(({ kind }) => kind === 'nothing')) expect(code).toBe('ok')
      seen.add(code)
    }),
    { numRuns: runs(400) },
  )
  expect([...seen]).toEqual(
    expect.arrayContaining(['ok', 'EMPTY_INPUT', 'RANGE', 'LIMIT_EXCEEDED', 'PROOF_FORMAT', 'INDEX_RANGE']),
  )
  expect([...seen]).toEqual(
    expect.arrayContaining(['CONTENT_LENGTH', 'PROOF_DEPTH', 'INDEX_MISMATCH', 'CONTENT_MISMATCH', 'ROOT_MISMATCH']),
  )
})

/** The file's bytes of the segment around a sector. */
function segmentOf(bytes: Uint8Array, sector: number): Uint8Array {
  const start = Math.floor(sector / 1024) * 262_144
  return bytes.subarray(start, start + 262_144)
}

it('bytes behind the trusted size are zero', async () => {
  // Sectors 0 and 1 have file bytes, 32 and 33 of the padded 36 too, 34 and 35 have none.
  for (const [size, index, shorter, due] of [
    [300, 1, 299, 'PADDING_NONZERO'],
    [300, 1, 257, 'PADDING_NONZERO'],
    [8_449, 33, 8_449, 'ok'],
    [8_700, 33, 8_480, 'PADDING_NONZERO'],
    [8_700, 33, 8_671, 'PADDING_NONZERO'],
    [8_700, 33, 8_704, 'ok'],
    [8_700, 33, 8_448, 'PADDING_NONZERO'],
    [8_700, 35, 8_448, 'ok'],
  ] as const) {
    const bytes = painted(size)
    const tree = FileTree.buildSync(bytes)
    const data = new Uint8Array(256)
    data.set(bytes.subarray(index * 256, index * 256 + 256))
    const proof = proofToJson(tree.proveSectorSync(index, bytes))
    const claim = { root: toHex(tree.root), size: BigInt(shorter), index, data, proof }
    expect(await judge('sector', claim), `${size} as ${shorter}`).toBe(due)
    if (size === 300) {
      const all = new Uint8Array(512)
      all.set(bytes)
      const segment = { ...claim, index: 0, data: all, proof: proofToJson(tree.proveSegment(0)) }
      expect(await judge('segment', segment)).toBe(due)
    }
  }
})

it('flow_tree: 29 proofs, and each changed in every way', async () => {
  const ran = { proofs: 0, changed: 0 }
  for (const { steps, finalProofs } of flowTree.runs) {
    const flow = new FlowBytes()
    for (const { pattern, size } of steps) flow.submit(patternBytes(pattern, size))
    const { root, length } = flow.tree
    const judge = async (
      sector: number,
      data: Uint8Array,
      siblings: readonly string[],
      at = root,
      sectors = length,
    ) => {
      const args = [toHex(at), BigInt(sectors), BigInt(sector), toHex(data), siblings]
      const { code } = await verifier.call('verifyFlowSector', args)
      const verdict = verifyFlowSector({ root: at, length: sectors, sector, data, siblings })
      expect(code).toBe(verdict.ok ? 'ok' : verdict.code)
      return code
    }
    for (const { sector, siblings } of finalProofs) {
      const data = flow.read(sector, 256)
      expect(await judge(sector, data, siblings)).toBe(sector === 0 ? 'ROOT_MISMATCH' : 'ok')
      const far = Array.from({ length: 65 }, (_, i) => toHex(hashOf(i)))
      const codes = [
        await judge(sector, flip(data, 77), siblings),
        await judge(sector, data, siblings, hashOf(1)),
        await judge(length, data, siblings),
        await judge(sector, data.subarray(1), siblings),
        await judge(sector, data, siblings.slice(1)),
        await judge(sector, data, [...siblings, toHex(root)]),
        await judge(sector, data, far),
        await judge(sector, data, far.slice(1), root, 2 ** 53 - 1),
      ]
      expect(codes).not.toContain('ok')
      ran.changed += codes.length
      // Its neighbour may be zero too: then this is right.
      await judge(sector ^ 1, data, siblings)
      ran.proofs++
    }
  }
  expect(ran).toEqual({ proofs: 29, changed: 232 })
})

it('seal: 4 seals of a flow, unsealed and proven', async () => {
  let ran = 0
  for (const one of sealing.cases) {
    const { rawPattern, minerId, contextDigest, startSector, merkleProof, recoveredRoot } = one
    const raw = patternBytes(rawPattern, 4096)
    const length = 2n ** BigInt(4 + merkleProof.length)
    // Some rows begin far behind so short a flow; the path up is that of the place at which they would lie in it.
    const position = BigInt(startSector) % length
    const claim = { root: recoveredRoot, length, position, content: toHex(raw), siblings: merkleProof }
    const judge = async (change: object) => {
      const { code } = await verifier.call('verifyFlowSeal', Object.values({ ...claim, ...change }))
      return code
    }
    expect(await judge({})).toBe('ok')
    expect(await judge({ root: toHex(hashOf(1)) })).toBe('ROOT_MISMATCH')
    expect(await judge({ length: length * 2n })).toBe('PROOF_DEPTH')
    expect(await judge({ length: position + 15n })).toBe('INDEX_RANGE')
    expect(await judge({ position: position ^ 16n })).toBe('ROOT_MISMATCH')
    expect(await judge({ position: position + 1n })).toBe('RANGE')
    expect(await judge({ position: 2n ** 256n - 16n })).toBe('INDEX_RANGE')
    expect(await judge({ content: toHex(raw.slice(1)) })).toBe('CONTENT_LENGTH')
    expect(await judge({ content: toHex(flip(raw, 12_345)) })).toBe('ROOT_MISMATCH')
    expect(await judge({ siblings: merkleProof.slice(1) })).toBe('PROOF_DEPTH')
    expect(await judge({ siblings: Array.from({ length: 65 }, () => recoveredRoot) })).toBe('LIMIT_EXCEEDED')

    if (one.sealedData) {
      const sealed = fromHex(one.sealedData)
      const { result } = await verifier.call('unseal', [wordsOf(sealed), minerId, contextDigest, BigInt(startSector)])
      expect(concatBytes((result as Hex[]).map(fromHex))).toEqual(raw)
      const { code } = await verifier.call('unseal', [wordsOf(sealed), minerId, contextDigest, 8n])
      expect(code).toBe('RANGE')
    }
    ran++
  }
  expect(ran).toBe(4)
})

it('unseals any bytes with any key as we do', async () => {
  const word = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const cases = fc.record({ seed: fc.nat(), minerId: word, digest: word, seal: fc.nat() })
  await fc.assert(
    fc.asyncProperty(cases, async ({ seed, minerId, digest, seal }) => {
      const sealed = concatBytes(Array.from({ length: 128 }, (_, i) => hashOf(seed, i)))
      const args = [wordsOf(sealed), toHex(minerId), toHex(digest), BigInt(seal) * 16n]
      const { result } = await verifier.call('unseal', args)
      const key = { minerId, contextDigest: digest, startSector: seal * 16 }
      expect(concatBytes((result as Hex[]).map(fromHex))).toEqual(unsealSync(sealed, key))
    }),
    { numRuns: runs(30) },
  )
})

it('pora_primitives: 24 seals of 4 nonces', async () => {
  const ran = { nonces: 0, seals: 0 }
  for (const { minerId, nonce, subtaskDigest, range, sealedPattern, recallSeed, offsets } of primitives.cases) {
    const sealed = wordsOf(patternBytes(sealedPattern, 4096))
    const { startPosition, mineLength, shardId, shardMask } = range
    const words = { startPosition, mineLength, shardId: BigInt(shardId), shardMask: BigInt(shardMask) }
    for (const { sealOffset, poraHash } of offsets) {
      const args = [minerId, nonce, subtaskDigest, words, BigInt(sealOffset), sealed]
      expect((await verifier.call('poraHash', args)).result).toEqual([recallSeed, poraHash])
      ran.seals++
    }
    ran.nonces++
  }
  expect(ran).toEqual({ nonces: 4, seals: 24 })
})

it('a chain without the BLAKE2F precompile is told from a wrong answer', async () => {
  const { minerId, nonce, subtaskDigest, range } = primitives.cases[0] as (typeof primitives.cases)[0]
  const words = { ...range, shardId: BigInt(range.shardId), shardMask: BigInt(range.shardMask) }
  const args = [minerId, nonce, subtaskDigest, words, 0n, wordsOf(new Uint8Array(4096))]
  const { code } = await (await Verifier.deploy('petersburg')).call('poraHash', args)
  expect(code).toBe('INTERNAL')
})

it('what is not encoded as the types say reverts', async () => {
  const leaf = keccak_256(painted(256))
  const proof = { lemma: [toHex(leaf), toHex(leaf), toHex(leaf)], path: [true] }
  const calldata = verifier.encode('verifySector', [toHex(leaf), 512n, 0n, toHex(painted(256)), proof])
  expect((await verifier.raw('verifySector', calldata)).code).toBe('ROOT_MISMATCH')
  for (let length = calldata.length - 2; length > 2; length -= 62) {
    expect((await verifier.raw('verifySector', calldata.slice(0, length) as Hex)).code).toBe('revert')
  }
  // The direction is the last word: 2 is no boolean.
  expect((await verifier.raw('verifySector', `${calldata.slice(0, -1)}2` as Hex)).code).toBe('revert')
})
