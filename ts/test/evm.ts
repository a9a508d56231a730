import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Common, Mainnet } from '@ethereumjs/common'
import { SimpleStateManager } from '@ethereumjs/statemanager'
import { type Address, createAddressFromString, hexToBytes } from '@ethereumjs/util'
import { createVM, type VM } from '@ethereumjs/vm'
import { decodeErrorResult, decodeFunctionResult, encodeFunctionData, toHex } from 'viem'
import { codeOfError, verifierAbi } from '../dist/abi/index.js'

const FILE = fileURLToPath(new URL('../../target/contracts/ZgkitVerifier.json', import.meta.url))

/** What solc made of contracts/src. */
export interface Compiled {
  readonly compiler: string
  readonly settings: { readonly evmVersion: string; readonly optimizer: { readonly runs: number } }
  readonly abi: readonly Record<string, unknown>[]
  readonly bytecode: `0x${string}`
  readonly deployedBytes: number
}

export function compiled(): Compiled {
  if (!existsSync(FILE)) throw new Error('no contracts: node scripts/build/contracts.mjs')
  return JSON.parse(readFileSync(FILE, 'utf8'))
}

type Functions = Extract<(typeof verifierAbi)[number], { type: 'function' }>['name']

/** What a call gave: its result, or the code of the error that it reverted with. */
export interface Outcome {
  readonly code: string
  readonly result: unknown
  /** What the call itself took: without the transaction and its calldata. */
  readonly gas: bigint
}

/** The fork that tests run on unless they say another. */
export const FORK = 'osaka'

/** Our verifier contract, deployed once in an EVM of its own; calls change nothing. */
export class Verifier {
  readonly #evm: VM['evm']
  readonly #address: Address
  /** What deployment took, without the transaction and its calldata. */
  readonly deployGas: bigint

  private constructor(evm: VM['evm'], address: Address, deployGas: bigint) {
    this.#evm = evm
    this.#address = address
    this.deployGas = deployGas
  }

  static async deploy(hardfork: string): Promise<Verifier> {
    // No state roots are asked for, and a trie would hash at every access.
    const stateManager = new SimpleStateManager()
    const { evm } = await createVM({ common: new Common({ chain: Mainnet, hardfork }), stateManager })
    const { createdAddress, execResult } = await evm.runCall({ data: hexToBytes(compiled().bytecode), gasLimit: GAS })
    if (!createdAddress || execResult.exceptionError)
      throw new Error(`not deployed: ${execResult.exceptionError?.error}`)
    return new Verifier(evm, createdAddress, execResult.executionGasUsed)
  }

  async call(functionName: Functions, args: readonly unknown[]): Promise<Outcome> {
    return this.raw(functionName, this.encode(functionName, args))
  }

  encode(functionName: Functions, args: readonly unknown[]): `0x${string}` {
    return encodeFunctionData({ abi: verifierAbi, functionName, args } as never)
  }

  /** As {@link call} with calldata of any form. */
  async raw(functionName: Functions, calldata: `0x${string}`): Promise<Outcome> {
    // As in a transaction: precompiles are warm.
    this.#evm.journal.addAlwaysWarmAddress(BLAKE2F)
    const { execResult } = await this.#evm.runCall({
      to: this.#address,
      caller: CALLER,
      data: hexToBytes(calldata),
      gasLimit: GAS,
      isStatic: true,
      skipNonceIncrement: true,
    })
    this.#evm.journal.cleanJournal()
    const { exceptionError, returnValue, executionGasUsed: gas } = execResult
    const data = toHex(returnValue)
    if (!exceptionError) {
      return { code: 'ok', result: decodeFunctionResult({ abi: verifierAbi, functionName, data } as never), gas }
    }
    if (exceptionError.error !== 'revert' || data === '0x')
      return { code: exceptionError.error, result: undefined, gas }
    const { errorName } = decodeErrorResult({ abi: verifierAbi, data })
    return { code: codeOfError(errorName) ?? errorName, result: undefined, gas }
  }
}

/** Bytes in words of 32, as a contract's `bytes32[]` has them. */
export function wordsOf(bytes: Uint8Array): `0x${string}`[] {
  return Array.from({ length: bytes.length / 32 }, (_, i) => toHex(bytes.subarray(32 * i, 32 * (i + 1))))
}

const GAS = 100_000_000n
const CALLER = createAddressFromString(`0x${'11'.repeat(20)}`)
const BLAKE2F = '0000000000000000000000000000000000000009'
