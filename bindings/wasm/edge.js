// Edge runtimes compile modules when a program is deployed: there, and only there, an import gives a WebAssembly.Module. This form
// of path is the one that the tools of each of them know.
export { default as plain } from './pkg/zgkit.wasm?module'
export { default as simd } from './pkg/zgkit-simd.wasm?module'
