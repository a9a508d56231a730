/** Where the module without SIMD instructions lies. */
export declare const plainUrl: () => URL
/** Where the module built for `simd128` lies. */
export declare const simdUrl: () => URL
