import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import golden from '../../../testdata/pora/golden.json' with { type: 'json' }
import revertCodes from '../../../testdata/pora/revert_codes.json' with { type: 'json' }
import contexts from '../../../testdata/storage/context_cases.json' with { type: 'json' }
import primitives from '../../../testdata/storage/pora_primitives.json' with { type: 'json' }
import sealing from '../../../testdata/storage/seal.json' with { type: 'json' }
import { concatBytes } from '../../dist/bytes.js'
import {
  type AnswerVerdict,
  caseResult,
  fromHex,
  type Hex,
  Miner,
  RecallRange,
  readCase,
  seal,
  sealSync,
  toAnswer,
  toHex,
  unseal,
  unsealSync,
  unsealWords,
  verifyAnswer,
  verifyAnswerSync,
} from '../../dist/index.js'
import { uintOf, word } from '../../dist/rules/uint.js'
import { changed, epochOf, flowOf, gold, sealedLoad } from '../gold.js'
import { patternBytes } from '../patterns.js'
import { kernel, onEachTier } from '../tiers.js'

const codes: Readonly<Record<string, string>> = revertCodes
const verdictOf = (verdict: AnswerVerdict) => (verdict.ok ? 'ok' : verdict.code)

onEachTier(tier => {
  it('pora_primitives: 24 seals of 4 nonces', async () => {
    const ran = { nonces: 0, seals: 0 }
    for (const one of primitives.cases) {
      const { startPosition, mineLength, shardId } = one.range
      const range = new RecallRange({ startPosition, mineLength, shardId, shardMask: BigInt(one.range.shardMask) })
      expect(toHex(range.digest())).toBe(one.rangeDigest)
      const header = concatBytes([one.minerId, one.nonce, one.subtaskDigest, one.rangeDigest].map(fromHex))
      const load = patternBytes(one.sealedPattern, 262_144)
      for (const { sealOffset, mixedKeccak, poraHash } of one.offsets) {
        // Whether the pattern is a load or one seal, is in the mixed bytes.
        const sealed = load.subarray(0, 4096)
        const record = await kernel('poraSteps', [header, word(BigInt(sealOffset)), sealed], [])
        const part = (start: number, end: number) => toHex(record.slice(start, end))
        expect(part(0, 64)).toBe(one.padSeed)
        expect(part(64, 128)).toBe(one.scratchPadLastCell)
        expect(part(128, 160)).toBe(one.recallSeed)
        expect(part(224, 256)).toBe(one.scratchPadKeccak)
        expect(part(192, 224)).toBe(mixedKeccak)
        expect(part(160, 192)).toBe(poraHash)
        expect(range.loadPosition(record.slice(128, 160))).toBe(BigInt(one.recallChunk))
        ran.seals++
      }
      ran.nonces++
    }
    expect(ran).toEqual({ nonces: 4, seals: 24 })
  })

  it('golden: 64 seals of one nonce', async () => {
    const load = new Uint8Array(262_144).map((_, j) => 167 * j + 13 * Math.floor(j / 256) + 7)
    expect(toHex(keccak_256(load))).toBe(golden.loadKeccak)
    const hashes: Uint8Array[] = []
    for (let s = 0; s < 64; s++) {
      const sealed = load.slice(4096 * s, 4096 * (s + 1))
      const record = await kernel('poraSteps', [fromHex(golden.header), word(BigInt(s)), sealed], [])
      expect(toHex(record.slice(0, 64))).toBe(golden.padSeed)
      expect(toHex(record.slice(128, 160))).toBe(golden.recallSeed)
      expect(toHex(record.slice(224, 256))).toBe(golden.scratchPadKeccak)
      hashes.push(record.slice(160, 192))
    }
    const [divisor, remainder] = golden.modulo as [number, number]
    expect(uintOf(fromHex(golden.recallSeed)) % BigInt(divisor)).toBe(BigInt(remainder))
    expect(golden.poraHashes.length).toBe(3)
    for (const { sealOffset, poraHash } of golden.poraHashes) {
      expect(toHex(hashes[sealOffset] as Uint8Array)).toBe(poraHash)
    }
    expect(toHex(keccak_256(concatBytes(hashes)))).toBe(golden.poraHashesKeccak)
    if (tier === 'js') return
    // The least of the hashes as the threshold: its seal alone wins.
    const least = hashes[golden.least] as Uint8Array
    const job = concatBytes([fromHex(golden.header).slice(0, 32), new Uint8Array(64), least, new Uint8Array(32)])
    const there = new Uint8Array(8).fill(255)
    const row = concatBytes([
      fromHex(golden.padSeed),
      fromHex(golden.recallSeed),
      new Uint8Array(8),
      padOf(golden.padSeed),
    ])
    const record = await kernel('mix', [job, row, load, there], [])
    expect(new DataView(record.buffer).getBigUint64(0, true)).toBe(1n << BigInt(golden.least))
  })

  it('seal: 4 seals, there, back and in part', async () => {
    let ran = 0
    for (const { rawPattern, rawKeccak, minerId, contextDigest, startSector, sealedData, ...due } of sealing.cases) {
      const raw = patternBytes(rawPattern, 4096)
      expect(toHex(keccak_256(raw))).toBe(rawKeccak)
      const key = { minerId: minerId as Hex, contextDigest: contextDigest as Hex, startSector }
      const sealed = tier === 'js' ? sealedData && fromHex(sealedData) : sealSync(raw, key)
      if (sealed) {
        if (tier !== 'js') expect(await seal(raw, key)).toEqual(sealed)
        expect(toHex(keccak_256(sealed))).toBe(due.sealedKeccak)
        expect(toHex(sealed.slice(0, 96))).toBe(due.sealedHead)
        expect(toHex(sealed.slice(-32))).toBe(due.sealedTail)
        expect(unsealSync(sealed, key)).toEqual(raw)
        expect(await unseal(sealed, key)).toEqual(raw)
        for (const word of [1, 2, 64, 127]) {
          const previous = sealed.subarray(32 * (word - 1), 32 * word)
          expect(unsealWords(previous, sealed.subarray(32 * word))).toEqual(raw.subarray(32 * word))
        }
      }
      ran++
    }
    expect(ran).toBe(4)
  })

  it('pora_gold: 4 answers accepted, with every step', async () => {
    let ran = 0
    for (const one of gold.cases) {
      const { answer, task } = readCase(one)
      const { iterations: _, ...working } = one.working
      const threshold = `0x${working.threshold.slice(2).padStart(64, '0')}`
      for (const strict of [true, false]) {
        const verdict = await verifyAnswer(answer, task, { strict })
        expect(caseResult(verdict)).toEqual({ ok: true, code: null, steps: { ...working, threshold } })
        expect(verifyAnswerSync(answer, task, { strict })).toEqual(verdict)
      }
      ran++
    }
    expect(ran).toBe(4)
  })

  it('pora_gold: 76 wrong answers rejected for what is wrong with them', async () => {
    const ran = { decided: 0, chain: 0 }
    for (const one of gold.cases) {
      const { task } = readCase(one)
      for (const negative of one.negatives) {
        if (!('changed' in negative && negative.changed)) {
          // Too early, too late, again: the answer is right, the chain's state is not.
          expect(['TOO_EARLY', 'DEADLINE', 'DUPLICATE_ANSWER']).toContain(codes[negative.reason])
          ran.chain++
          continue
        }
        const due = codes[negative.reason]
        // Nobody but the chain knows who is registered; the data of another miner unseals to something else.
        const expected = due === 'MINER_UNREGISTERED' ? 'FLOW_ROOT_MISMATCH' : due
        const answer = changed(one, { ...negative, changed: negative.changed })
        for (const strict of [true, false]) {
          expect(verdictOf(await verifyAnswer(answer, task, { strict })), negative.label).toBe(expected)
        }
        ran.decided++
      }
    }
    expect(ran).toEqual({ decided: 76, chain: 9 })
  })

  it('context_cases: 11 answers on contexts of every size', async () => {
    const ran = { all: 0, strict: 0 }
    for (const one of contexts.cases) {
      if ('settings' in one && one.settings) continue
      const digest = one.answer.sealedContextDigest
      const { answer: fields, task } = readCase({ ...one, maxShards: 256, sealRanges: [{ digest, ...one.epochRange }] })
      const answer = toAnswer(fields)
      const exact = await verifyAnswer(answer, task, { strict: false })
      const { verdict, reason } = one.expect as { verdict: string; reason?: string }
      expect(verdictOf(exact), one.name).toBe(verdict === 'accept' ? 'ok' : codes[reason as string])
      expect(exact.steps.scaleX64).toBe(BigInt(one.scaleX64))
      expect(toHex(exact.steps.poraHash)).toBe(one.poraHash)
      const { sealedData, minerId, sealedContextDigest: contextDigest, recallPosition: startSector } = answer
      const plain = unsealSync(sealedData, { minerId, contextDigest, startSector })
      expect(plain).toEqual(patternBytes(one.rawPattern, 4096))
      const strict = verdictOf(await verifyAnswer(answer, task))
      expect(strict).toBe(answer.sealOffset >= 64n ? 'SEAL_OFFSET' : verdictOf(exact))
      if (strict === 'SEAL_OFFSET') ran.strict++
      ran.all++
    }
    expect(ran).toEqual({ all: 11, strict: 1 })
  })

  // JavaScript does not mine; that it says so is a test of ts/test/unit/pora.test.ts.
  const mines: (name: string, test: () => Promise<void>) => void = tier === 'js' ? () => {} : it
  mines('pora_gold: the miner finds the 4 answers again', async () => {
    let ran = 0
    for (const one of gold.cases) {
      const flow = flowOf(one)
      const { task } = readCase(one)
      const answer = toAnswer(readCase(one).answer)
      const miner = new Miner(task, { minerId: answer.minerId, range: answer.range }, load =>
        sealedLoad(one, flow, load),
      )
      const wins = []
      for await (const win of miner.mine({ baseNonce: answer.nonce, nonces: 1 })) wins.push(win)
      const win = wins.find(({ sealOffset }) => sealOffset === answer.sealOffset)
      if (!win) throw new Error('not found again')
      const position = Number(win.recallPosition)
      const segment = flow.read(Math.floor(position / 1024) * 1024, 262_144)
      const merkleProof = flow.tree.prove(position, segment).slice(4)
      const found = toAnswer({ ...win, sealedContextDigest: epochOf(one, position), merkleProof })
      expect(found).toEqual(answer)
      expect((await verifyAnswer(found, task)).ok).toBe(true)
      expect(miner.counters).toEqual({ pads: 1, outside: 0, loads: 1, missing: 0, mixes: 64, hits: wins.length })
      ran++
    }
    expect(ran).toBe(4)
  })
})

/** The scratch pad of a seed, by the definition. */
function padOf(seed: string): Uint8Array {
  const state = fromHex(seed)
  const cells: Uint8Array[] = []
  for (let i = 0; i < 256; i++) {
    for (const half of [0, 32]) state.set(keccak_256(state), half)
    cells.push(state.slice())
  }
  return concatBytes(cells)
}
