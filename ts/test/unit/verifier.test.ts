import { blake2b } from '@noble/hashes/blake2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { decodeVerdict } from '../../dist/backend/verdict.js'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import { backend, FileTree, init } from '../../dist/index.js'
import { hasher } from '../../dist/verify/choose.js'
import {
  assertVerified,
  useVerifier,
  verifier,
  verifyAnswer,
  verifyFlowSector,
  verifyMulti,
  verifySector,
  verifySegment,
} from '../../dist/verify/index.js'
import { instantiate } from '../../dist/verify/wasm.js'
import { codeOf, painted, sharedBytes } from '../patterns.js'
import { compareClaims } from '../random-claims.js'
import { inNode, onEachVerifier } from '../tiers.js'

afterAll(() => useVerifier('wasm'))

describe('[verifier] the module', () => {
  const module = instantiate()
  const input = module.INPUT.value as number
  const memory = () => new Uint8Array(module.memory.buffer)
  const out = (bytes: number) => memory().slice(module.OUT.value, module.OUT.value + bytes)

  it('hashes messages of every length up to 700 as @noble/hashes does', () => {
    const bytes = painted(700)
    memory().set(bytes, input)
    for (let length = 0; length <= 700; length++) {
      module.keccak256(length)
      expect(out(32), `${length}`).toEqual(keccak_256(bytes.subarray(0, length)))
      module.blake2b512(length)
      expect(out(64), `${length}`).toEqual(blake2b(bytes.subarray(0, length)))
    }
  })

  it('has no imports, and makes room for what it is asked for up to its limit', () => {
    const fresh = instantiate()
    const before = fresh.memory.buffer.byteLength
    // The largest segment proof fits without growing.
    expect(before).toBeGreaterThanOrEqual(input + 32 + 66 * 32 + 64 + 262_144)
    expect(fresh.reserve(262_144)).toBe(1)
    expect(fresh.memory.buffer.byteLength).toBe(before)
    expect(fresh.reserve(2 ** 26 + 1)).toBe(0)
    expect(fresh.reserve(2 ** 32 - 1)).toBe(0)
    expect(fresh.memory.buffer.byteLength).toBe(before)
    expect(fresh.reserve(2 ** 26)).toBe(1)
    expect(fresh.memory.buffer.byteLength).toBeGreaterThanOrEqual(input + 2 ** 26)
  })

  it('does not trap, whatever it is called with', () => {
    const fresh = instantiate()
    const numbers = [
      0,
      1,
      2,
      64,
      65,
      66,
      67,
      1024,
      1025,
      2 ** 16,
      262_144,
      262_145,
      2 ** 23,
      2 ** 27,
      2 ** 31,
      2 ** 32 - 1,
    ]
    const counts = [0, 1, 1024, 2 ** 53 - 1, 2 ** 53, 2 ** 64, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]
    for (const fill of [0, 1, 255]) {
      new Uint8Array(fresh.memory.buffer).fill(fill, input)
      for (const a of numbers) {
        fresh.keccak256(a)
        fresh.blake2b512(a)
        fresh.sectorRoot(a)
        fresh.sealRoot(a)
        for (const b of numbers) {
          fresh.contentRoot(a, b)
          for (const count of counts) fresh.multiRoot(count, b & 1, a, b)
        }
      }
      fresh.steps()
      for (const index of counts) {
        for (const count of counts) {
          for (const entries of [0, 1, 2, 3, 66, 67, 2 ** 32 - 1]) {
            for (const steps of [0, 1, 64, 65, 2 ** 32 - 1]) {
              for (const bytes of [0, 256, 262_144, 2 ** 32 - 1])
                fresh.inclusion(entries, steps, bytes, index, count, 256, 1)
            }
          }
        }
      }
      for (const a of numbers) for (const b of numbers) fresh.inclusion(1, 0, a, 0, 1, a, b)
    }
    // Tables and zeros are as they were.
    fresh.keccak256(0)
    const empty = new Uint8Array(fresh.memory.buffer).slice(fresh.OUT.value, fresh.OUT.value + 32)
    expect(empty).toEqual(keccak_256(new Uint8Array(0)))
    expect(new Uint8Array(fresh.memory.buffer, 0x200, 256).every(byte => byte === 0)).toBe(true)
  })

  it('checks by itself what its host checks too', () => {
    const sector = painted(256)
    const root = keccak_256(sector)
    const judge = (...args: Parameters<typeof module.inclusion>) => {
      memory().set(root, input)
      memory().set(root, input + 32)
      memory().set(sector, input + 64)
      const code = module.inclusion(...args)
      const rejection = decodeVerdict(out(88))
      expect(code === 0).toBe(rejection === undefined)
      return rejection?.code ?? 'ok'
    }
    expect(judge(1, 0, 256, 0, 1, 256, 1)).toBe('ok')
    expect(judge(1, 0, 256, 1, 1, 256, 1)).toBe('INDEX_RANGE')
    expect(judge(1, 0, 255, 0, 1, 256, 1)).toBe('CONTENT_LENGTH')
    expect(judge(1, 0, 256, 0, 2, 256, 1)).toBe('PROOF_DEPTH')
    expect(judge(2, 0, 256, 0, 1, 256, 1)).toBe('PROOF_FORMAT')
    expect(judge(1, 65, 256, 0, 1, 256, 1)).toBe('LIMIT_EXCEEDED')
    expect(judge(67, 64, 256, 0, 1, 256, 1)).toBe('LIMIT_EXCEEDED')
    expect(judge(1, 0, 256, 0, 1, 512, 1)).toBe('RANGE')
    expect(judge(1, 0, 255, 0, 1, 255, 1)).toBe('RANGE')
    expect(judge(1, 0, 256, 0, 1, 256, 0)).toBe('RANGE')
    expect(judge(1, 0, 256, 0, 1, 256, 1025)).toBe('RANGE')
    expect(judge(1, 0, 256, 0, 0.5, 256, 1)).toBe('RANGE')
    expect(judge(1, 0, 256, -1, 1, 256, 1)).toBe('RANGE')
  })
})

onEachVerifier(tier => {
  const bytes = painted(262_144 + 300)
  const tree = FileTree.buildSync(bytes)
  const claim = {
    root: tree.root,
    size: bytes.length,
    index: 0,
    data: bytes.subarray(0, 262_144),
    proof: tree.proveSegment(0),
  }

  it('says what it expected and what it got', () => {
    const { root, layout } = tree
    expect(verifySegment(claim)).toEqual({ ok: true, kind: 'segment', index: 0, layout })
    const other = new Uint8Array(32)
    expect(verifySegment({ ...claim, root: other })).toEqual({
      ok: false,
      code: 'ROOT_MISMATCH',
      expected: other,
      got: root,
    })
    const changed = verifySegment({ ...claim, data: claim.data.slice().fill(0, 5, 6) })
    expect(changed).toMatchObject({ ok: false, code: 'CONTENT_MISMATCH', expected: tree.segmentRoot(0) })
    expect(() => assertVerified(changed)).toThrow('CONTENT_MISMATCH')
    expect(verifySegment({ ...claim, index: 1 })).toMatchObject({ ok: false, code: 'CONTENT_LENGTH' })
  })

  it('gives values of its own, which later calls leave alone', () => {
    const verdict = verifySegment({ ...claim, root: new Uint8Array(32) })
    const before = structuredClone(verdict)
    verifySegment(claim)
    verifySegment({ ...claim, root: new Uint8Array(32).fill(1) })
    expect(verdict).toEqual(before)
  })

  it('takes shared memory and views, and leaves them as they are', () => {
    const shared = sharedBytes(262_144)
    shared.set(claim.data)
    expect(verifySegment({ ...claim, data: shared }).ok).toBe(true)
    expect(verifySegment({ ...claim, data: new DataView(bytes.buffer, 0, 262_144) }).ok).toBe(true)
    expect(equalBytes(shared, claim.data)).toBe(true)
  })

  it('throws for what the caller vouches for, and for nothing else', async () => {
    const trap = new Proxy([], {
      get: () => {
        throw new Error('trap')
      },
    })
    for (const proof of [undefined, null, 1, trap, { lemma: trap, path: trap }, { lemma: [trap], path: [] }]) {
      expect(verifySegment({ ...claim, proof })).toMatchObject({ ok: false, code: 'PROOF_FORMAT' })
      const flow = { root: tree.root, length: 3, sector: 1, data: bytes.subarray(0, 256), siblings: proof }
      expect(verifyFlowSector(flow)).toMatchObject({ ok: false, code: 'PROOF_FORMAT' })
    }
    const cases: [object, string][] = [
      [{ size: 0 }, 'EMPTY_INPUT'],
      [{ size: 2 ** 53 }, 'RANGE'],
      [{ root: '0x12' }, 'BUFFER_LENGTH'],
      [{ root: 'nonsense' }, 'INVALID_HEX'],
      [{ data: 'text' }, 'INVALID_ARGUMENT'],
    ]
    for (const [change, code] of cases) {
      expect(await codeOf(() => verifySector({ ...claim, ...change } as never))).toBe(code)
    }
    expect(await codeOf(() => verifyAnswer(null as never, null as never))).toBe('INVALID_ARGUMENT')
  })

  it('climbs from indices past 2^32 with tens of thousands of siblings', () => {
    // As far apart as leaves can be: 1000 of them, 43 siblings for each and few above.
    const indices = Array.from({ length: 1000 }, (_, i) => 2 ** 43 * (i + 1) - 1)
    const [sector, sibling] = [new Uint8Array(256), keccak_256(Uint8Array.of(1))]
    const claim = {
      kind: 'flow' as const,
      root: sibling,
      length: 2 ** 53 - 1,
      indices,
      data: new Uint8Array(256 * 1000),
    }
    const { expected } = verifyMulti({ ...claim, proof: { siblings: [] } }) as { expected: number }
    expect(expected).toBeGreaterThan(43_000)
    expect(expected).toBeLessThanOrEqual(2 ** 16)
    const proof = { siblings: new Array(expected).fill(sibling) }
    const verdict = verifyMulti({ ...claim, proof })
    expect(verdict).toMatchObject({ ok: false, code: 'ROOT_MISMATCH', expected: sibling })
    // Each subtree is the same but for its place: its leaf is the last, so that all siblings below are on the left.
    let node = keccak_256(sector)
    for (let height = 0; height < 43; height++) node = keccak_256(concatBytes([sibling, node]))
    // 1024 subtrees: the first 1000 have leaves.
    let level: Uint8Array[] = new Array(1000).fill(node)
    for (let height = 43; height < 53; height++) {
      if (level.length % 2 === 1) level.push(sibling)
      level = Array.from({ length: level.length / 2 }, (_, i) => keccak_256(concatBytes(level.slice(2 * i, 2 * i + 2))))
    }
    expect((verdict as { got: Uint8Array }).got).toEqual(level[0])
  })

  it('goes on in JavaScript where there is no memory for a proof', () => {
    const hash = keccak_256(Uint8Array.of(1))
    // More than the module takes; all but the first are left over.
    const siblings = new Array(2 ** 21).fill(hash)
    expect(hasher().multiRoot('file', 2, [0], hash, siblings)).toEqual(keccak_256(concatBytes([hash, hash])))
  })

  it('is told which tier to use', async () => {
    expect(verifier()).toEqual(tier === 'wasm' ? { tier } : { tier, reason: 'chosen' })
    expect(await codeOf(() => useVerifier('native' as never))).toBe('INVALID_ARGUMENT')
    vi.stubGlobal('WebAssembly', undefined)
    try {
      expect(await codeOf(() => useVerifier('wasm'))).toBe('TIER_UNAVAILABLE')
    } finally {
      vi.unstubAllGlobals()
    }
    expect(verifier().tier).toBe(tier)
  })
})

describe('[verifier] three implementations', () => {
  // Fewer in Chromium, where the same code runs.
  const claims = inNode ? 1000 : 200

  it(`agree on ${claims} random claims, honest and changed`, async () => {
    await init()
    expect(backend().tier).not.toBe('js')
    const { accepted, refused } = compareClaims(claims)
    expect(accepted + refused).toBe(claims)
    expect(accepted).toBeGreaterThan(claims / 5)
    expect(refused).toBeGreaterThan(claims / 3)
  })
})
