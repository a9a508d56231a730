import { keccak_256 } from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import {
  type AnswerFields,
  encodeSubmit,
  expectedNonces,
  FlowTree,
  flowDepth,
  type Hex,
  type Loader,
  type MineOptions,
  Miner,
  type MineTask,
  minerIdOf,
  placeSubmission,
  RecallRange,
  readCase,
  scaleX64,
  seal,
  sealSync,
  subtaskIndex,
  targetOf,
  threshold,
  toHex,
  unseal,
  unsealSync,
  unsealWords,
  verifyAnswer,
  verifyAnswerSync,
  verifyFlowSector,
  WINDOW_SECTORS,
  type Win,
  zeroRoot,
} from '../../dist/index.js'
import { SEEK_BYTES, SEEK_POSITION } from '../../dist/kernels.js'
import { bytes8, uintOf, word } from '../../dist/rules/uint.js'
import { gold } from '../gold.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { kernel, onEachTier, runs } from '../tiers.js'

const MINER = keccak_256(Uint8Array.of(1))
const CONTEXT = keccak_256(Uint8Array.of(2))
const SUBTASK = keccak_256(Uint8Array.of(3))
const NONCE = keccak_256(Uint8Array.of(4))
const ALL_ONES = 2n ** 256n - 1n
const FULL_MASK = 2n ** 64n - 1n
const LOAD_BYTES = 262_144

describe('recall ranges', () => {
  it('are split into partitions that hold every load once', () => {
    const flowLength = 21 * 1024 + 5
    for (const partitions of [1, 2, 4, 8, 32]) {
      const ranges = Array.from({ length: partitions }, (_, partition) =>
        RecallRange.of(flowLength, { partitions, partition }),
      )
      for (const range of ranges) {
        expect(range.check(flowLength)).toBeUndefined()
        expect(range.partitions).toBe(BigInt(partitions))
      }
      for (let load = 0; load < 21; load++) {
        expect(ranges.filter(range => range.contains(load * 1024)).length).toBe(1)
        expect(ranges.some(range => range.contains(load * 1024 + 16))).toBe(false)
      }
      expect(ranges.some(range => range.contains(21 * 1024))).toBe(false)
    }
  })

  it('of any choice keep the contract’s rules', () => {
    const choice = fc.record({
      flowLength: fc.bigInt({ min: 1024n, max: 2n ** 48n }),
      exponent: fc.integer({ min: 0, max: 8 }),
      startPosition: fc.bigInt({ min: 0n, max: 2n ** 48n }),
      seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      partition: fc.integer({ min: 0, max: 255 }),
    })
    fc.assert(
      fc.property(choice, ({ flowLength, exponent, startPosition, seed, partition }) => {
        const partitions = 2 ** exponent
        const range = RecallRange.of(flowLength, { partitions, partition: partition % partitions, startPosition })
        expect(range.check(flowLength)).toBeUndefined()
        const position = range.loadPosition(seed) as bigint
        expect(range.contains(position)).toBe(position < range.startPosition + range.mineLength)
      }),
      { numRuns: runs(300) },
    )
  })

  it('refuse what is out of their types', async () => {
    const good = { startPosition: 0, mineLength: 1024, shardId: 0, shardMask: FULL_MASK }
    for (const bad of [-1, 0.5, 2 ** 53, -1n, '5' as never, undefined as never]) {
      for (const name of Object.keys(good)) {
        expect(await codeOf(() => new RecallRange({ ...good, [name]: bad })), `${name} ${bad}`).toBe('RANGE')
      }
    }
    expect(await codeOf(() => new RecallRange({ ...good, shardMask: 2n ** 64n }))).toBe('RANGE')
    expect(await codeOf(() => new RecallRange({ ...good, mineLength: 2n ** 256n }))).toBe('RANGE')
    for (const choice of [{ partitions: 3 }, { partitions: 0 }, { partitions: 2, partition: 2 }, { partition: -1 }]) {
      expect(await codeOf(() => RecallRange.of(4096, choice)), JSON.stringify(choice)).toBe('RANGE')
    }
    expect(await codeOf(() => new RecallRange(good).loadPosition(new Uint8Array(31)))).toBe('BUFFER_LENGTH')
    expect(new RecallRange({ ...good, shardMask: 0n }).partitions).toBe(2n ** 64n)
    expect(new RecallRange({ ...good, startPosition: ALL_ONES - (ALL_ONES % 2n ** 25n) }).check(4096)).toBe(
      'RANGE_OVERFLOW',
    )
  })
})

describe('targets', () => {
  it('scale with the partitions while the flow fits one window', async () => {
    for (const flowLength of [1024n, 2n ** 20n, WINDOW_SECTORS]) {
      for (const partitions of [1n, 2n, 8n]) expect(scaleX64(flowLength, partitions)).toBe(partitions << 64n)
    }
    expect(scaleX64(8n * WINDOW_SECTORS, 8)).toBe(2n ** 64n)
    expect(threshold(ALL_ONES, 2n ** 64n)).toBe((2n ** 192n - 1n) << 64n)
    expect(threshold(0, 2n ** 64n)).toBe(0n)
    expect(targetOf(1)).toBe(ALL_ONES)
    expect(targetOf(1_000_000)).toBe(ALL_ONES / 1_000_000n)
    expect(expectedNonces(ALL_ONES)).toBe(1)
    expect(expectedNonces(targetOf(1_000_000))).toBeCloseTo(1_000_000 / 64 + 0.5, 0)
    expect(expectedNonces(targetOf(1_000_000), 1)).toBeCloseTo(1_000_000, 0)
    const bad = [() => targetOf(0), () => scaleX64(3, 4), () => scaleX64(3, 0), () => threshold(1, 2n ** 64n - 1n)]
    for (const call of [...bad, () => expectedNonces(1, 0), () => expectedNonces(1, 65), () => targetOf(2n ** 256n)]) {
      expect(await codeOf(call)).toBe('RANGE')
    }
  })
})

describe('the flow', () => {
  /** The tree by its definition: all leaves, and zero sectors up to a power of two. */
  const naive = (leaves: readonly Uint8Array[]): Uint8Array => {
    if (leaves.length === 1) return leaves[0] as Uint8Array
    const half = leaves.length / 2
    return keccak_256(concatBytes([naive(leaves.slice(0, half)), naive(leaves.slice(half))]))
  }

  it('has the root of the definition after any submissions', () => {
    const heights = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(heights, { minLength: 1, maxLength: 8 }), submissions => {
        const flow = new FlowTree()
        const bytes = new Uint8Array(LOAD_BYTES)
        const leaves = Array.from({ length: 1024 }, () => zeroRoot(0))
        leaves[0] = new Uint8Array(32)
        for (const [i, unordered] of submissions.entries()) {
          const sorted = unordered.toSorted((a, b) => b - a)
          const sectorsOf = (height: number) =>
            Array.from({ length: 2 ** height }, (_, k) => new Uint8Array(256).fill(1 + i + 10 * k))
          const nodes = sorted.map(height => ({
            height,
            root: naive(sectorsOf(height).map(sector => keccak_256(sector))),
          }))
          const { positions, length, start } = flow.append({ nodes })
          expect(start).toBe(positions[0])
          expect(length).toBe(BigInt(flow.length))
          for (const [n, position] of positions.entries()) {
            expect(Number(position) % 2 ** (sorted[n] as number)).toBe(0)
            for (const [k, sector] of sectorsOf(sorted[n] as number).entries()) {
              leaves[Number(position) + k] = keccak_256(sector)
              bytes.set(sector, 256 * (Number(position) + k))
            }
          }
          if (flow.length > 1024) return
          expect(flow.root).toEqual(naive(leaves.slice(0, 2 ** flowDepth(flow.length))))
        }
        const sector = flow.length - 1
        const [siblings, data] = [flow.prove(sector, bytes), bytes.slice(256 * sector, 256 * (sector + 1))]
        const claim = { root: flow.root, length: flow.length, sector, data, siblings }
        expect(verifyFlowSector(claim)).toEqual({ ok: true })
        expect(verifyFlowSector({ ...claim, sector: sector - 1 }).ok).toBe(false)
      }),
      { numRuns: runs(40) },
    )
  })

  it('skips to the next segment rather than across its border', () => {
    expect(placeSubmission(1000, [4, 3])).toEqual({ start: 1024n, positions: [1024n, 1040n], length: 1048n })
    expect(placeSubmission(1000, [4])).toEqual({ start: 1008n, positions: [1008n], length: 1024n })
    expect(placeSubmission(1025, [11, 9])).toEqual({ start: 2048n, positions: [2048n, 4096n], length: 4608n })
    expect(placeSubmission(2n ** 60n + 1n, [63]).start).toBe(2n ** 63n)
  })

  it('takes no proof that is none', async () => {
    const flow = new FlowTree()
    const sector = new Uint8Array(256).fill(7)
    flow.append({ nodes: [{ root: keccak_256(sector), height: 0 }] })
    const bytes = concatBytes([new Uint8Array(256), sector])
    const siblings = flow.prove(1, bytes)
    const claim = { root: flow.root, length: 2n, sector: 1, data: sector, siblings }
    const judge = (change: object) => {
      const verdict = verifyFlowSector({ ...claim, ...change })
      return verdict.ok ? 'ok' : verdict.code
    }
    expect(judge({})).toBe('ok')
    expect(judge({ siblings: siblings.map(toHex) })).toBe('ok')
    expect(judge({ siblings: new Array(65).fill(siblings[0]) })).toBe('LIMIT_EXCEEDED')
    for (const bad of [undefined, {}, 'x', [null], ['0x'], [new Uint8Array(31)]]) {
      expect(judge({ siblings: bad })).toBe('PROOF_FORMAT')
    }
    for (const bad of [2, -1, 0.5, Number.NaN]) expect(judge({ sector: bad })).toBe('INDEX_RANGE')
    expect(judge({ data: new Uint8Array(255) })).toBe('CONTENT_LENGTH')
    expect(judge({ siblings: [] })).toBe('PROOF_DEPTH')
    expect(judge({ siblings: [siblings[0], siblings[0]] })).toBe('PROOF_DEPTH')
    expect(judge({ length: 3 })).toBe('PROOF_DEPTH')
    expect(judge({ data: new Uint8Array(256) })).toBe('ROOT_MISMATCH')
    expect(judge({ root: siblings[0] as Uint8Array })).toBe('ROOT_MISMATCH')
    const cases: [() => unknown, string][] = [
      [() => placeSubmission(1, []), 'EMPTY_INPUT'],
      [() => placeSubmission(1, new Array(65).fill(0)), 'LIMIT_EXCEEDED'],
      [() => placeSubmission(1, [64]), 'RANGE'],
      [() => placeSubmission(1, [-1]), 'RANGE'],
      [() => placeSubmission(2n ** 256n - 1n, [1]), 'RANGE'],
      [() => flow.append({ nodes: [{ root: new Uint8Array(31), height: 0 }] }), 'BUFFER_LENGTH'],
      [() => flow.append({ nodes: [{ root: new Uint8Array(32), height: 53 }] }), 'RANGE'],
    ]
    for (const [call, code] of cases) expect(await codeOf(call)).toBe(code)
  })
})

describe('input from anywhere', () => {
  const one = gold.cases[0] as (typeof gold.cases)[0]
  const { answer, task } = readCase(one)

  it('is no answer: the call throws a code', async () => {
    const cases: [object, string][] = [
      [{ nonce: '0x00' }, 'BUFFER_LENGTH'],
      [{ nonce: 'x' }, 'INVALID_HEX'],
      [{ minerId: undefined }, 'INVALID_ARGUMENT'],
      [{ range: null }, 'INVALID_ARGUMENT'],
      [{ range: { ...answer.range, shardId: 2n ** 64n } }, 'RANGE'],
      [{ recallPosition: -1 }, 'RANGE'],
      [{ sealOffset: 2n ** 256n }, 'RANGE'],
      [{ sealedData: new Uint8Array(4095) }, 'BUFFER_LENGTH'],
      [{ sealedData: `0x${'0'.repeat(8194)}` }, 'BUFFER_LENGTH'],
      [{ merkleProof: {} }, 'INVALID_ARGUMENT'],
      [{ merkleProof: ['0x00'] }, 'BUFFER_LENGTH'],
      [{ merkleProof: new Array(65).fill(one.answer.nonce) }, 'LIMIT_EXCEEDED'],
    ]
    for (const [change, code] of cases) {
      const wrong = { ...answer, ...change } as AnswerFields
      expect(await codeOf(() => verifyAnswer(wrong, task)), JSON.stringify(Object.keys(change))).toBe(code)
      expect(await codeOf(() => verifyAnswerSync(wrong, task))).toBe(code)
      expect(await codeOf(() => encodeSubmit(wrong))).toBe(code)
    }
    expect(await codeOf(() => verifyAnswer(null as never, task))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => verifyAnswer(answer, null as never))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => verifyAnswer(answer, { ...task, sealRanges: {} as never }))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => verifyAnswer(answer, { ...task, context: undefined as never }))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => verifyAnswer(answer, { ...task, sealRanges: [null as never] }))).toBe('INVALID_ARGUMENT')
    const aborted = AbortSignal.abort(new Error('enough'))
    await expect(verifyAnswer(answer, task, { signal: aborted })).rejects.toThrow('enough')
  })

  it('is no case: reading it says where', async () => {
    for (const bad of [
      undefined,
      null,
      1,
      [],
      {},
      { answer: [] },
      { ...one, poraTarget: {} },
      { ...one, sealRanges: 1 },
    ]) {
      expect(await codeOf(() => readCase(bad)), JSON.stringify(bad)?.slice(0, 50)).toBe('INVALID_ARGUMENT')
    }
    expect(await codeOf(() => readCase({ ...one, poraTarget: 'x' }))).toBe('INVALID_ARGUMENT')
    expect(await codeOf(() => readCase({ ...one, poraTarget: '9'.repeat(79) }))).toBe('RANGE')
    expect(await codeOf(() => readCase({ ...one, subtaskDigest: '0x0' }))).toBe('INVALID_HEX')
    expect(readCase({ ...one, poraTarget: `0x${'0'.repeat(100)}f` }).task.poraTarget).toBe(15n)
    expect(() => readCase({ ...one, context: { ...one.context, flowLength: null } })).toThrow('context.flowLength')
    expect(() => readCase({ ...one, scenario: {} })).toThrow('scenario.mine is missing')
    expect(readCase({ ...one, maxShards: 7, scenario: {} }).task.maxShards).toBe(7n)
  })

  it('is no identity', async () => {
    const address = `0x${'22'.repeat(20)}` as const
    expect(minerIdOf(NONCE, address, 0)).toEqual(
      keccak_256(concatBytes([NONCE, new Uint8Array(20).fill(0x22), bytes8(0n)])),
    )
    expect(await codeOf(() => minerIdOf(NONCE, '0x22', 0))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => minerIdOf(NONCE, address, 2n ** 64n))).toBe('RANGE')
    expect(await codeOf(() => subtaskIndex(NONCE, NONCE, 0))).toBe('RANGE')
  })
})

/** A job as the kernels take it. */
function job(limit: bigint, range: RecallRange): Uint8Array {
  const { startPosition, mineLength, shardId, shardMask } = range
  const numbers = [startPosition, mineLength, shardId, shardMask].map(number => bytes8(number, true))
  return concatBytes([MINER, SUBTASK, NONCE, word(limit), ...numbers])
}

const nonceAt = (i: number) => NONCE.map((byte, k) => byte ^ (k < 8 ? (bytes8(BigInt(i), true)[k] as number) : 0))
const bitmapOf = (record: Uint8Array) => new DataView(record.buffer).getBigUint64(0, true)
const steps = (range: RecallRange, i: number, offset: number, sealed: Uint8Array) =>
  kernel('poraSteps', [concatBytes([MINER, nonceAt(i), SUBTASK, range.digest()]), word(BigInt(offset)), sealed], [])

onEachTier(tier => {
  // JavaScript does not mine: it has a test of its own, which says how.
  const mines: (name: string, test: () => Promise<void>) => void = tier === 'js' ? () => {} : it

  it('unseals what was sealed, at every place and length', async () => {
    if (tier === 'js') {
      expect(await codeOf(() => sealSync(new Uint8Array(4096), key(0)))).toBe('UNSUPPORTED_ON_TIER')
      expect(await codeOf(() => seal(new Uint8Array(4096), key(0)))).toBe('UNSUPPORTED_ON_TIER')
      return
    }
    for (const [seals, startSector] of [
      [1, 0],
      [3, 16],
      [64, 1024],
      [1, 2 ** 33 - 16],
      [9, 2 ** 52],
    ] as const) {
      const plain = painted(4096 * seals)
      const sealed = await seal(plain, key(startSector))
      // Not by toEqual, which takes seconds for so many bytes.
      expect(equalBytes(sealSync(plain, key(BigInt(startSector))), sealed)).toBe(true)
      expect(equalBytes(await unseal(sealed, key(startSector)), plain)).toBe(true)
      // Each seal stands for itself.
      const last = sealed.subarray(-4096)
      const at = startSector + 16 * (seals - 1)
      expect(unsealSync(last, key(at))).toEqual(plain.slice(-4096))
      const mask = keccak_256(concatBytes([MINER, CONTEXT, word(BigInt(startSector))]))
      expect(sealed.slice(0, 32)).toEqual(mask.map((byte, i) => byte ^ (plain[i] as number)))
    }
    const reports: number[] = []
    const big = painted(4096 * 600)
    const sealed = await seal(big, key(16), { onProgress: ({ done }) => reports.push(done) })
    expect(reports.at(-1)).toBe(big.length)
    expect(equalBytes(sealed, sealSync(big, key(16)))).toBe(true)
    const shared = sharedBytes(8192)
    shared.set(big.subarray(0, 8192))
    expect(await seal(shared, key(16))).toEqual(sealed.slice(0, 8192))
    const aborter = new AbortController()
    const work = seal(big, key(16), { signal: aborter.signal })
    aborter.abort(new Error('enough'))
    await expect(work).rejects.toThrow('enough')
  })

  it('refuses what cannot be sealed', async () => {
    const cases: [Uint8Array, object, string][] = [
      [new Uint8Array(0), {}, 'EMPTY_INPUT'],
      [new Uint8Array(4095), {}, 'BUFFER_LENGTH'],
      [new Uint8Array(4096), { startSector: 8 }, 'RANGE'],
      [new Uint8Array(4096), { startSector: -16 }, 'RANGE'],
      [new Uint8Array(4096), { startSector: 2 ** 53 - 16 }, 'RANGE'],
      [new Uint8Array(4096), { minerId: '0x00' }, 'BUFFER_LENGTH'],
      ['x' as never, {}, 'INVALID_ARGUMENT'],
      [new Uint8Array(4096), { minerId: 5 }, 'INVALID_ARGUMENT'],
    ]
    expect(await codeOf(() => seal(new Uint8Array(4096), null as never))).toBe('INVALID_ARGUMENT')
    for (const [data, change, code] of cases) {
      for (const call of [seal, sealSync, unseal, unsealSync]) {
        expect(await codeOf(() => call(data, { ...key(16), ...change }))).toBe(code)
      }
    }
    const words = new Uint8Array(64)
    expect(await codeOf(() => unsealWords(words, words))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => unsealWords(NONCE, new Uint8Array(33)))).toBe('BUFFER_LENGTH')
    expect(await codeOf(() => unsealWords(NONCE, new Uint8Array(0)))).toBe('EMPTY_INPUT')
    expect(await codeOf(() => unsealWords(NONCE, new Uint8Array(4096)))).toBe('LIMIT_EXCEEDED')
  })

  mines('seals into memory of the caller’s', async () => {
    const [plain, key] = [painted(3 * 4096), { minerId: MINER, contextDigest: CONTEXT, startSector: 32 }]
    const due = sealSync(plain, key)
    const out = new Uint8Array(plain.length)
    expect(sealSync(plain, key, out).buffer).toBe(out.buffer)
    expect(out).toEqual(due)
    expect(unsealSync(due, key, out)).toEqual(plain)
    expect((await seal(plain, key, { out })).buffer).toBe(out.buffer)
    expect(out).toEqual(due)
    expect(await codeOf(() => sealSync(plain, key, plain))).toBe('BUFFER_OVERLAP')
    expect(await codeOf(() => unseal(due, key, { out: out.subarray(1) }))).toBe('BUFFER_LENGTH')
  })

  it('refuses wrong lengths in kernels', async () => {
    const [hash, one, none] = [new Uint8Array(32), new Uint8Array(4096), new Uint8Array(0)]
    const range = RecallRange.of(4096)
    const cases: [Parameters<typeof kernel>, string][] = [
      [['unseal', [none, hash, hash], [0]], 'EMPTY_INPUT'],
      [['unseal', [one.subarray(1), hash, hash], [0]], 'BUFFER_LENGTH'],
      [['unseal', [one, hash.subarray(1), hash], [0]], 'BUFFER_LENGTH'],
      [['unseal', [one, hash, hash.subarray(1)], [0]], 'BUFFER_LENGTH'],
      [['unseal', [one, hash, hash], [1]], 'RANGE'],
      [['unseal', [one, hash, hash], [2 ** 53]], 'RANGE'],
      [['poraSteps', [hash, hash, one], []], 'BUFFER_LENGTH'],
      [['poraSteps', [new Uint8Array(128), new Uint8Array(8), one], []], 'BUFFER_LENGTH'],
      [['poraSteps', [new Uint8Array(128), hash, one.subarray(1)], []], 'BUFFER_LENGTH'],
    ]
    if (tier === 'js') {
      cases.push([['seek', [job(0n, range)], [0, 1]], 'UNSUPPORTED_ON_TIER'])
      cases.push([['mix', [job(0n, range), none, none, none], []], 'UNSUPPORTED_ON_TIER'])
    } else {
      const [row, load, there] = [new Uint8Array(SEEK_BYTES), new Uint8Array(LOAD_BYTES), new Uint8Array(8)]
      cases.push(
        [['seal', [none, hash, hash], [0]], 'EMPTY_INPUT'],
        [['seal', [one.subarray(1), hash, hash], [0]], 'BUFFER_LENGTH'],
        [['seal', [one, hash, hash], [1]], 'RANGE'],
        [['seek', [hash], [0, 1]], 'BUFFER_LENGTH'],
        [['seek', [job(0n, range)], [0, 0]], 'EMPTY_INPUT'],
        [['seek', [job(0n, range)], [0, 4097]], 'LIMIT_EXCEEDED'],
        [['seek', [job(0n, range)], [0, 2 ** 52]], 'LIMIT_EXCEEDED'],
        [['seek', [job(0n, range)], [-1, 1]], 'RANGE'],
        [['mix', [job(0n, range), none, none, none], []], 'EMPTY_INPUT'],
        [['mix', [hash, row, load, there], []], 'BUFFER_LENGTH'],
        [['mix', [job(0n, range), row, load.subarray(1), there], []], 'BUFFER_LENGTH'],
        [['mix', [job(0n, range), row, load, there.subarray(1)], []], 'BUFFER_LENGTH'],
        [['mix', [job(0n, range), row.subarray(1), load, there], []], 'BUFFER_LENGTH'],
      )
    }
    for (const [args, code] of cases) expect(await codeOf(() => kernel(...args)), `${args[0]} ${args[2]}`).toBe(code)
  })

  mines('seeks what the steps of an answer say', async () => {
    for (const range of [
      RecallRange.of(21 * 1024),
      RecallRange.of(21 * 1024, { partitions: 8, partition: 5 }),
      RecallRange.of(2n ** 40n, { partitions: 2, partition: 1, startPosition: 2n ** 38n }),
      new RecallRange({ startPosition: 0, mineLength: 1023, shardId: 0, shardMask: FULL_MASK }),
    ]) {
      const [first, count] = [3, 20]
      const rows = await kernel('seek', [job(0n, range)], [first, count])
      const view = new DataView(rows.buffer)
      for (let i = 0; i < count; i++) {
        const record = await steps(range, first + i, 0, new Uint8Array(4096))
        const row = rows.slice(SEEK_BYTES * i, SEEK_BYTES * (i + 1))
        expect(row.slice(0, 64)).toEqual(record.slice(0, 64))
        expect(row.slice(64, 96)).toEqual(record.slice(128, 160))
        expect(row.slice(-64)).toEqual(record.slice(64, 128))
        expect(keccak_256(row.slice(104))).toEqual(record.slice(224, 256))
        const position = range.loadPosition(record.slice(128, 160))
        const inside = position !== undefined && range.contains(position)
        expect(view.getBigUint64(SEEK_BYTES * i + SEEK_POSITION, true)).toBe(inside ? position : FULL_MASK)
      }
    }
  })

  mines('tries every seal on its own, and only those that are there', async () => {
    const range = RecallRange.of(21 * 1024)
    const load = painted(LOAD_BYTES)
    const row = await kernel('seek', [job(0n, range)], [7, 1])
    const hashes: bigint[] = []
    for (let s = 0; s < 64; s++) {
      const record = await steps(range, 7, s, load.slice(4096 * s, 4096 * (s + 1)))
      hashes.push(uintOf(record.slice(160, 192)))
    }
    const mix = async (limit: bigint, available: bigint) =>
      bitmapOf(await kernel('mix', [job(limit, range), row, load, bytes8(available, true)], []))
    const due = (limit: bigint) =>
      hashes.reduce((bits, hash, s) => (hash <= limit ? bits | (1n << BigInt(s)) : bits), 0n)
    const odd = 0xaaaa_5555_f00f_0ff1n
    for (const hash of [...hashes.slice(0, 4), ...hashes.slice(62)]) {
      expect(await mix(hash, FULL_MASK)).toBe(due(hash))
      expect(await mix(hash - 1n, FULL_MASK)).toBe(due(hash - 1n))
      expect(await mix(hash, odd)).toBe(due(hash) & odd)
    }
    expect(await mix(ALL_ONES, FULL_MASK)).toBe(FULL_MASK)
    expect(await mix(ALL_ONES, odd)).toBe(odd)
    expect(await mix(0n, FULL_MASK)).toBe(0n)
    expect(await mix(ALL_ONES, 0n)).toBe(0n)
  })

  it('accepts a hash up to the threshold and none above', async () => {
    for (const one of gold.cases) {
      const { answer, task } = readCase(one)
      const { steps } = await verifyAnswer(answer, task)
      const scale = steps.scaleX64 as bigint
      const hash = uintOf(steps.poraHash)
      const judge = async (poraTarget: bigint) => {
        const verdict = await verifyAnswer(answer, { ...task, poraTarget })
        return verdict.ok ? 'ok' : verdict.code
      }
      // The lowest target whose threshold is not below the hash, and the one before it.
      const least = ((hash + (1n << 64n) - 1n) >> 64n) * scale
      expect(threshold(least, scale)).toBeGreaterThanOrEqual(hash)
      expect(await judge(least)).toBe('ok')
      expect(await judge(least - 1n)).toBe('TARGET_MISSED')
      expect(await judge(ALL_ONES)).toBe('ok')
      expect(await judge(0n)).toBe('TARGET_MISSED')
    }
  })

  it('judges in the contract’s order, without dividing by zero', async () => {
    const { answer, task } = readCase(gold.cases[0])
    const judge = async (change: object, taskChange: object = {}, strict = true) => {
      const verdict = await verifyAnswer({ ...answer, ...change }, { ...task, ...taskChange }, { strict })
      expect(verifyAnswerSync({ ...answer, ...change }, { ...task, ...taskChange }, { strict })).toEqual(verdict)
      return verdict.ok ? 'ok' : verdict.code
    }
    const empty = toHex(keccak_256(new Uint8Array(0)))
    const context = (change: object) => ({ context: { ...task.context, ...change } })
    expect(await judge({ contextDigest: empty }, context({ digest: empty }))).toBe('CONTEXT_EMPTY')
    expect(await judge({ contextDigest: empty })).toBe('CONTEXT_MISMATCH')
    expect(await judge({ minerId: new Uint8Array(32), contextDigest: empty })).toBe('MINER_ID_ZERO')
    expect(await judge({}, { sealRanges: [] })).toBe('SEAL_CONTEXT')
    const sealRanges = [{ digest: empty, start: 0, end: 21_504 }]
    expect(await judge({ sealedContextDigest: empty }, { sealRanges })).toBe('SEAL_CONTEXT')
    expect(await judge({ sealedContextDigest: empty }, { sealRanges, maxShards: 0 })).toBe('SHARDS_EXCEEDED')
    expect(await judge({}, context({ flowRoot: empty }))).toBe('FLOW_ROOT_MISMATCH')
    expect(await judge({ recallPosition: ALL_ONES, sealOffset: ALL_ONES })).toBe('SEAL_CONTEXT')
    expect(await judge({ sealOffset: ALL_ONES })).toBe('RECALL_POSITION')
    // A flow of a few sectors: its one range is empty, and no nonce draws a load.
    const range = { startPosition: 0, mineLength: 0, shardId: 0, shardMask: FULL_MASK }
    for (const flowLength of [0, 3]) {
      const verdict = await verifyAnswer(
        { ...answer, range },
        { ...task, ...context({ flowLength }) },
        { strict: false },
      )
      expect(verdict).toMatchObject({ ok: false, steps: { loadPosition: undefined } })
      if (flowLength === 0) expect(verdict.steps).toMatchObject({ scaleX64: undefined, threshold: undefined })
    }
  })

  const refuses: typeof mines = tier === 'js' ? it : () => {}
  refuses('does not mine in JavaScript', async () => {
    const miner = new Miner(mineTask(), { minerId: MINER, range: RANGE }, () => undefined)
    expect(await codeOf(() => miner.mine().next())).toBe('UNSUPPORTED_ON_TIER')
    expect(miner.counters).toEqual({ pads: 0, outside: 0, loads: 0, missing: 0, mixes: 0, hits: 0 })
  })

  mines('mines the same in any batches, and goes on where it ended', async () => {
    const load = painted(LOAD_BYTES)
    const loader: Loader = async at => load.map(byte => byte ^ at)
    const whole = await mined(loader, { nonces: 40 })
    expect(whole.wins.length).toBeGreaterThan(0)
    expect(whole.counters).toMatchObject({ pads: 40, outside: 0, missing: 0, mixes: 40 * 64 })
    // Nonces that are tried together share a load.
    expect(whole.counters.loads).toBeLessThanOrEqual(40)
    expect(whole.counters.hits).toBe(whole.wins.length)
    const parts: Win[] = []
    for (const firstNonce of [0, 13, 26]) {
      const nonces = firstNonce === 26 ? 14 : 13
      parts.push(...(await mined(loader, { firstNonce, nonces, loadsAtOnce: 1 })).wins)
    }
    expect(parts).toEqual(whole.wins)
    for (const win of whole.wins) {
      const { nonce, recallPosition, sealOffset, sealedData } = win
      const record = await kernel(
        'poraSteps',
        [concatBytes([MINER, nonce, SUBTASK, RANGE.digest()]), word(sealOffset), sealedData],
        [],
      )
      expect(uintOf(record.slice(160, 192))).toBeLessThanOrEqual(threshold(targetOf(100), scaleX64(FLOW, 1)))
      const position = RANGE.loadPosition(record.slice(128, 160)) as bigint
      expect(recallPosition).toBe(position + 16n * sealOffset)
      const at = Number(position) / 1024
      expect(sealedData).toEqual(
        load.map(byte => byte ^ at).slice(4096 * Number(sealOffset), 4096 * Number(sealOffset) + 4096),
      )
    }
    // Half of the seals: the same wins but for those of the other half.
    const evens = BigInt(`0x${'5'.repeat(16)}`)
    const half = await mined(async at => ({ sealed: load.map(byte => byte ^ at), available: evens }), { nonces: 40 })
    expect(half.wins).toEqual(whole.wins.filter(({ sealOffset }) => sealOffset % 2n === 0n))
    expect(half.counters.mixes).toBe(40 * 32)
    const gaps = await mined(at => (at % 2 ? undefined : load.map(byte => byte ^ at)), { nonces: 40 })
    expect(gaps.wins).toEqual(
      whole.wins.filter(({ recallPosition }) => Math.floor(Number(recallPosition) / 1024) % 2 === 0),
    )
    expect(gaps.counters.missing + gaps.counters.loads).toBeLessThanOrEqual(40)
    expect(gaps.counters.missing).toBeGreaterThan(0)
    const nothing = await mined(async () => ({ sealed: load, available: 0n }), { nonces: 5 })
    expect(nothing.counters).toMatchObject({ pads: 5, loads: 0, mixes: 0, hits: 0 })
    expect((await mined(loader, { nonces: 0 })).counters.pads).toBe(0)
  })

  mines('asks for so many loads at once, and says what is wrong with one', async () => {
    let [now, most] = [0, 0]
    const load = new Uint8Array(LOAD_BYTES)
    const loader: Loader = async () => {
      most = Math.max(most, ++now)
      await new Promise(resolve => setTimeout(resolve, 2))
      now--
      return load
    }
    await mined(loader, { nonces: 30, loadsAtOnce: 3 })
    expect(most).toBeLessThanOrEqual(3)
    const bad: [Loader, string][] = [
      [() => new Uint8Array(5), 'BUFFER_LENGTH'],
      [() => 'x' as never, 'INVALID_ARGUMENT'],
      [() => null as never, 'INVALID_ARGUMENT'],
      [() => ({ sealed: load, available: 2n ** 64n }), 'INVALID_ARGUMENT'],
      [() => ({ sealed: load, available: -1n }), 'INVALID_ARGUMENT'],
    ]
    for (const [loader, code] of bad) expect(await codeOf(() => mined(loader, { nonces: 3 }))).toBe(code)
    await expect(mined(() => Promise.reject(new Error('disk')), { nonces: 3 })).rejects.toThrow('disk')
    for (const options of [
      { nonces: -1 },
      { firstNonce: 0.5 },
      { loadsAtOnce: 0 },
      { firstNonce: 2 ** 53 - 1, nonces: 1 },
    ]) {
      expect(await codeOf(() => mined(() => load, options)), JSON.stringify(options)).toBe('RANGE')
    }
    expect(await codeOf(() => mined(() => load, { baseNonce: '0x00' }))).toBe('BUFFER_LENGTH')
  })

  mines('stops on an abort, also while a load hangs', async () => {
    const load = painted(LOAD_BYTES)
    const loaders: Loader[] = [() => load, () => new Promise(() => {})]
    for (const loader of loaders) {
      const aborter = new AbortController()
      setTimeout(() => aborter.abort(new Error('enough')), 60)
      await expect(mined(loader, { signal: aborter.signal, nonces: undefined }, 1n)).rejects.toThrow('enough')
    }
    const left = new Miner(mineTask(), { minerId: MINER, range: RANGE }, () => load).mine()
    for await (const win of left) {
      expect(win.minerId).toEqual(MINER)
      break
    }
  })

  it('mines nothing that the contract would reject', async () => {
    const load = () => undefined
    const make = (task: object, miner: object = {}) =>
      codeOf(() => new Miner(mineTask(task), { minerId: MINER, range: RANGE, ...miner }, load))
    const context = (change: object) => ({ context: { ...mineTask().context, ...change } })
    expect(await make({}, { minerId: new Uint8Array(32) })).toBe('MINER_ID_ZERO')
    expect(await make(context({ digest: keccak_256(new Uint8Array(0)) }))).toBe('CONTEXT_EMPTY')
    expect(await make(context({ flowLength: FLOW + 1024 }))).toBe('RANGE_TOO_SHORT')
    expect(await make(context({ flowLength: FLOW - 1024 }))).toBe('RANGE_OVERFLOW')
    expect(await make({ maxShards: 0 })).toBe('SHARDS_EXCEEDED')
    expect(await make({ poraTarget: 0 })).toBe('RANGE')
    expect(await make(context({ flowLength: 1000 }), { range: RecallRange.of(1000) })).toBe('RANGE')
    expect(await make({ poraTarget: -1 })).toBe('RANGE')
    expect(await codeOf(() => new Miner(mineTask(), { minerId: MINER, range: RANGE }, 5 as never))).toBe(
      'INVALID_ARGUMENT',
    )
    expect(await make({})).toBe('nothing was thrown')
  })
})

const FLOW = 21 * 1024
const RANGE = RecallRange.of(FLOW)

function key(startSector: number | bigint) {
  return { minerId: toHex(MINER) as Hex, contextDigest: CONTEXT, startSector }
}

function mineTask(change: object = {}): MineTask {
  const context = { flowRoot: CONTEXT, flowLength: FLOW, digest: CONTEXT }
  return { context, poraTarget: targetOf(100), subtaskDigest: SUBTASK, maxShards: 1, ...change }
}

/** What a run of a miner with the base nonce above finds. */
async function mined(load: Loader, options: MineOptions, poraTarget = targetOf(100)) {
  const miner = new Miner(mineTask({ poraTarget }), { minerId: MINER, range: RANGE }, load)
  const wins: Win[] = []
  for await (const win of miner.mine({ baseNonce: NONCE, ...options })) wins.push(win)
  return { wins, counters: miner.counters }
}
