import { toCount } from '../../bytes.js'
import { ZgkitError } from '../../errors.js'
import { MAX_SHARDS } from '../../limits.js'

/** Names of the codes; the number of each, in kernels, is its place from 1 on. They never change their meaning (SPEC.md section 12). */
export const CODE_NAMES = ['rs8-vandermonde', 'rs8-cauchy', 'rs8-custom'] as const
export type CodeName = (typeof CODE_NAMES)[number]

/** A code: which parity, and how many shards. */
export interface Code {
  readonly name: CodeName
  /** Number of data shards. */
  readonly data: number
  /** Number of parity shards. */
  readonly parity: number
  /** A custom code's parity matrix, `parity` rows of `data` bytes; empty for the others. */
  readonly matrix: Uint8Array
}

/** The number that kernels know a code by. */
export function codeNumberOf(name: CodeName): number {
  return CODE_NAMES.indexOf(name) + 1
}

/**
 * The name that a text is.
 * @throws {ZgkitError} `INVALID_ARGUMENT` if it is none
 */
export function nameOf(text: string): CodeName {
  const name = CODE_NAMES.find(name => name === text)
  if (name) return name
  throw new ZgkitError('INVALID_ARGUMENT', `unknown code ${String(text)}: expected ${CODE_NAMES.join(', ')}`, {
    got: text,
  })
}

/** Number of all shards. */
export function shardsOf({ data, parity }: Pick<Code, 'data' | 'parity'>): number {
  return data + parity
}

/** Bytes of the matrix of a code of that shape. */
export function matrixBytes({ name, data, parity }: Pick<Code, 'name' | 'data' | 'parity'>): number {
  return name === 'rs8-custom' ? data * parity : 0
}

/**
 * Checks the numbers of a code.
 * @throws {ZgkitError} `RANGE` without data or parity and for what is no count, `LIMIT_EXCEEDED` above 256 shards, `BUFFER_LENGTH`
 *   for a matrix of another size
 */
export function checkCode(code: Code): void {
  for (const name of ['data', 'parity'] as const) {
    if (toCount(code[name], name) === 0) throw new ZgkitError('RANGE', `there is at least one ${name} shard`, { name })
  }
  const shards = shardsOf(code)
  if (shards > MAX_SHARDS) {
    throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_SHARDS} shards, got ${shards}`, {
      expected: MAX_SHARDS,
      got: shards,
    })
  }
  const expected = matrixBytes(code)
  if (code.matrix.length !== expected) {
    throw new ZgkitError('BUFFER_LENGTH', `the matrix must have ${expected} bytes, got ${code.matrix.length}`, {
      expected,
      got: code.matrix.length,
    })
  }
}
