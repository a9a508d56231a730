// Bundlers find and copy the modules by exactly this form of URL.
export const plainUrl = new URL('./pkg/zgkit.wasm', import.meta.url)
export const simdUrl = new URL('./pkg/zgkit-simd.wasm', import.meta.url)
