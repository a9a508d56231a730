import { syncEngine } from '../backend/choose.js'
import { asBytes, asObject } from '../bytes.js'
import { type Code, type CodeName, checkCode, codeNumberOf, nameOf } from '../rules/erasure/code.js'

/** A systematic Reed-Solomon code over GF(2^8): any `data` of its shards give the rest (SPEC.md section 12). */
export class ErasureCode implements Code {
  readonly name: CodeName
  readonly data: number
  readonly parity: number
  readonly #matrix: Uint8Array

  /**
   * Any code; the minors of a custom matrix are not looked at.
   * @throws {ZgkitError} `RANGE` without data or parity, `LIMIT_EXCEEDED` above 256 shards, `BUFFER_LENGTH` for a matrix of another
   *   size; `INVALID_ARGUMENT` for another name, `DETACHED_BUFFER`
   */
  constructor(fields: Pick<Code, 'name' | 'data' | 'parity'> & Partial<Pick<Code, 'matrix'>>) {
    const { name, data, parity, matrix = new Uint8Array() } = asObject(fields, 'code')
    this.name = nameOf(name)
    this.data = data
    this.parity = parity
    this.#matrix = asBytes(matrix, 'matrix').slice()
    checkCode(this)
  }

  /**
   * The code with the normalised Vandermonde matrix: `rs8-vandermonde`.
   * @throws {ZgkitError} `RANGE` without data or parity, `LIMIT_EXCEEDED` above 256 shards
   */
  static vandermonde(data: number, parity: number): ErasureCode {
    return new ErasureCode({ name: 'rs8-vandermonde', data, parity })
  }

  /**
   * The code with the Cauchy matrix: `rs8-cauchy`.
   * @throws {ZgkitError} as {@link vandermonde}
   */
  static cauchy(data: number, parity: number): ErasureCode {
    return new ErasureCode({ name: 'rs8-cauchy', data, parity })
  }

  /**
   * The code with the caller's parity matrix: `rs8-custom`. Its square minors are checked where there are at most 65,536 of them;
   * a larger matrix is taken as it is.
   * @param matrix `parity` rows of `data` bytes
   * @throws {ZgkitError} as the constructor; `MATRIX_SINGULAR` for a minor of 0; `NOT_READY` before a forced WebAssembly tier is loaded
   */
  static custom(data: number, parity: number, matrix: ArrayBufferView | ArrayBufferLike): ErasureCode {
    const code = new ErasureCode({ name: 'rs8-custom', data, parity, matrix: asBytes(matrix, 'matrix') })
    const params = [codeNumberOf(code.name), code.data, code.parity]
    syncEngine().backend.call({ kernel: 'erasureCheck', inputs: [code.#matrix], params })
    return code
  }

  /** Number of all shards. */
  get shards(): number {
    return this.data + this.parity
  }

  /** A copy of a custom code's matrix, row by row; empty for the others. */
  get matrix(): Uint8Array {
    return this.#matrix.slice()
  }
}
