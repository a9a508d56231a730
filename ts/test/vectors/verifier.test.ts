import { expect, it } from 'vitest'
import hostile from '../../../testdata/merkle/hostile.json' with { type: 'json' }
import multiProofs from '../../../testdata/merkle/multi_proofs.json' with { type: 'json' }
import golden from '../../../testdata/pora/golden.json' with { type: 'json' }
import revertCodes from '../../../testdata/pora/revert_codes.json' with { type: 'json' }
import contexts from '../../../testdata/storage/context_cases.json' with { type: 'json' }
import files from '../../../testdata/storage/file_merkle.json' with { type: 'json' }
import flowTree from '../../../testdata/storage/flow_tree.json' with { type: 'json' }
import primitives from '../../../testdata/storage/pora_primitives.json' with { type: 'json' }
import treeProofs from '../../../testdata/storage/tree_proofs.json' with { type: 'json' }
import { decodeVerdict } from '../../dist/backend/verdict.js'
import { concatBytes } from '../../dist/bytes.js'
import { caseResult, readCase } from '../../dist/index.js'
import { judge as judgeMulti, type Tree } from '../../dist/merkle/multi.js'
import { RecallRange } from '../../dist/rules/recall.js'
import { uintOf, word } from '../../dist/rules/uint.js'
import { hasher } from '../../dist/verify/choose.js'
import { fromHex, toHex, verifier, verifyAnswer, verifyFlowSector, verifySegment } from '../../dist/verify/index.js'
import { changedAnswer, FlowBytes, gold } from '../gold.js'
import { numberedSectors, patternBytes, wholeSectors } from '../patterns.js'
import { onEachVerifier } from '../tiers.js'

const codes: Readonly<Record<string, string>> = revertCodes
const codeIn = (verdict: { ok: true } | { ok: false; code: string }) => (verdict.ok ? 'ok' : verdict.code)

/** The verdict's code for a sector in a tree of a given number of sectors. */
function judge(
  root: string,
  leafCount: number,
  index: number,
  content: Uint8Array,
  { lemma, path }: { lemma: readonly string[]; path: readonly boolean[] },
): string {
  const record = hasher().inclusion({
    kernel: 'verifyInclusion',
    inputs: [fromHex(root), content, concatBytes(lemma.map(fromHex)), Uint8Array.from(path, Number)],
    params: [index, leafCount, 256, 1],
  })
  return decodeVerdict(record)?.code ?? 'ok'
}

// Read once: the patterns take time.

const segmentClaims = files.cases.flatMap(({ pattern, size, root, segmentProofs }) => {
  const bytes = segmentProofs.length === 0 ? new Uint8Array(0) : patternBytes(pattern, size)
  return segmentProofs.map(({ segmentIndex: index, lemma, path }) => {
    const data = wholeSectors(bytes.subarray(index * 262_144, (index + 1) * 262_144))
    return { root: fromHex(root), size, index, data, proof: { lemma, path } }
  })
})

const flowClaims = flowTree.runs.flatMap(({ steps, finalProofs }) => {
  const flow = new FlowBytes()
  for (const { pattern, size } of steps) flow.submit(patternBytes(pattern, size))
  const { flowRoot, flowLength } = steps.at(-1) as (typeof steps)[0]
  return finalProofs.map(({ sector, siblings }) => {
    return { root: fromHex(flowRoot), length: flowLength, sector, siblings, data: flow.read(sector, 256) }
  })
})

onEachVerifier(tier => {
  it('is what hashes', () => {
    expect(verifier().tier).toBe(tier)
  })

  it('file_merkle: 111 segment proofs', () => {
    expect(segmentClaims.length).toBe(111)
    for (const claim of segmentClaims) {
      expect(verifySegment(claim)).toMatchObject({ ok: true, kind: 'segment', index: claim.index })
    }
  })

  it('tree_proofs: 210 proofs of trees of 1 to 20 leaves', () => {
    let ran = 0
    for (const { leafCount, root, proofs } of treeProofs.cases) {
      for (const proof of proofs) {
        const sector = patternBytes({ kind: 'keccak', seed: `chunk${proof.index}` }, 256)
        expect(judge(root, leafCount, proof.index, sector, proof)).toBe('ok')
        ran++
      }
    }
    expect(ran).toBe(210)
  })

  it('hostile: 50 honest proofs, 15 hostile or borderline ones', () => {
    const ran = { positive: 0, negative: 0 }
    for (const { leafCount, root, proofs } of hostile.positive) {
      for (const proof of proofs) {
        expect(judge(root, leafCount, proof.index, new Uint8Array(256).fill(proof.index + 1), proof)).toBe('ok')
        ran.positive++
      }
    }
    for (const { id, root, leafCount, index, content, lemma, path, expect: due } of hostile.negative) {
      const code = judge(root, leafCount, index, fromHex(content), { lemma, path })
      expect(code, id).toBe(due.ok ? 'ok' : (due as { code?: string }).code)
      ran.negative++
    }
    expect(ran).toEqual({ positive: 50, negative: 15 })
  })

  it('flow_tree: 29 proofs', () => {
    expect(flowClaims.length).toBe(29)
    for (const claim of flowClaims) {
      // The mark in sector 0 has no bytes, so none can be proven.
      expect(codeIn(verifyFlowSector(claim))).toBe(claim.sector === 0 ? 'ROOT_MISMATCH' : 'ok')
    }
  })

  it('multi_proofs: 250 sets of leaves that verify, 496 that do not', () => {
    const ran = { accepted: 0, rejected: 0 }
    for (const row of multiProofs) {
      const tree: Tree = { root: fromHex(row.root), shape: row.shape as Tree['shape'], leaves: row.leaves }
      const data = numberedSectors(row.contents, (row as { extra?: number }).extra)
      const rejection = judgeMulti(tree, row.indices, data, row.siblings.map(fromHex), hasher())
      expect(rejection?.code ?? 'ok', `${row.name} ${row.shape} ${row.leaves} ${row.indices}`).toBe(row.verdict)
      ran[rejection ? 'rejected' : 'accepted']++
    }
    expect(ran).toEqual({ accepted: 250, rejected: 496 })
  })

  it('pora_primitives and golden: 24 seals of 4 nonces, 3 of one', () => {
    const stepsOf = (header: Uint8Array, offset: number, sealed: Uint8Array) =>
      hasher().steps({ kernel: 'poraSteps', inputs: [header, word(BigInt(offset)), sealed], params: [] })
    const part = (record: Uint8Array, start: number, end: number) => toHex(record.slice(start, end))
    let ran = 0
    for (const one of primitives.cases) {
      const header = concatBytes([one.minerId, one.nonce, one.subtaskDigest, one.rangeDigest].map(fromHex))
      const sealed = patternBytes(one.sealedPattern, 262_144).subarray(0, 4096)
      for (const { sealOffset, mixedKeccak, poraHash } of one.offsets) {
        const record = stepsOf(header, sealOffset, sealed)
        expect(part(record, 0, 64)).toBe(one.padSeed)
        expect(part(record, 64, 128)).toBe(one.scratchPadLastCell)
        expect(part(record, 128, 160)).toBe(one.recallSeed)
        expect(part(record, 160, 192)).toBe(poraHash)
        expect(part(record, 192, 224)).toBe(mixedKeccak)
        expect(part(record, 224, 256)).toBe(one.scratchPadKeccak)
        ran++
      }
    }
    const load = new Uint8Array(262_144).map((_, j) => 167 * j + 13 * Math.floor(j / 256) + 7)
    for (const { sealOffset: s, poraHash } of golden.poraHashes) {
      const record = stepsOf(fromHex(golden.header), s, load.subarray(4096 * s, 4096 * (s + 1)))
      expect(part(record, 0, 64)).toBe(golden.padSeed)
      expect(part(record, 128, 160)).toBe(golden.recallSeed)
      expect(part(record, 160, 192)).toBe(poraHash)
      ran++
    }
    expect(ran).toBe(24 + 3)
  })

  it('pora_gold: 4 answers accepted, with every step', () => {
    expect(gold.cases.length).toBe(4)
    for (const one of gold.cases) {
      const { answer, task } = readCase(one)
      const { iterations: _, ...working } = one.working
      const threshold = `0x${working.threshold.slice(2).padStart(64, '0')}`
      for (const strict of [true, false]) {
        const steps = { ...working, threshold }
        expect(caseResult(verifyAnswer(answer, task, { strict }))).toEqual({ ok: true, code: null, steps })
      }
    }
  })

  it('pora_gold: 76 wrong answers rejected for what is wrong with them', () => {
    let ran = 0
    for (const one of gold.cases) {
      const { task } = readCase(one)
      for (const negative of one.negatives) {
        if (!('changed' in negative && negative.changed)) continue
        const due = codes[negative.reason]
        // Nobody but the chain knows who is registered; the data of another miner unseals to something else.
        const expected = due === 'MINER_UNREGISTERED' ? 'FLOW_ROOT_MISMATCH' : due
        const answer = changedAnswer(one, { ...negative, changed: negative.changed })
        expect(codeIn(verifyAnswer(answer, task)), negative.label).toBe(expected)
        ran++
      }
    }
    expect(ran).toBe(76)
  })

  it('context_cases: 11 answers on contexts of every size', () => {
    const ran = { all: 0, strict: 0 }
    for (const one of contexts.cases) {
      if ('settings' in one && one.settings) continue
      const sealRanges = [{ digest: one.answer.sealedContextDigest, ...one.epochRange }]
      const { answer, task } = readCase({ ...one, maxShards: 256, sealRanges })
      const exact = verifyAnswer(answer, task, { strict: false })
      const { verdict, reason } = one.expect as { verdict: string; reason?: string }
      expect(codeIn(exact), one.name).toBe(verdict === 'accept' ? 'ok' : codes[reason as string])
      expect(uintOf(exact.steps.poraHash)).toBe(BigInt(one.poraHash))
      expect(exact.steps.rangeDigest).toEqual(new RecallRange(answer.range).digest())
      if (codeIn(verifyAnswer(answer, task)) !== codeIn(exact)) ran.strict++
      ran.all++
    }
    expect(ran).toEqual({ all: 11, strict: 1 })
  })
})
