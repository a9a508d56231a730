import { fromHex, type Hex, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import type { AnswerFields } from '../rules/answer.js'
import type { RangeFields } from '../rules/recall.js'
import { toUint, word } from '../rules/uint.js'
import type { AnswerVerdict, VerifyTask } from './checks.js'

/** What {@link verifyAnswer} takes. */
export interface AnswerCase {
  readonly answer: AnswerFields
  readonly task: VerifyTask
}

/** What {@link caseResult} gives: hashes as hex, integers as decimal text, positions as numbers while these are exact. */
export interface CaseResult {
  readonly ok: boolean
  readonly code: string | null
  readonly steps: Readonly<Record<string, string | number | null>>
}

/**
 * Reads an answer and what it is checked against from JSON: an object with `answer`, `context`, `poraTarget`, `subtaskDigest`,
 * `sealRanges` and `maxShards` (or `scenario.mine.maxShards`); whatever else it has is ignored. Bytes are 0x hex; integers are
 * numbers, decimal text or 0x hex of any length.
 * @throws {ZgkitError} `INVALID_ARGUMENT` with the path of what is missing or wrong, `INVALID_HEX`, `RANGE`
 */
export function readCase(json: unknown): AnswerCase {
  const root = new Node(json, '')
  const answer = root.at('answer')
  const range = answer.at('range')
  const context = root.at('context')
  return {
    answer: {
      contextDigest: answer.at('contextDigest').hex(),
      nonce: answer.at('nonce').hex(),
      minerId: answer.at('minerId').hex(),
      range: Object.fromEntries(
        ['startPosition', 'mineLength', 'shardId', 'shardMask'].map(name => [name, range.at(name).uint()]),
      ) as unknown as RangeFields,
      recallPosition: answer.at('recallPosition').uint(),
      sealOffset: answer.at('sealOffset').uint(),
      sealedContextDigest: answer.at('sealedContextDigest').hex(),
      sealedData: answer.at('sealedData').hex(),
      merkleProof: answer.at('merkleProof').list(sibling => sibling.hex()),
    },
    task: {
      context: {
        flowRoot: context.at('flowRoot').hex(),
        flowLength: context.at('flowLength').uint(),
        digest: context.at('digest').hex(),
      },
      poraTarget: root.at('poraTarget').uint(),
      subtaskDigest: root.at('subtaskDigest').hex(),
      maxShards: (root.has('maxShards') ? root : root.at('scenario').at('mine')).at('maxShards').uint(),
      sealRanges: root.at('sealRanges').list(range => ({
        digest: range.at('digest').hex(),
        start: range.at('start').uint(),
        end: range.at('end').uint(),
      })),
    },
  }
}

/** A verdict as JSON has it. */
export function caseResult(verdict: AnswerVerdict): CaseResult {
  const { loadPosition, scaleX64, threshold, ...bytes } = verdict.steps
  return {
    ok: verdict.ok,
    code: verdict.ok ? null : verdict.code,
    steps: {
      ...Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, toHex(value)])),
      loadPosition: loadPosition === undefined ? null : exact(loadPosition),
      scaleX64: scaleX64 === undefined ? null : scaleX64.toString(),
      threshold: threshold === undefined ? null : toHex(word(threshold)),
    },
  }
}

function exact(uint: bigint): number | string {
  return uint <= Number.MAX_SAFE_INTEGER ? Number(uint) : uint.toString()
}

/** A value in JSON that knows its path, so that errors can name it. */
class Node {
  readonly #value: unknown
  readonly #path: string

  constructor(value: unknown, path: string) {
    this.#value = value
    this.#path = path
  }

  has(name: string): boolean {
    return typeof this.#value === 'object' && this.#value !== null && Object.hasOwn(this.#value, name)
  }

  at(name: string): Node {
    const path = this.#path ? `${this.#path}.${name}` : name
    if (!this.has(name)) throw new ZgkitError('INVALID_ARGUMENT', `${path} is missing`, { path })
    return new Node((this.#value as Record<string, unknown>)[name], path)
  }

  list<T>(read: (item: Node) => T): T[] {
    if (!Array.isArray(this.#value)) this.#refuse('a list')
    return (this.#value as unknown[]).map((item, i) => read(new Node(item, `${this.#path}[${i}]`)))
  }

  hex(): Hex {
    if (typeof this.#value !== 'string') this.#refuse('0x hex text')
    fromHex(this.#value as string)
    return this.#value as Hex
  }

  uint(): bigint {
    const value = this.#value
    // Text that is longer spells no 256-bit integer, or one with an absurd number of zeros in front.
    if (typeof value === 'string' && value.length <= 256 && /^(?:[0-9]+|0x[0-9a-fA-F]+)$/.test(value)) {
      return toUint(BigInt(value), 256, this.#path)
    }
    if (typeof value !== 'number') this.#refuse('a number, decimal text or 0x hex text')
    return toUint(value as number, 256, this.#path)
  }

  #refuse(expected: string): never {
    throw new ZgkitError('INVALID_ARGUMENT', `${this.#path} must be ${expected}`, { path: this.#path })
  }
}
