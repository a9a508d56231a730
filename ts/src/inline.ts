/**
 * The WebAssembly modules as text within JavaScript, for programs that cannot fetch them:
 * `import * as wasm from 'zgkit/inline'; await init({ wasm })`.
 * @module
 */
export { plain, simd } from '@zgkit/wasm/inline'
