// Types of the public API, checked by tsc; nothing here runs.
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
import * as erasure from 'zgkit/erasure'
import * as hash from 'zgkit/hash'
import * as merkle from 'zgkit/merkle'
import * as pora from 'zgkit/pora'

expectTypeOf(fileRoot).parameter(0).toExtend<merkle.ByteSource>()
expectTypeOf(fileRoot(new Blob([]))).toEqualTypeOf<Promise<Uint8Array>>()
expectTypeOf(fileRootSync(new Uint8Array())).toEqualTypeOf<Uint8Array>()
expectTypeOf(merkle.fileRoot).toEqualTypeOf(fileRoot)
expectTypeOf(hash.keccak256Many(new ArrayBuffer(8), 8)).toEqualTypeOf<Promise<Uint8Array>>()
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
