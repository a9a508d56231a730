/** The bytes of the module without SIMD instructions. */
export declare const plain: () => Uint8Array<ArrayBuffer>
/** The bytes of the module built for `simd128`. */
export declare const simd: () => Uint8Array<ArrayBuffer>
