// Types of the public API, checked by tsc; nothing here runs.
import { decodeFunctionData, encodeFunctionData, type Hex as ViemHex } from 'viem'
import { expectTypeOf } from 'vitest'
import {
  assertVerified,
  type BackendInfo,
  type ErrorCode,
  FileTree,
  fileRoot,
  fileRootSync,
  type Hex,
  init,
  planSubmission,
  proofToJson,
  type Tier,
  toHex,
  type Verdict,
  verifySegment,
  type ZgkitError,
} from 'zgkit'
import { flowAbi, legacyFlowAbi, mineAbi, verifierAbi } from 'zgkit/abi'
import * as chain from 'zgkit/chain'
import * as encryption from 'zgkit/encryption'
import * as erasure from 'zgkit/erasure'
import * as hash from 'zgkit/hash'
import * as inline from 'zgkit/inline'
import * as merkle from 'zgkit/merkle'
import * as pora from 'zgkit/pora'
import * as testing from 'zgkit/testing'
import * as transfer from 'zgkit/transfer'
import * as verify from 'zgkit/verify'

expectTypeOf(fileRoot).parameter(0).toExtend<merkle.ByteSource>()
expectTypeOf(fileRoot(new Blob([]))).toEqualTypeOf<Promise<Uint8Array>>()
expectTypeOf(fileRootSync(new Uint8Array())).toEqualTypeOf<Uint8Array>()
expectTypeOf(merkle.fileRoot).toEqualTypeOf(fileRoot)
expectTypeOf(hash.keccak256Many(new ArrayBuffer(8), 8)).toEqualTypeOf<Promise<Uint8Array>>()
init({ wasm: inline })
init({ wasm: { simd: new URL('https://example.org/a.wasm'), plain: () => new ArrayBuffer(8) } })
expectTypeOf(init).returns.toEqualTypeOf<Promise<BackendInfo>>()
expectTypeOf(toHex(new Uint8Array())).toEqualTypeOf<Hex>()
expectTypeOf<Tier>().toEqualTypeOf<'native' | 'wasm-simd' | 'wasm' | 'js'>()
expectTypeOf(FileTree.buildSync(new ArrayBuffer(1)).proveSegment(0)).toEqualTypeOf<merkle.FileProof>()
expectTypeOf(proofToJson).returns.toEqualTypeOf<merkle.FileProofJson>()
expectTypeOf(planSubmission(1n).nodes[0]?.height).toEqualTypeOf<number | undefined>()
expectTypeOf<ZgkitError['code']>().toEqualTypeOf<ErrorCode>()

expectTypeOf(merkle.FileHasher.resume(new Uint8Array())).toEqualTypeOf<Promise<merkle.FileHasher>>()
expectTypeOf(new ReadableStream<Uint8Array>().pipeThrough(merkle.hashing())).toEqualTypeOf<ReadableStream<Uint8Array>>()
expectTypeOf(merkle.hashing().result).resolves.toEqualTypeOf<merkle.FileSummary>()
// @ts-expect-error what stops the stream stops the hash
merkle.hashing({ signal: new AbortController().signal })

declare const verdict: Verdict
if (verdict.ok) expectTypeOf(verdict.index).toEqualTypeOf<number>()
else expectTypeOf(verdict.code).toExtend<ErrorCode>()
assertVerified(verdict)
expectTypeOf(verdict.ok).toEqualTypeOf<true>()

const claim = { root: '0x00', size: 1n, index: 0, data: new Uint8Array(), proof: JSON.parse('{}') } as const
expectTypeOf(verifySegment(claim, { signal: new AbortController().signal })).toEqualTypeOf<Promise<Verdict>>()

expectTypeOf(verify.verifySegment(claim)).toEqualTypeOf<Verdict>()
expectTypeOf(verify.verifyFlowSector).toEqualTypeOf(merkle.verifyFlowSector)
expectTypeOf(verify.verifyAnswer).returns.toEqualTypeOf<pora.AnswerVerdict>()
expectTypeOf(verify.verifyMulti).toEqualTypeOf(merkle.verifyMulti)
expectTypeOf(verify.verifyFlowRange).toEqualTypeOf(merkle.verifyFlowRange)
expectTypeOf(verify.verifier().tier).toEqualTypeOf<'wasm' | 'js'>()

declare const many: merkle.MultiVerdict
assertVerified(many)
expectTypeOf(many.leaves).toEqualTypeOf<number>()
const multi = {
  root: '0x00',
  indices: { first: 0, count: 2 },
  data: new Uint8Array(),
  proof: JSON.parse('{}'),
} as const
merkle.verifyMulti({ ...multi, kind: 'sector', size: 1n })
merkle.verifyMulti({ ...multi, kind: 'flow', length: 1 })
// @ts-expect-error the flow has a length in sectors, a file a size in bytes
merkle.verifyMulti({ ...multi, kind: 'flow', size: 1n })
expectTypeOf(new merkle.FlowTree().at(0)).toEqualTypeOf<merkle.FlowView>()

// @ts-expect-error hex text starts with 0x
verifySegment({ ...claim, root: 'abc' })
// @ts-expect-error text is no source
fileRoot('text')
// @ts-expect-error synchronous calls take bytes in memory only
fileRootSync(new Blob([]))
// @ts-expect-error no such tier
init({ tier: 'gpu' })

expectTypeOf(pora.RecallRange.of(21_504n, { partitions: 2, partition: 1 })).toEqualTypeOf<pora.RecallRange>()
declare const miner: pora.Miner
declare const task: pora.VerifyTask
for await (const win of miner.mine({ nonces: 1 })) {
  const answer = { ...win, sealedContextDigest: '0x00', merkleProof: [] } as const
  expectTypeOf(pora.verifyAnswer(answer, task)).toEqualTypeOf<Promise<pora.AnswerVerdict>>()
  expectTypeOf(pora.encodeSubmit(answer)).toEqualTypeOf<Uint8Array>()
  // @ts-expect-error a win is no answer yet
  pora.encodeSubmit(win)
}
expectTypeOf(
  pora.seal(new Uint8Array(4096), { minerId: '0x00', contextDigest: '0x00', startSector: 0n }),
).toEqualTypeOf<Promise<Uint8Array>>()

const code = erasure.ErasureCode.vandermonde(10, 4)
expectTypeOf(code).toExtend<erasure.Code>()
const codec = new erasure.UncheckedCodec(code)
expectTypeOf(codec.encodeSync([new Uint8Array()])).toEqualTypeOf<Uint8Array[]>()
expectTypeOf(codec.reconstruct([undefined, new ArrayBuffer(1)])).toEqualTypeOf<Promise<Uint8Array[]>>()
expectTypeOf(codec.verifySync).returns.toEqualTypeOf<erasure.Difference | undefined>()
// @ts-expect-error a shard that is missing cannot be encoded from
codec.encodeSync([undefined])
// @ts-expect-error no such code
new erasure.ErasureCode({ name: 'rs16', data: 1, parity: 1 })
declare const evidence: erasure.EvidenceVerdict
if (evidence.ok) expectTypeOf(evidence.stripe).toEqualTypeOf<number>()
else expectTypeOf(evidence.code).toExtend<ErrorCode>()

expectTypeOf(chain.planUpload(1n, { pricePerSector: 5n }).fee).toEqualTypeOf<bigint>()
declare const worker: chain.WorkerContext
// With the ranges of epochs, what the chain says is what an answer is verified against.
expectTypeOf({
  ...worker,
  sealRanges: new chain.Epochs({ firstBlock: 1, blocksPerEpoch: 2n }).ranges,
}).toExtend<pora.VerifyTask>()
expectTypeOf(chain.decodeSubmission('0x').nodes).toExtend<readonly merkle.SubmissionNode[]>()
// @ts-expect-error no such control
chain.encodeStreamData({ version: 1, controls: [{ kind: 'grant', streamId: '0x00' }] })

declare const source: transfer.Source
const download = new transfer.Download({ root: '0x00', size: 1n, sources: [source] })
expectTypeOf(download.stream({ offset: 1 })).toEqualTypeOf<ReadableStream<Uint8Array>>()
expectTypeOf(download.read).returns.toEqualTypeOf<Promise<Uint8Array>>()
for await (const { data, proof } of download.segments()) {
  expectTypeOf(data).toEqualTypeOf<Uint8Array>()
  expectTypeOf(proof).toEqualTypeOf<merkle.FileProof>()
}
new transfer.Download({ fragments: [{ root: '0x00', size: 1 }], sources: [source] })
// @ts-expect-error what is downloaded must be said
new transfer.Download({ sources: [source] })
declare const held: testing.HeldFile
expectTypeOf(
  testing.hostileSource({ name: 'a', files: [held], faults: { bitFlip: 1 } }),
).toEqualTypeOf<transfer.Source>()
// @ts-expect-error no such fault
testing.hostileSource({ name: 'a', files: [], faults: { bored: 1 } })
expectTypeOf(testing.virtualClock()).toExtend<transfer.Clock>()
expectTypeOf(testing.simulate({ seed: 1 })).toEqualTypeOf<Promise<testing.Simulation>>()

expectTypeOf(encryption.encryptBytes(new ArrayBuffer(1), { key: '0x00' })).toEqualTypeOf<Promise<Uint8Array>>()
expectTypeOf(encryption.decrypting({})).toEqualTypeOf<TransformStream<Uint8Array, Uint8Array>>()
expectTypeOf(encryption.openFileCipher).returns.toEqualTypeOf<Promise<encryption.FileCipher>>()
// @ts-expect-error one of the two
encryption.encrypting({ key: '0x00', recipient: '0x02' })
// @ts-expect-error chance is not the caller's
encryption.createFileCipher({ key: '0x00' }, { nonce: new Uint8Array(16) })
expectTypeOf<transfer.StorageNode>().toExtend<transfer.Source>()

// What viem derives from the ABIs is what the conversions take and give.
declare const fields: pora.AnswerFields
const args = [pora.answerToAbi(fields), pora.taskToAbi(task), true] as const
encodeFunctionData({ abi: verifierAbi, functionName: 'verifyAnswer', args })
encodeFunctionData({ abi: mineAbi, functionName: 'submit', args: [pora.answerToAbi(fields)] })
// @ts-expect-error the nonce is missing
encodeFunctionData({ abi: mineAbi, functionName: 'submit', args: [{ ...pora.answerToAbi(fields), nonce: undefined }] })
const submission = { length: 1n, tags: '0x', nodes: [{ root: '0x', height: 0n }] } as const
encodeFunctionData({ abi: legacyFlowAbi, functionName: 'submit', args: [submission] })
// @ts-expect-error today's flow takes the submitter too
encodeFunctionData({ abi: flowAbi, functionName: 'submit', args: [submission] })
declare const calldata: ViemHex
const decoded = decodeFunctionData({ abi: mineAbi, data: calldata })
if (decoded.functionName === 'submit') {
  expectTypeOf(pora.answerFromAbi(decoded.args[0])).toEqualTypeOf<pora.Answer>()
}
