import { asObject, fromHex, type HashLike, type Hex, toHash, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, MAX_EPOCH_STEPS } from '../limits.js'
import { DigestHistory } from './digest-history.js'
import { min } from './target.js'
import { contextDigest, EMPTY_CONTEXT } from './task.js'
import { toUint, type Uint } from './uint.js'

/** How many blocks back the BLOCKHASH instruction reaches. */
export const RECENT_BLOCKS = 256n
/** How many blocks back the history contract of EIP-2935 reaches. */
export const HISTORY_BLOCKS = 8191n

/**
 * Where the contracts have the hash of block `block` from at block `current`: from the instruction, from the history contract, or
 * nowhere, and then it is zero to them. Contracts of the older generation know the instruction only.
 * @throws {ZgkitError} `RANGE`
 */
export function blockHashSource(block: Uint, current: Uint): 'instruction' | 'history' | undefined {
  const distance = toUint(current, 64, 'current') - toUint(block, 64, 'block')
  if (distance < 1n || distance > HISTORY_BLOCKS) return undefined
  return distance <= RECENT_BLOCKS ? 'instruction' : 'history'
}

/** The flow contract's context, all six fields of it. Positions and lengths are in sectors. */
export interface FlowContext {
  readonly epoch: bigint
  /** The block that the epoch before ended with; mining starts behind it. */
  readonly mineStart: bigint
  readonly flowRoot: Uint8Array
  readonly flowLength: bigint
  /** Hash of the block `mineStart`, or {@link EMPTY_CONTEXT}. */
  readonly blockDigest: Uint8Array
  /** {@link contextDigest} of the three before, or {@link EMPTY_CONTEXT}: then nothing can be mined. */
  readonly digest: Uint8Array
}

/** What an epoch added to the flow: sectors `start` to below `end`, sealed with the context `digest`. */
export interface EpochRange {
  readonly digest: Uint8Array
  readonly start: bigint
  readonly end: bigint
}

/** What never changes about a flow contract's epochs. */
export interface EpochRules {
  /** The first block at which the contract works (uint64). */
  readonly firstBlock: Uint
  /** Blocks of an epoch, at least 1 (uint64). */
  readonly blocksPerEpoch: Uint
}

/** The flow at the moment of a call. */
export interface FlowState {
  /** The flow root. */
  readonly root: HashLike
  /** The flow's length in sectors (uint64). */
  readonly length: Uint
}

/**
 * The epochs of a flow contract (SPEC.md section 14): what each call of `makeContext` does to them. Every submission and every
 * answer makes that call, a submission before its data is placed. It knows no chain: block number, block hashes and the flow are the
 * caller's.
 */
export class Epochs {
  /** Flow roots of the last 1000 epochs that ended, by their number from 0 on. */
  readonly roots = new DigestHistory()
  readonly #firstBlock: bigint
  readonly #blocksPerEpoch: bigint
  readonly #ranges: EpochRange[] = []
  readonly #rangeOf = new Map<Hex, EpochRange>()
  #context: FlowContext = {
    epoch: 0n,
    mineStart: 0n,
    flowRoot: new Uint8Array(HASH_BYTES),
    flowLength: 1n,
    blockDigest: fromHex(EMPTY_CONTEXT),
    digest: fromHex(EMPTY_CONTEXT),
  }
  /** The sector that the next range begins with. */
  #start = 0n

  /** @throws {ZgkitError} `RANGE`, `INVALID_ARGUMENT` */
  constructor(rules: EpochRules) {
    const { firstBlock, blocksPerEpoch } = asObject(rules, 'rules')
    this.#firstBlock = toUint(firstBlock, 64, 'firstBlock')
    this.#blocksPerEpoch = toUint(blocksPerEpoch, 64, 'blocksPerEpoch')
    if (this.#blocksPerEpoch === 0n) throw new ZgkitError('RANGE', 'an epoch has at least one block', { got: 0 })
  }

  /** The current context. */
  get context(): FlowContext {
    const { flowRoot, blockDigest, digest } = this.#context
    return {
      ...this.#context,
      flowRoot: flowRoot.slice(),
      blockDigest: blockDigest.slice(),
      digest: digest.slice(),
    }
  }

  /** The block that the current epoch ends with: calls at later blocks begin the next one. */
  get nextEpochStart(): bigint {
    return this.#firstBlock + (this.#context.epoch + 1n) * this.#blocksPerEpoch
  }

  /** The ranges of all epochs that have one, in order; each begins where the one before ends. */
  get ranges(): EpochRange[] {
    return this.#ranges.map(copy)
  }

  /**
   * The blocks whose hashes {@link makeContext} takes at block `block`, in order: to fetch them before.
   * @throws {ZgkitError} `RANGE` before the first block, `LIMIT_EXCEEDED` for more than 65,536 epochs
   */
  hashesFor(block: Uint): bigint[] {
    const current = this.#launched(block)
    const steps = checkSteps(this.#stepsUntil(current))
    return this.#ends(steps).filter(end => end + HISTORY_BLOCKS >= current)
  }

  /**
   * What `makeContext` does at block `block`: ends every epoch that is over.
   * @param blockHash the hash of a block, zeros where the chain has none
   * @returns how many epochs ended
   * @throws {ZgkitError} `RANGE` before the first block, `LIMIT_EXCEEDED` for more than 65,536 epochs (nothing has changed then, and
   *   {@link makeContextFixedTimes} goes on in parts); what `blockHash` throws; `BUFFER_LENGTH`, `INVALID_HEX`, `INVALID_ARGUMENT`
   */
  makeContext(block: Uint, flow: FlowState, blockHash: (block: bigint) => HashLike): number {
    const steps = checkSteps(this.#stepsUntil(this.#launched(block)))
    return this.#run(steps, block, flow, blockHash)
  }

  /**
   * What `makeContextFixedTimes(count)` does: ends the first `count + 1` epochs that are over.
   * @throws {ZgkitError} as {@link makeContext}, for a `count` of 65,536 and more
   */
  makeContextFixedTimes(count: Uint, block: Uint, flow: FlowState, blockHash: (block: bigint) => HashLike): number {
    const most = toUint(count, 64, 'count') + 1n
    const due = this.#stepsUntil(this.#launched(block))
    return this.#run(checkSteps(min(due, most)), block, flow, blockHash)
  }

  /** The range of a context, `undefined` if it has none: the contract then says 0 to 0. */
  rangeOf(digest: HashLike): EpochRange | undefined {
    const range = this.#rangeOf.get(toHex(toHash(digest, 'digest')))
    return range && copy(range)
  }

  /**
   * The range that a sector lies in, and with it the context that seals it: `queryContextAtPosition`. `undefined` where that
   * reverts, for a sector of an epoch that goes on or of none.
   * @throws {ZgkitError} `RANGE`
   */
  rangeAt(position: Uint): EpochRange | undefined {
    const sector = toUint(position, 64, 'position')
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#ranges[middle] as EpochRange).end > sector) high = middle
      else low = middle + 1
    }
    const range = this.#ranges[low]
    return range && copy(range)
  }

  #launched(block: Uint): bigint {
    const current = toUint(block, 64, 'block')
    if (current >= this.#firstBlock) return current
    throw new ZgkitError('RANGE', `the contract works from block ${this.#firstBlock} on, got ${current}`, {
      expected: this.#firstBlock,
      got: current,
    })
  }

  /** How many epochs are over at a block: those that end before it. */
  #stepsUntil(block: bigint): bigint {
    const next = this.nextEpochStart
    return next >= block ? 0n : (block - next - 1n) / this.#blocksPerEpoch + 1n
  }

  /** The blocks that the next `steps` epochs end with. */
  #ends(steps: number): bigint[] {
    return Array.from({ length: steps }, (_, i) => this.nextEpochStart + BigInt(i) * this.#blocksPerEpoch)
  }

  #run(steps: number, block: Uint, flow: FlowState, blockHash: (block: bigint) => HashLike): number {
    const current = toUint(block, 64, 'block')
    const { root, length } = asObject(flow, 'flow')
    const [flowRoot, flowLength] = [toHash(root, 'root'), toUint(length, 64, 'length')]
    if (flowLength < this.#context.flowLength) {
      throw new ZgkitError('RANGE', 'a flow does not become shorter', {
        expected: this.#context.flowLength,
        got: flowLength,
      })
    }
    // All hashes before anything changes: a caller may not have one.
    const hashes = this.#ends(steps).map(end =>
      end + HISTORY_BLOCKS < current ? undefined : toHash(blockHash(end), 'block hash'),
    )
    for (const hash of hashes) this.#step(flowRoot, flowLength, hash)
    return steps
  }

  /** Ends an epoch, `blockHash` being that of its last block. */
  #step(flowRoot: Uint8Array, flowLength: bigint, blockHash: Uint8Array | undefined): void {
    const [epoch, mineStart] = [this.#context.epoch + 1n, this.nextEpochStart]
    let digest = fromHex(EMPTY_CONTEXT)
    // Past what the history reaches there is no context, and the data is left to the next epoch that has one.
    if (blockHash) {
      digest = contextDigest(blockHash, flowRoot, flowLength)
      const range = { digest, start: this.#start, end: flowLength }
      this.#ranges.push(range)
      this.#rangeOf.set(toHex(digest), range)
      this.#start = flowLength
    }
    this.roots.insert(flowRoot)
    this.#context = { epoch, mineStart, flowRoot, flowLength, blockDigest: blockHash ?? digest, digest }
  }
}

function copy({ digest, start, end }: EpochRange): EpochRange {
  return { digest: digest.slice(), start, end }
}

function checkSteps(steps: bigint): number {
  if (steps <= MAX_EPOCH_STEPS) return Number(steps)
  throw new ZgkitError('LIMIT_EXCEEDED', `at most ${MAX_EPOCH_STEPS} epochs in one call, got ${steps}`, {
    expected: MAX_EPOCH_STEPS,
    got: steps,
  })
}
