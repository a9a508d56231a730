import { keccak_256 } from '@noble/hashes/sha3.js'
import { Interface } from 'ethers'
import fc from 'fast-check'
import {
  decodeEventLog,
  decodeFunctionData,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeEventTopics,
  encodeFunctionData,
  encodeFunctionResult,
} from 'viem'
import { expect, it } from 'vitest'
import { codeOfError, flowAbi, legacyFlowAbi, mineAbi, verifierAbi } from '../../dist/abi/index.js'
import { concatBytes } from '../../dist/bytes.js'
import { KERNEL_CODES } from '../../dist/errors.js'
import {
  type AnswerFields,
  type AnswerWords,
  answerFromAbi,
  answerToAbi,
  contextDigest,
  encodeSubmit,
  fromHex,
  RecallRange,
  readCase,
  taskToAbi,
  toAnswer,
  toHex,
  type VerifyTask,
} from '../../dist/index.js'
import { word } from '../../dist/rules/uint.js'
import { compiled } from '../evm.js'
import { gold } from '../gold.js'
import { noise } from '../mined.js'
import { codeOf } from '../patterns.js'
import { runs } from '../tiers.js'

const mine = new Interface(mineAbi)
const verifier = new Interface(verifierAbi)

/** Without the names of Solidity's own types, which carry nothing. */
function plain(abi: unknown): unknown {
  if (Array.isArray(abi)) return abi.map(plain)
  if (typeof abi !== 'object' || abi === null) return abi
  return Object.fromEntries(
    Object.entries(abi).flatMap(([name, value]) => (name === 'internalType' ? [] : [[name, plain(value)]])),
  )
}

it('the ABI of our verifier is the compiler’s, and each of its errors a code', () => {
  expect(plain(compiled().abi)).toEqual(verifierAbi)
  const errors = verifierAbi.filter(({ type }) => type === 'error').map(({ name }) => name)
  expect(errors.length).toBe(26)
  const codes = errors.map(codeOfError)
  expect(KERNEL_CODES).toEqual(expect.arrayContaining(codes))
  expect(new Set(codes).size).toBe(26)
  for (const name of ['', 'Unknown', 'ROOT_MISMATCH', 'rootMismatch2', 'Internal_'])
    expect(codeOfError(name)).toBeUndefined()
})

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const uint = (bits: bigint) => fc.bigInt({ min: 0n, max: 2n ** bits - 1n })
const range = fc.record({
  startPosition: uint(256n),
  mineLength: uint(256n),
  shardId: uint(64n),
  shardMask: uint(64n),
})
const answers = fc.record({
  contextDigest: hash,
  nonce: hash,
  minerId: hash,
  range,
  recallPosition: uint(256n),
  sealOffset: uint(256n),
  sealedContextDigest: hash,
  sealedData: fc.nat().map(seed => noise(seed, 4096)),
  merkleProof: fc.array(hash, { maxLength: 64 }),
})
const tasks = fc.record({
  context: fc.record({ flowRoot: hash, flowLength: uint(256n), digest: hash }),
  poraTarget: uint(256n),
  subtaskDigest: hash,
  maxShards: uint(64n),
  sealRanges: fc.array(fc.record({ digest: hash, start: uint(256n), end: uint(256n) }), { maxLength: 4 }),
})

function checkSubmit(fields: AnswerFields): void {
  const calldata = toHex(encodeSubmit(fields))
  const abi = answerToAbi(fields)
  expect(encodeFunctionData({ abi: mineAbi, functionName: 'submit', args: [abi] })).toBe(calldata)
  expect(mine.encodeFunctionData('submit', [abi])).toBe(calldata)
  const answer = toAnswer(fields)
  const { args } = decodeFunctionData({ abi: mineAbi, data: calldata })
  expect(args).toEqual([abi])
  expect(answerFromAbi(args[0] as AnswerWords)).toEqual(answer)
  expect(answerFromAbi(mine.decodeFunctionData('submit', calldata)[0])).toEqual(answer)
}

it('answers: viem and ethers give our calldata, and what they decode is the answer', () => {
  for (const one of gold.cases) {
    const { answer } = readCase(one)
    checkSubmit(answer)
    const calldata = mine.encodeFunctionData('submit', [answerToAbi(answer)])
    expect(toHex(keccak_256(fromHex(calldata)))).toBe(one.calldataKeccak)
    expect(calldata.slice(0, 10)).toBe(one.calldataSelector)
  }
  fc.assert(fc.property(answers, checkSubmit), { numRuns: runs(40) })
})

/** The words of a call of `verifyAnswer`, by the rules of the ABI. */
function verifyCalldata(answer: AnswerFields, task: VerifyTask, strict: boolean): Uint8Array {
  // The tuple is that of `submit`, behind its selector and offset.
  const tuple = encodeSubmit(answer).subarray(4 + 32)
  const { context, sealRanges } = task
  const bytes = (hash: unknown) => hash as Uint8Array
  const words = (...uints: (number | bigint)[]) => concatBytes(uints.map(uint => word(BigInt(uint))))
  return concatBytes([
    keccak_256(new TextEncoder().encode(SIGNATURE)).subarray(0, 4),
    words(96, 96 + tuple.length, Number(strict)),
    tuple,
    bytes(context.flowRoot),
    words(context.flowLength),
    bytes(context.digest),
    words(task.poraTarget),
    bytes(task.subtaskDigest),
    words(task.maxShards, 7 * 32, sealRanges.length),
    ...sealRanges.flatMap(({ digest, start, end }) => [bytes(digest), words(start, end)]),
  ])
}
const ANSWER =
  '(bytes32,bytes32,bytes32,(uint256,uint256,uint64,uint64),uint256,uint256,bytes32,bytes32[128],bytes32[])'
const TASK = '((bytes32,uint256,bytes32),uint256,bytes32,uint64,(bytes32,uint256,uint256)[])'
const SIGNATURE = `verifyAnswer(${ANSWER},${TASK},bool)`

it('inputs of our verifier: viem and ethers give the same bytes', () => {
  fc.assert(
    fc.property(answers, tasks, fc.boolean(), (answer, task, strict) => {
      const args = [answerToAbi(answer), taskToAbi(task), strict] as const
      const due = toHex(verifyCalldata(answer, task, strict))
      expect(encodeFunctionData({ abi: verifierAbi, functionName: 'verifyAnswer', args })).toBe(due)
      expect(verifier.encodeFunctionData('verifyAnswer', args)).toBe(due)
      const { args: decoded } = decodeFunctionData({ abi: verifierAbi, data: due })
      expect(decoded).toEqual(args)
    }),
    { numRuns: runs(20) },
  )
  const proof = fc.record({ lemma: fc.array(hash, { maxLength: 66 }), path: fc.array(fc.boolean(), { maxLength: 64 }) })
  const claims = fc.record({ root: hash, size: uint(256n), index: uint(256n), content: fc.uint8Array(), proof })
  fc.assert(
    fc.property(claims, ({ root, size, index, content, proof }) => {
      const lemma = proof.lemma.map(toHex)
      const start = [toHex(root), size, index, toHex(content)] as const
      for (const functionName of ['verifySegment', 'verifySector'] as const) {
        const args = [...start, { lemma, path: proof.path }] as const
        const due = verifier.encodeFunctionData(functionName, args)
        expect(encodeFunctionData({ abi: verifierAbi, functionName, args })).toBe(due)
      }
      for (const functionName of ['verifyFlowSector', 'verifyFlowSeal'] as const) {
        const args = [...start, lemma] as const
        const due = verifier.encodeFunctionData(functionName, args)
        expect(encodeFunctionData({ abi: verifierAbi, functionName, args })).toBe(due)
      }
    }),
    { numRuns: runs(20) },
  )
})

it('ranges and contexts: what both libraries encode has our digests', () => {
  const parameter = mineAbi[0].inputs[0].components[3]
  fc.assert(
    fc.property(range, hash, hash, uint(256n), (fields, blockDigest, flowRoot, flowLength) => {
      const encoded = encodeAbiParameters([parameter], [fields])
      expect(toHex(keccak_256(fromHex(encoded)))).toBe(toHex(new RecallRange(fields).digest()))
      const coder = mine.getAbiCoder()
      expect(coder.encode(['tuple(uint256,uint256,uint64,uint64)'], [Object.values(fields)])).toBe(encoded)
      const context = coder.encode(['bytes32', 'bytes32', 'uint256'], [blockDigest, flowRoot, flowLength])
      expect(keccak_256(fromHex(context))).toEqual(contextDigest(blockDigest, flowRoot, flowLength))
    }),
    { numRuns: runs(100) },
  )
})

it('a worker context comes out of both libraries, and in full', () => {
  const one = gold.cases[1] as (typeof gold.cases)[0]
  const { epoch, mineStart, flowRoot, flowLength, blockDigest, digest } = one.context
  const uints = (...list: (number | bigint)[]) => list.map(uint => word(BigInt(uint)))
  const data = toHex(
    concatBytes([
      ...uints(epoch, mineStart),
      fromHex(flowRoot),
      ...uints(flowLength),
      ...[blockDigest, digest].map(fromHex),
      ...uints(BigInt(one.poraTarget)),
      fromHex(one.subtaskDigest),
      ...uints(one.scenario.mine.maxShards),
    ]),
  )
  const viem = decodeFunctionResult({ abi: mineAbi, functionName: 'computeWorkerContext', data })
  expect(viem).toEqual({
    context: {
      epoch: BigInt(epoch),
      mineStart: BigInt(mineStart),
      flowRoot,
      flowLength: BigInt(flowLength),
      blockDigest,
      digest,
    },
    poraTarget: BigInt(one.poraTarget),
    subtaskDigest: one.subtaskDigest,
    maxShards: BigInt(one.scenario.mine.maxShards),
  })
  const [ethers] = mine.decodeFunctionResult('computeWorkerContext', data)
  expect(ethers.toObject(true)).toEqual(viem)
  expect(encodeFunctionResult({ abi: mineAbi, functionName: 'computeWorkerContext', result: viem })).toBe(data)
  // It is the task of a verification as it is, but for the epoch ranges.
  const { task } = readCase(one)
  expect(taskToAbi({ ...viem, sealRanges: task.sealRanges })).toEqual(taskToAbi(task))
  const context = data.slice(0, 2 + 6 * 64) as `0x${string}`
  expect(decodeFunctionResult({ abi: flowAbi, functionName: 'getContext', data: context })).toEqual(viem.context)
})

it('both generations of the flow contract: calls that differ by the submitter, one event', () => {
  const nodes = [
    { root: `0x${'ab'.repeat(32)}`, height: 4n },
    { root: `0x${'cd'.repeat(32)}`, height: 1n },
  ] as const
  const submission = { length: 4097n, tags: '0x0102', nodes } as const
  const submitter = '0x2222222222222222222222222222222222222222'
  const current = encodeFunctionData({ abi: flowAbi, functionName: 'submit', args: [{ data: submission, submitter }] })
  const legacy = encodeFunctionData({ abi: legacyFlowAbi, functionName: 'submit', args: [submission] })
  expect(new Interface(flowAbi).encodeFunctionData('submit', [{ data: submission, submitter }])).toBe(current)
  expect(new Interface(legacyFlowAbi).encodeFunctionData('submit', [submission])).toBe(legacy)
  const data = '(uint256,bytes,(bytes32,uint256)[])'
  for (const [calldata, signature] of [
    [current, `submit((${data},address))`],
    [legacy, `submit(${data})`],
  ] as const) {
    expect(calldata.slice(0, 10)).toBe(toHex(keccak_256(new TextEncoder().encode(signature)).subarray(0, 4)))
  }
  // Behind selector and offset: the older call has the data, the newer its offset, the submitter, the data.
  expect(current.slice(10 + 3 * 64)).toBe(legacy.slice(10 + 64))
  expect(decodeFunctionData({ abi: flowAbi, data: current }).args).toEqual([{ data: submission, submitter }])

  const identity = toHex(keccak_256(concatBytes(nodes.map(({ root }) => fromHex(root)))))
  const values = [3n, 16n, 18n, submission] as const
  const log = new Interface(flowAbi).encodeEventLog('Submit', [submitter, identity, ...values])
  for (const abi of [flowAbi, legacyFlowAbi]) {
    const topics = encodeEventTopics({ abi, eventName: 'Submit', args: { sender: submitter, identity } })
    expect(topics).toEqual(log.topics)
    const { args } = decodeEventLog({ abi, topics: topics as [`0x${string}`], data: log.data as `0x${string}` })
    const [submissionIndex, startPos, length, submission] = values
    expect(args).toEqual({ sender: submitter, identity, submissionIndex, startPos, length, submission })
  }
})

it('what is no answer is refused', async () => {
  const abi = answerToAbi(readCase(gold.cases[0]).answer)
  const cases: [object, string][] = [
    [{ sealedData: undefined }, 'INVALID_ARGUMENT'],
    [{ sealedData: toHex(new Uint8Array(4096)) }, 'INVALID_ARGUMENT'],
    [{ sealedData: abi.sealedData.slice(1) }, 'BUFFER_LENGTH'],
    [{ sealedData: abi.sealedData.with(5, '0x00') }, 'BUFFER_LENGTH'],
    [{ sealedData: abi.sealedData.with(5, 'x' as never) }, 'INVALID_HEX'],
    [{ sealedData: new Array(128) }, 'INVALID_ARGUMENT'],
    [{ range: undefined }, 'INVALID_ARGUMENT'],
    [{ sealOffset: 2n ** 256n }, 'RANGE'],
    [{ merkleProof: new Array(65).fill(abi.nonce) }, 'LIMIT_EXCEEDED'],
  ]
  for (const [change, code] of cases) {
    expect(await codeOf(() => answerFromAbi({ ...abi, ...change } as never)), Object.keys(change)[0]).toBe(code)
  }
  expect(await codeOf(() => answerFromAbi(null as never))).toBe('INVALID_ARGUMENT')
  expect(await codeOf(() => answerToAbi(null as never))).toBe('INVALID_ARGUMENT')
  expect(await codeOf(() => taskToAbi({} as never))).toBe('INVALID_ARGUMENT')
  const { task } = readCase(gold.cases[0])
  expect(await codeOf(() => taskToAbi({ ...task, sealRanges: undefined as never }))).toBe('INVALID_ARGUMENT')
})
