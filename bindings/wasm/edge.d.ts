/** The module without SIMD instructions. */
export declare const plain: WebAssembly.Module
/** The module built for `simd128`. */
export declare const simd: WebAssembly.Module
