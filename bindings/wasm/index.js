// Bundlers find and copy the modules by exactly this form of URL. Some leave import.meta.url undefined, so nothing is evaluated
// before it is asked for.
export const plainUrl = () => new URL('./pkg/zgkit.wasm', import.meta.url)
export const simdUrl = () => new URL('./pkg/zgkit-simd.wasm', import.meta.url)
