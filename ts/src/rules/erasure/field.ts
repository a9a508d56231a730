/** GF(2^8) with the polynomial 0x11D and generator 2 (SPEC.md section 12, Field). */

const POLYNOMIAL = 0x11d
/** Order of the multiplicative group. */
const ORDER = 255

/** `EXP[i]` is 2^i, for sums of two logarithms. */
const EXP = new Uint8Array(2 * ORDER)
/** `LOG[0]` is 0 and means nothing. */
const LOG = new Uint8Array(256)
for (let [i, power] = [0, 1]; i < ORDER; i++) {
  EXP[i] = EXP[i + ORDER] = power
  LOG[power] = i
  power = (power << 1) ^ (power < 128 ? 0 : POLYNOMIAL)
}

/** The product of two bytes. */
export function mul(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : (EXP[(LOG[a] as number) + (LOG[b] as number)] as number)
}

/** The inverse of `a`, which is not 0. */
export function inv(a: number): number {
  return EXP[ORDER - (LOG[a] as number)] as number
}

const tables: Uint8Array[] = []

/** The products of a factor with all bytes. */
function productsOf(factor: number): Uint8Array {
  let table = tables[factor]
  if (!table) {
    table = new Uint8Array(256).map((_, byte) => mul(factor, byte))
    tables[factor] = table
  }
  return table
}

/** `to += factor * from`, byte by byte; both have one length. */
export function addScaled(to: Uint8Array, factor: number, from: Uint8Array): void {
  if (factor === 0) return
  const products = productsOf(factor)
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) ^ (products[from[i] as number] as number)
}
