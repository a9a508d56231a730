// Edge runtimes compile modules when a program is deployed: there, and only there, an import gives a WebAssembly.Module.
export { default as plain } from './pkg/zgkit.wasm'
export { default as simd } from './pkg/zgkit-simd.wasm'
