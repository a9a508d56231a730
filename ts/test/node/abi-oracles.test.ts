import { keccak_256 } from '@noble/hashes/sha3.js'
import { AbiCoder, Interface } from 'ethers'
import fc from 'fast-check'
import {
  type Abi,
  decodeAbiParameters,
  decodeEventLog,
  decodeFunctionData,
  encodeAbiParameters,
  encodeFunctionData,
  parseAbi,
  parseAbiParameters,
} from 'viem'
import { expect, it } from 'vitest'
import {
  decodeFlowContext,
  decodeSubmission,
  decodeSubmitEvent,
  decodeWorkerContext,
  encodeComputeWorkerContext,
  encodeFlowContext,
  encodeSubmission,
  encodeSubmitEvent,
  encodeWorkerContext,
  fromHex,
  type Hex,
  RecallRange,
  toHex,
} from '../../dist/index.js'
import { encodeSubmit } from '../../dist/pora/index.js'
import { runs } from '../tiers.js'

const STRUCTS = [
  'struct SubmissionNode { bytes32 root; uint256 height; }',
  'struct SubmissionData { uint256 length; bytes tags; SubmissionNode[] nodes; }',
  'struct Submission { SubmissionData data; address submitter; }',
  'struct RecallRange { uint256 startPosition; uint256 mineLength; uint64 shardId; uint64 shardMask; }',
  'struct PoraAnswer { bytes32 contextDigest; bytes32 nonce; bytes32 minerId; RecallRange range; uint256 recallPosition; uint256 sealOffset; bytes32 sealedContextDigest; bytes32[128] sealedData; bytes32[] merkleProof; }',
  'struct MineContext { uint256 epoch; uint256 mineStart; bytes32 flowRoot; uint256 flowLength; bytes32 blockDigest; bytes32 digest; }',
  'struct WorkerContext { MineContext context; uint256 poraTarget; bytes32 subtaskDigest; uint64 maxShards; }',
] as const
const older: Abi = parseAbi<string[]>([...STRUCTS.slice(0, 2), 'function submit(SubmissionData submission)'])
const newer: Abi = parseAbi<string[]>([
  ...STRUCTS.slice(0, 3),
  'function submit(Submission submission)',
  'event Submit(address indexed sender, bytes32 indexed identity, uint256 submissionIndex, uint256 startPos, uint256 length, SubmissionData submission)',
])
const mine: Abi = parseAbi<string[]>([
  ...STRUCTS.slice(3, 5),
  'function submit(PoraAnswer answer)',
  'function computeWorkerContext(bytes32 minerId)',
])
const RANGE = parseAbiParameters(['RecallRange range', STRUCTS[3]])
const CONTEXT = parseAbiParameters(['MineContext context', STRUCTS[5]])
const WORKER = parseAbiParameters(['WorkerContext worker', STRUCTS[5], STRUCTS[6]])

// The same, as ethers writes types.
const DATA = 'tuple(uint256 length, bytes tags, tuple(bytes32 root, uint256 height)[] nodes)'
const ethersOlder = new Interface([`function submit(${DATA} submission)`])
const ethersNewer = new Interface([
  `function submit(tuple(${DATA} data, address submitter) submission)`,
  `event Submit(address indexed sender, bytes32 indexed identity, uint256 submissionIndex, uint256 startPos, uint256 length, ${DATA} submission)`,
])
const ETHERS_RANGE = 'tuple(uint256 startPosition, uint256 mineLength, uint64 shardId, uint64 shardMask)'
const ethersMine = new Interface([
  `function submit(tuple(bytes32 contextDigest, bytes32 nonce, bytes32 minerId, ${ETHERS_RANGE} range, uint256 recallPosition, uint256 sealOffset, bytes32 sealedContextDigest, bytes32[128] sealedData, bytes32[] merkleProof) answer)`,
  'function computeWorkerContext(bytes32 minerId)',
])
const ETHERS_CONTEXT =
  'tuple(uint256 epoch, uint256 mineStart, bytes32 flowRoot, uint256 flowLength, bytes32 blockDigest, bytes32 digest)'
const ETHERS_WORKER = `tuple(${ETHERS_CONTEXT} context, uint256 poraTarget, bytes32 subtaskDigest, uint64 maxShards)`
const coder = AbiCoder.defaultAbiCoder()

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toHex)
const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n })
const hash = bytes(32)
const submission = fc.record({
  length: uint(64),
  tags: fc.uint8Array({ maxLength: 100 }).map(toHex),
  nodes: fc.array(fc.record({ root: hash, height: fc.integer({ min: 0, max: 64 }) }), { maxLength: 6 }),
})
/** As the contracts' types have it: heights are integers of 256 bits. */
const wide = ({ nodes, ...rest }: { length: bigint; tags: Hex; nodes: { root: Hex; height: number }[] }) => ({
  ...rest,
  nodes: nodes.map(({ root, height }) => ({ root, height: BigInt(height) })),
})
/** What is read, with bytes as hex and without fields that are not there. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([name, v]) => [name, plain(v)]),
  )
}
const lower = (address: unknown) => String(address).toLowerCase()

it('submit of both generations', () => {
  fc.assert(
    fc.property(submission, bytes(20), (given, submitter) => {
      const ofOlder = toHex(encodeSubmission(given))
      expect(encodeFunctionData({ abi: older, functionName: 'submit', args: [wide(given)] })).toBe(ofOlder)
      expect(ethersOlder.encodeFunctionData('submit', [wide(given)])).toBe(ofOlder)
      expect(decodeFunctionData({ abi: older, data: ofOlder }).args).toEqual([wide(given)])
      expect(plain(decodeSubmission(ofOlder))).toEqual(given)

      const ofNewer = toHex(encodeSubmission({ ...given, submitter }))
      const call = { data: wide(given), submitter }
      expect(encodeFunctionData({ abi: newer, functionName: 'submit', args: [call] })).toBe(ofNewer)
      expect(ethersNewer.encodeFunctionData('submit', [call])).toBe(ofNewer)
      const [read] = ethersNewer.decodeFunctionData('submit', ofNewer)
      expect([lower(read.submitter), read.data.length]).toEqual([submitter, 3])
      expect(ethersNewer.encodeFunctionData('submit', [read])).toBe(ofNewer)
      expect(plain(decodeSubmission(ofNewer))).toEqual({ ...given, submitter })
    }),
    { numRuns: runs(100) },
  )
})

it('the event Submit', () => {
  const event = fc.record({
    sender: bytes(20),
    identity: hash,
    submissionIndex: uint(64),
    startPos: uint(64),
    length: uint(64),
    submission,
  })
  fc.assert(
    fc.property(event, given => {
      const log = plain(encodeSubmitEvent(given)) as { topics: [Hex, ...Hex[]]; data: Hex }
      const values = { ...given, submission: wide(given.submission) }
      expect(ethersNewer.encodeEventLog('Submit', Object.values(values))).toEqual(log)
      const viem = decodeEventLog({ abi: newer, ...log }) as unknown as { args: { sender: string } }
      expect({ ...viem.args, sender: lower(viem.args.sender) }).toEqual(values)
      expect(plain(decodeSubmitEvent(log))).toEqual(given)
    }),
    { numRuns: runs(100) },
  )
})

it('answers and recall ranges', () => {
  const range = fc.record({ startPosition: uint(256), mineLength: uint(256), shardId: uint(64), shardMask: uint(64) })
  const answer = fc.record({
    contextDigest: hash,
    nonce: hash,
    minerId: hash,
    range,
    recallPosition: uint(256),
    sealOffset: uint(256),
    sealedContextDigest: hash,
    sealedData: bytes(4096),
    merkleProof: fc.array(hash, { maxLength: 8 }),
  })
  fc.assert(
    fc.property(answer, given => {
      const calldata = toHex(encodeSubmit(given))
      const sealedData = Array.from({ length: 128 }, (_, i) => `0x${given.sealedData.slice(2 + 64 * i, 66 + 64 * i)}`)
      const values = { ...given, sealedData }
      expect(encodeFunctionData({ abi: mine, functionName: 'submit', args: [values] })).toBe(calldata)
      expect(ethersMine.encodeFunctionData('submit', [values])).toBe(calldata)
      expect(decodeFunctionData({ abi: mine, data: calldata }).args).toEqual([values])
      expect(ethersMine.encodeFunctionData('submit', ethersMine.decodeFunctionData('submit', calldata))).toBe(calldata)

      // A range is encoded as four words, and its digest is their hash.
      const words = encodeAbiParameters(RANGE, [given.range])
      expect(coder.encode([ETHERS_RANGE], [given.range])).toBe(words)
      expect(keccak_256(fromHex(words))).toEqual(new RecallRange(given.range).digest())
    }),
    { numRuns: runs(20) },
  )
})

it('mine contexts and worker contexts', () => {
  const context = fc.record({
    epoch: uint(64),
    mineStart: uint(64),
    flowRoot: hash,
    flowLength: uint(64),
    blockDigest: hash,
    digest: hash,
  })
  const worker = fc.record({ context, poraTarget: uint(256), subtaskDigest: hash, maxShards: uint(64) })
  fc.assert(
    fc.property(worker, hash, (given, minerId) => {
      const words = encodeAbiParameters(WORKER, [given])
      expect(coder.encode([ETHERS_WORKER], [given])).toBe(words)
      const read = decodeWorkerContext(words)
      expect(plain(read)).toEqual(given)
      expect(toHex(encodeWorkerContext(read))).toBe(words)
      expect(decodeAbiParameters(WORKER, toHex(encodeWorkerContext(read)))).toEqual([given])

      const sixWords = encodeAbiParameters(CONTEXT, [given.context])
      expect(coder.encode([ETHERS_CONTEXT], [given.context])).toBe(sixWords)
      expect(plain(decodeFlowContext(sixWords))).toEqual(given.context)
      expect(toHex(encodeFlowContext(read.context))).toBe(sixWords)
      expect(coder.decode([ETHERS_CONTEXT], sixWords)[0].toObject(true)).toEqual(given.context)

      const call = toHex(encodeComputeWorkerContext(minerId))
      expect(encodeFunctionData({ abi: mine, functionName: 'computeWorkerContext', args: [minerId] })).toBe(call)
      expect(ethersMine.encodeFunctionData('computeWorkerContext', [minerId])).toBe(call)
    }),
    { numRuns: runs(50) },
  )
})
