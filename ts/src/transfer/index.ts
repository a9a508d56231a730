/**
 * Verified transfer: downloads from sources that may lie, of which no byte is released that was not checked.
 * @module
 */
export { FRAGMENT_BYTES, fragmentSizeOf } from '../rules/planner.js'
export { type Clock, systemClock } from './clock.js'
export {
  type ByteRange,
  Download,
  type DownloadOptions,
  type FileIdentity,
  type SegmentPlace,
  type TransferOptions,
  type VerifiedSegment,
} from './download.js'
export { type Fragment, type FragmentOptions, splitFragments } from './fragments.js'
export { type FileInfo, StorageNode, type StorageNodeOptions } from './json-rpc.js'
export type { SegmentRequest, SegmentResponse, Source, SourceFault, SourceReport } from './source.js'
export { verifying } from './verifying.js'
