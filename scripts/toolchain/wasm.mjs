// @ts-check
import { WASM_TARGET } from './rust.mjs'
import { targetToolchain } from './target.mjs'

/**
 * The Rust toolchain of the WebAssembly modules.
 * @param {(line: string) => void} [note]
 */
export function wasmToolchain(note = () => {}) {
  return targetToolchain(WASM_TARGET, 'rust-std-static-wasm32-unknown-unknown, rust-wasm', note)
}
