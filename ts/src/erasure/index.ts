/**
 * Erasure codes: files as shards that are committed to, back from any that are good enough, and evidence against encoders that lie.
 * @module
 */
export type { RandomSource, SizedFileLike } from '../io/random.js'
export type { ByteSink, WritableLike } from '../io/sink.js'
export { CODE_NAMES, type Code, type CodeName } from '../rules/erasure/code.js'
export { joinShards, splitShards } from '../rules/erasure/frame.js'
export { chunkBytes, type StripeLayout, stripeBytes, stripeLayout } from '../rules/erasure/layout.js'
export { ErasureCode } from './code.js'
export type { Committed } from './commitment.js'
export {
  type DecodedBytes,
  type DecodedStripe,
  decodeBytes,
  decodeShards,
  type ShardDecoding,
  type ShardFault,
} from './decode.js'
export {
  type EncodedBytes,
  type EncodedStripe,
  type EncodeOptions,
  type Encoding,
  encodeBytes,
  encodeShards,
  type ShardEncoding,
  type StreamedShards,
} from './encode.js'
export { type EvidenceVerdict, verifyEvidence, verifyEvidenceSync } from './evidence.js'
export type { ShardSums } from './sums.js'
export { type Difference, type Shards, type SomeShards, UncheckedCodec } from './unchecked.js'
