import { ZgkitError } from '../../errors.js'
import { MAX_CHECKED_MINORS } from '../../limits.js'
import { type Code, shardsOf } from './code.js'
import { addScaled, inv, mul } from './field.js'

/** How wanted shards follow from present ones. */
export interface Plan {
  /** Indices of the shards that it computes from: as many as there are data shards. */
  readonly used: readonly number[]
  /** For each of them in turn its factor in every wanted shard. */
  readonly factors: Uint8Array
}

/**
 * How the shards of `wanted`, in its order, follow from those of `present` (SPEC.md section 12, Solving).
 * @throws {ZgkitError} `INDEX_RANGE` for an index that is none, `DUPLICATE_SHARD` for one that comes twice in a list,
 *   `TOO_FEW_SHARDS`, `MATRIX_SINGULAR` where a custom code cannot be solved
 */
export function planOf(code: Code, present: Uint8Array, wanted: Uint8Array): Plan {
  checkIndices(code, present)
  checkIndices(code, wanted)
  if (present.length < code.data) {
    throw new ZgkitError('TOO_FEW_SHARDS', `it takes ${code.data} shards, there are ${present.length}`, {
      expected: code.data,
      got: present.length,
    })
  }
  const sorted = present.slice().sort()
  if (code.name === 'rs8-custom') return byElimination(code, sorted, wanted)
  const used = sorted.subarray(0, code.data)
  return { used: [...used], factors: byInterpolation(code, used, wanted) }
}

/**
 * Checks a list of indices.
 * @throws {ZgkitError} `INDEX_RANGE` for an index that is none, `DUPLICATE_SHARD` for one that comes twice
 */
export function checkIndices(code: Code, list: Iterable<number>): void {
  const seen = new Set<number>()
  for (const index of list) {
    if (!Number.isInteger(index) || index < 0 || index >= shardsOf(code)) {
      throw new ZgkitError('INDEX_RANGE', `there is no shard ${index}`, { expected: shardsOf(code), got: index })
    }
    if (seen.has(index)) throw new ZgkitError('DUPLICATE_SHARD', `shard ${index} is named twice`, { index })
    seen.add(index)
  }
}

/**
 * Factors of the built-in codes in closed form: shard `i` is the value at point `i` of a polynomial of degree below K, divided by a
 * weight `v(i)`. For the Vandermonde code all weights are 1; for the Cauchy code they are the products of `i + j` over the data
 * points `j != i`. So any shard follows from any K others by Lagrange's formula.
 */
function byInterpolation(code: Code, used: Uint8Array, wanted: Uint8Array): Uint8Array {
  const dataPoints = Uint8Array.from({ length: code.data }, (_, i) => i)
  const weight = (point: number) => (code.name === 'rs8-cauchy' ? differences(point, dataPoints) : 1)
  const to = Array.from(wanted, point => mul(differences(point, used), inv(weight(point))))
  const known = new Set(used)
  const factors = new Uint8Array(used.length * wanted.length)
  used.forEach((from, i) => {
    const scale = mul(weight(from), inv(differences(from, used)))
    wanted.forEach((point, j) => {
      // The product over the others is the whole one without `point + from`; it is 0 at a point that is used.
      const other = known.has(point) ? 0 : mul(mul(scale, to[j] as number), inv(point ^ from))
      factors[i * wanted.length + j] = point === from ? 1 : other
    })
  })
  return factors
}

/** The product of `point + other` over all others but the point itself. */
function differences(point: number, others: Uint8Array): number {
  return others.reduce((product, other) => (other === point ? product : mul(product, point ^ other)), 1)
}

function byElimination(code: Code, present: Uint8Array, wanted: Uint8Array): Plan {
  const { data } = code
  const row = (shard: number) => code.matrix.subarray((shard - data) * data, (shard - data + 1) * data)
  const known = present.filter(shard => shard < data)
  const missing = Array.from({ length: data }, (_, shard) => shard).filter(shard => !known.includes(shard))
  const basis = new Basis(missing.length)
  const taken: number[] = []
  for (const shard of present.subarray(known.length)) {
    if (!basis.full && basis.offer(missing.map(column => row(shard)[column] as number))) taken.push(shard)
  }
  if (!basis.full) throw new ZgkitError('MATRIX_SINGULAR', 'these shards do not determine the data')

  // Every data shard as a sum of those used.
  const solved = Array.from({ length: data }, () => new Uint8Array(data))
  const sumOf = (shard: number) => solved[shard] as Uint8Array
  known.forEach((shard, place) => {
    sumOf(shard)[place] = 1
  })
  missing.forEach((shard, index) => {
    const [sum, column] = [sumOf(shard), basis.column(index)]
    sum.set(column, known.length)
    taken.forEach((parity, i) => {
      known.forEach((other, place) => {
        sum[place] = (sum[place] as number) ^ mul(column[i] as number, row(parity)[other] as number)
      })
    })
  })

  const factors = new Uint8Array(data * wanted.length)
  wanted.forEach((shard, j) => {
    const sum = new Uint8Array(data)
    if (shard < data) sum.set(sumOf(shard))
    else row(shard).forEach((factor, column) => void addScaled(sum, factor, sumOf(column)))
    sum.forEach((factor, place) => {
      factors[place * wanted.length + j] = factor
    })
  })
  return { used: [...known, ...taken], factors }
}

/**
 * Checks every square minor of a custom code's matrix, if there are few enough (SPEC.md section 12, Codes).
 * @throws {ZgkitError} `MATRIX_SINGULAR` for a minor of 0
 */
export function checkMinors({ data, parity, matrix }: Code): void {
  if (minors(data, parity) > MAX_CHECKED_MINORS) return
  for (let size = 1; size <= Math.min(data, parity); size++) {
    for (const rows of combinations(size, parity)) {
      for (const columns of combinations(size, data)) {
        const basis = new Basis(size)
        for (const row of rows) basis.offer(columns.map(column => matrix[row * data + column] as number))
        if (!basis.full) throw new ZgkitError('MATRIX_SINGULAR', 'a minor of the matrix is 0', { rows, columns })
      }
    }
  }
}

/** Number of square minors, C(data + parity, data) - 1, or something above the limit. */
function minors(data: number, parity: number): number {
  let subsets = 1
  for (let step = 1; step <= Math.min(data, parity) && subsets <= 2 * MAX_CHECKED_MINORS; step++) {
    subsets = (subsets * (data + parity - step + 1)) / step
  }
  return subsets - 1
}

/** All choices of `size` ascending indices below `bound`. */
function* combinations(size: number, bound: number, from = 0): Generator<number[]> {
  if (size === 0) return yield []
  for (let first = from; first <= bound - size; first++) {
    for (const rest of combinations(size - 1, bound, first + 1)) yield [first, ...rest]
  }
}

/** Independent rows, reduced to a permutation as they come. */
class Basis {
  readonly #size: number
  /** Each row: its reduced columns, then what it is of the rows that were taken. */
  readonly #rows: Uint8Array[] = []
  /** Where each row has its 1. */
  readonly #pivots: number[] = []

  constructor(size: number) {
    this.#size = size
  }

  get full(): boolean {
    return this.#rows.length === this.#size
  }

  /** Takes a row unless it depends on those that were taken, and says whether it did. */
  offer(columns: readonly number[]): boolean {
    const row = new Uint8Array(2 * this.#size)
    row.set(columns)
    this.#rows.forEach((taken, i) => void addScaled(row, row[this.#pivots[i] as number] as number, taken))
    const pivot = row.subarray(0, this.#size).findIndex(entry => entry !== 0)
    if (pivot < 0) return false
    row[this.#size + this.#rows.length] = 1
    const scale = inv(row[pivot] as number)
    const scaled = row.map(entry => mul(entry, scale))
    for (const taken of this.#rows) addScaled(taken, taken[pivot] as number, scaled)
    this.#rows.push(scaled)
    this.#pivots.push(pivot)
    return true
  }

  /** Column `index` as the sum of the rows that were taken: a factor for each. */
  column(index: number): Uint8Array {
    return (this.#rows[this.#pivots.indexOf(index)] as Uint8Array).subarray(this.#size)
  }
}
