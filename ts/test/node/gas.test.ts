import { keccak_256 } from '@noble/hashes/sha3.js'
import { beforeAll, expect, it } from 'vitest'
import contexts from '../../../testdata/storage/context_cases.json' with { type: 'json' }
import { concatBytes } from '../../dist/bytes.js'
import { answerToAbi, FileTree, fromHex, type Hex, proofToJson, readCase, taskToAbi, toHex } from '../../dist/index.js'
import { compiled, FORK, Verifier, wordsOf } from '../evm.js'
import { gold } from '../gold.js'
import { hashOf } from '../mined.js'
import { painted } from '../patterns.js'

/*
 * Gas is a matter of the code alone: the same in every run. So docs/gas.md is what this test measures, and a change of the contracts
 * that changes it shows in the same commit: npx vitest run --project node ts/test/node/gas.test.ts -u
 */

let verifier: Verifier
beforeAll(async () => {
  verifier = await Verifier.deploy(FORK)
})

const figure = (value: number | bigint) => value.toLocaleString('en-US')

/** What the chain takes for calldata: 4 for a zero byte, 16 for another (EIP-2028). */
const calldataGas = (calldata: Hex) => fromHex(calldata).reduce((sum, byte) => sum + (byte === 0 ? 4 : 16), 0)

/** Measures a call that must come out as it should: cells of gas, bytes of calldata, gas of calldata. */
async function measure(name: Parameters<Verifier['call']>[0], args: readonly unknown[], due = 'ok'): Promise<string[]> {
  const calldata = verifier.encode(name, args)
  const { code, gas } = await verifier.raw(name, calldata)
  expect(code).toBe(due)
  return [figure(gas), figure(calldata.length / 2 - 1), figure(calldataGas(calldata))]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map(row => (row[i] as string).length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] as number)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** The root that siblings lead to from a node at place 0. */
const leftmost = (node: Uint8Array, siblings: readonly Uint8Array[]) =>
  siblings.reduce((node, sibling) => keccak_256(concatBytes([node, sibling])), node)
const siblingsOf = (count: number) => Array.from({ length: count }, (_, i) => hashOf(i))

async function answerRows(): Promise<string[][]> {
  const cases = [
    ...gold.cases.map(readCase),
    ...contexts.cases
      .filter(one => !('settings' in one && one.settings) && one.expect.verdict === 'accept')
      .map(one => {
        const digest = one.answer.sealedContextDigest
        return readCase({ ...one, maxShards: 256, sealRanges: [{ digest, ...one.epochRange }] })
      }),
  ]
  // Of answers with equally many siblings the first.
  const bySiblings = new Map(cases.toReversed().map(one => [one.answer.merkleProof.length, one]))
  const rows = []
  for (const [siblings, { answer, task }] of [...bySiblings].sort(([a], [b]) => a - b)) {
    const cells = await measure('verifyAnswer', [answerToAbi(answer), taskToAbi(task), false])
    rows.push([String(siblings), ...cells])
  }
  return rows
}

async function rejectionRows(): Promise<string[][]> {
  const { answer, task } = readCase(gold.cases[0])
  const zeros = new Uint8Array(32)
  const cases = [
    ['before any hashing', { ...answer, contextDigest: zeros }, task, 'CONTEXT_MISMATCH'],
    ['the flow root', { ...answer, merkleProof: [zeros, ...answer.merkleProof.slice(1)] }, task, 'FLOW_ROOT_MISMATCH'],
    ['the position, after the scratch pad', { ...answer, nonce: zeros }, task, 'RECALL_POSITION'],
    ['the target, after everything', answer, { ...task, poraTarget: 0 }, 'TARGET_MISSED'],
  ] as const
  const rows = []
  for (const [what, answer, task, code] of cases) {
    const [gas = ''] = await measure('verifyAnswer', [answerToAbi(answer), taskToAbi(task), true], code)
    rows.push([what, `\`${code}\``, gas])
  }
  return rows
}

async function sectorRows(): Promise<string[][]> {
  const rows = []
  const content = painted(256)
  for (const depth of [0, 5, 10, 20, 30]) {
    const siblings = siblingsOf(depth)
    const root = leftmost(keccak_256(content), siblings)
    const lemma = depth === 0 ? [root] : [keccak_256(content), ...siblings, root]
    const proof = { lemma: lemma.map(toHex), path: siblings.map(() => true) }
    const file = await measure('verifySector', [toHex(root), 256n * 2n ** BigInt(depth), 0n, toHex(content), proof])
    // Sector 0 of the flow is its mark: the last one instead, which is on the right everywhere.
    const sector = 2n ** BigInt(depth) - 1n
    const flowRoot = siblings.reduce((node, sibling) => keccak_256(concatBytes([sibling, node])), keccak_256(content))
    const args = [toHex(flowRoot), sector + 1n, sector, toHex(content), siblings.map(toHex)]
    const flow = depth === 0 ? ['', ''] : await measure('verifyFlowSector', args)
    rows.push([String(depth), ...file.slice(0, 2), ...flow.slice(0, 2)])
  }
  return rows
}

async function otherRows(): Promise<string[][]> {
  const rows = []
  const file = painted(1_000_000)
  const tree = FileTree.buildSync(file)
  const proof = proofToJson(tree.proveSegment(1))
  const segment = [toHex(tree.root), BigInt(file.length), 1n, toHex(file.slice(262_144, 524_288)), proof]
  rows.push(['`verifySegment`, 262,144 bytes, 2 siblings', ...(await measure('verifySegment', segment))])

  const content = painted(4096)
  const sectors = Array.from({ length: 16 }, (_, i) => keccak_256(content.subarray(256 * i, 256 * (i + 1))))
  let level = sectors
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) => keccak_256(concatBytes(level.slice(2 * i, 2 * i + 2))))
  }
  const siblings = siblingsOf(20)
  const root = siblings.reduce((node, sibling) => keccak_256(concatBytes([sibling, node])), level[0] as Uint8Array)
  const seal = [toHex(root), 2n ** 24n, 2n ** 24n - 16n, toHex(content), siblings.map(toHex)]
  rows.push(['`verifyFlowSeal`, 20 siblings', ...(await measure('verifyFlowSeal', seal))])

  const words = wordsOf(content)
  const [minerId, digest] = [hashOf(1), hashOf(2)].map(toHex)
  rows.push(['`unseal`', ...(await measure('unseal', [words, minerId, digest, 16n]))])
  const range = { startPosition: 0n, mineLength: 1024n, shardId: 0n, shardMask: 2n ** 64n - 1n }
  rows.push(['`poraHash`', ...(await measure('poraHash', [minerId, digest, digest, range, 0n, words]))])
  return rows
}

it('docs/gas.md is what is measured', async () => {
  const { compiler, settings, deployedBytes } = compiled()
  const text = `# Gas

What calls of the verifiers in [contracts](../contracts/README.md) take. The figures are those of the call itself: a transaction adds its
21,000 and the calldata (4 for a zero byte, 16 for another; a transaction that mostly carries data has a floor by EIP-7623), a
contract that links the libraries saves the call and most of the decoding.

Compiler: solc ${compiler}, \`evmVersion\` ${settings.evmVersion}, via IR, optimizer with ${figure(settings.optimizer.runs)} runs.
Measured in @ethereumjs/vm on ${FORK}, the BLAKE2F precompile warm as in a transaction. Gas does not depend on the machine:
[the test that measures it](../ts/test/node/gas.test.ts) fails when this page is not what comes out, and writes it with
\`npx vitest run --project node ts/test/node/gas.test.ts -u\`.

The contract has ${figure(deployedBytes)} bytes of code and takes ${figure(verifier.deployGas)} to deploy, without the transaction.

## Answers

\`verifyAnswer\` of an accepted answer, by siblings in its proof (the tree's depth less 4). Partitions add a little.

${table(['siblings', 'gas', 'bytes of calldata', 'calldata gas'], await answerRows())}

Rejected, with 11 siblings:

${table(['at', 'error', 'gas'], await rejectionRows())}

## Sectors

\`verifySector\` of a file and \`verifyFlowSector\` of the flow, by siblings.

${table(['siblings', 'file: gas', 'bytes of calldata', 'flow: gas', 'bytes of calldata'], await sectorRows())}

## Others

${table(['call', 'gas', 'bytes of calldata', 'calldata gas'], await otherRows())}
`
  await expect(text).toMatchFileSnapshot('../../../docs/gas.md')
})
