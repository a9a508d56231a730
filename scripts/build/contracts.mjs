// @ts-check
/** The Solidity verifiers, by the compiler's npm package: `target/contracts/ZgkitVerifier.json` with ABI and bytecode. Only tests need it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { npmPackage } from '../lib/npm-bin.mjs'
import { ROOT, TARGET } from '../lib/paths.mjs'
import { hashOf, unlessFresh } from '../lib/stamp.mjs'
import { runIfMain, Steps } from '../lib/steps.mjs'

const SOURCES = 'contracts/src'
const CONTRACT = 'ZgkitVerifier'
const OUT = `target/contracts/${CONTRACT}.json`

/**
 * The oldest fork that the compiler fully supports: its bytecode runs on every later one (and, without BASEFEE, from Istanbul on, the
 * first with the BLAKE2F precompile), so whoever deploys need not ask which opcodes a chain has.
 */
const SETTINGS = { evmVersion: 'london', viaIR: true, optimizer: { enabled: true, runs: 1_000_000 } }

export async function buildContracts() {
  const inputs = hashOf([SOURCES], { extra: [npmPackage('solc').version, JSON.stringify(SETTINGS)] })
  return unlessFresh({ name: 'contracts', inputs, outputs: () => [OUT] }, compile)
}

async function compile() {
  const files = readdirSync(join(ROOT, SOURCES)).sort()
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(
      files.map(file => [file, { content: readFileSync(join(ROOT, SOURCES, file), 'utf8') }]),
    ),
    settings: {
      ...SETTINGS,
      outputSelection: {
        [`${CONTRACT}.sol`]: { [CONTRACT]: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
      },
    },
  }
  const solc = createRequire(import.meta.url)('solc')
  const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input)))
  // Warnings too: nothing in the sources is to be explained away.
  if (errors.length > 0) {
    throw new Error(errors.map((/** @type {{formattedMessage: string}} */ error) => error.formattedMessage).join('\n'))
  }
  const { abi, evm } = contracts[`${CONTRACT}.sol`][CONTRACT]
  mkdirSync(join(TARGET, 'contracts'), { recursive: true })
  const output = {
    compiler: solc.version(),
    settings: SETTINGS,
    abi,
    bytecode: `0x${evm.bytecode.object}`,
    deployedBytes: evm.deployedBytecode.object.length / 2,
  }
  writeFileSync(join(ROOT, OUT), `${JSON.stringify(output, null, 2)}\n`)
}

await runIfMain(import.meta.url, () => new Steps(1).run('compiling contracts', buildContracts))
