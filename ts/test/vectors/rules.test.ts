import { keccak_256 } from '@noble/hashes/sha3.js'
import { expect, it } from 'vitest'
import padding from '../../../testdata/storage/padded_chunks.json' with { type: 'json' }
import submissions from '../../../testdata/storage/submission_rules.json' with { type: 'json' }
import zeros from '../../../testdata/storage/zero_hashes.json' with { type: 'json' }
import {
  fileLayout,
  isValidSubmission,
  nextPow2,
  paddedSectors,
  planSubmission,
  submissionCapacity,
  submissionDigest,
  toHex,
  zeroRoot,
} from '../../dist/index.js'
import { codeOf } from '../patterns.js'

it('padded_chunks: 92 rows', () => {
  expect(padding.rows.length).toBe(92)
  for (const { chunks, padded, nextPow2: power } of padding.rows) {
    expect(paddedSectors(chunks)).toBe(padded)
    expect(paddedSectors(BigInt(chunks))).toBe(padded)
    expect(nextPow2(chunks)).toBe(power)
  }
})

it('zero_hashes: 64 heights, and none above', async () => {
  expect(zeros.zeros.length).toBe(64)
  zeros.zeros.forEach((expected, height) => {
    expect(toHex(zeroRoot(height))).toBe(expected)
  })
  expect(await codeOf(() => zeroRoot(64))).toBe('RANGE')
})

it('submission_rules: 31 submissions', async () => {
  expect(submissions.cases.length).toBe(31)
  for (const { length, heights, valid, size, digest } of submissions.cases) {
    if ('revert' in valid) expect(await codeOf(() => isValidSubmission(length, heights))).toBe('RANGE')
    else expect(isValidSubmission(length, heights)).toBe(valid.value)
    expect(submissionCapacity(heights)).toBe(BigInt(size.value))
    const roots = heights.map((_, i) => keccak_256(new TextEncoder().encode(`vecsn${i}`)))
    expect(toHex(submissionDigest(roots))).toBe(digest)
  }
})

it('sizes at the edges of 32 and 53 bits', async () => {
  for (const exponent of [31, 32, 49, 52]) {
    const power = 2 ** exponent
    expect(paddedSectors(power)).toBe(power)
    expect(nextPow2(power + 1)).toBe(2 * power)
  }
  expect(paddedSectors(2 ** 49 + 1)).toBe(2 ** 49 + 2 ** 46)
  expect(nextPow2(2 ** 49 + 1)).toBe(2 ** 50)
  expect(fileLayout(2 ** 49 + 1).paddedSectors).toBe(2 ** 41 + 2 ** 38)
  expect(fileLayout(Number.MAX_SAFE_INTEGER).sectors).toBe(2 ** 45)
  expect(planSubmission(2n ** 41n + 1n).nodes.map(node => node.height)).toEqual([33, 30])
  for (const bad of [2 ** 53, 2n ** 53n, -1, -1n, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as never]) {
    expect(await codeOf(() => fileLayout(bad)), String(bad)).toBe('RANGE')
    expect(await codeOf(() => paddedSectors(bad)), String(bad)).toBe('RANGE')
  }
  // 2^53 - 1 sectors are a count, the padded number is not.
  expect(await codeOf(() => paddedSectors(Number.MAX_SAFE_INTEGER))).toBe('RANGE')
  expect(await codeOf(() => fileLayout(0))).toBe('EMPTY_INPUT')
  expect(await codeOf(() => paddedSectors(0n))).toBe('EMPTY_INPUT')
  expect(isValidSubmission(1, [65])).toBe(false)
  expect(await codeOf(() => submissionCapacity([65]))).toBe('RANGE')
  expect(await codeOf(() => submissionCapacity(new Array(65).fill(1)))).toBe('LIMIT_EXCEEDED')
})
