/**
 * zgkit: native-accelerated core library for the 0G stack.
 * @module
 */
export { type BackendInfo, backend, type InitOptions, init, type Refusal } from './backend/choose.js'
export type { WasmSource, WasmSources } from './backend/modules.js'
export { fromHex, type HashLike, type Hex, toHex } from './bytes.js'
export * from './chain/index.js'
export * from './erasure/index.js'
export { type ErrorCode, type ErrorDetails, ZgkitError } from './errors.js'
export * from './hash/index.js'
export type { KernelName, Tier } from './kernels.js'
export * from './merkle/index.js'
export * from './pora/index.js'
export type { Progress, RunOptions } from './run/control.js'
export * from './transfer/index.js'
