import type { WasmSource } from './modules.js'
import type { Addon } from './native.js'

/** What zgkit asks of the program it runs in; `#host` in package.json chooses the file. */
export interface Host {
  /** An environment variable. */
  env(name: string): string | undefined
  /** Cores that this program may use. */
  readonly cores: number
  /** Loads the addon at once, or throws. */
  loadAddon(): Addon
  /** Where the WebAssembly modules come from unless the caller says otherwise. */
  readonly modules: Readonly<Record<'plain' | 'simd', WasmSource>>
  /** Opens a URL. */
  open(url: string | URL): Promise<Uint8Array<ArrayBuffer> | Response>
  /** Starts a worker that serves kernel calls; absent where none can be made. */
  readonly startWorker?: ((setup: WorkerSetup) => WorkerPort) | undefined
}

/** What a worker needs to make its backend. */
export type WorkerSetup =
  | { readonly tier: 'js' }
  | { readonly tier: 'wasm' | 'wasm-simd'; readonly module: WebAssembly.Module }

/** A worker that is starting or running. It keeps the process alive until it is told not to. */
export interface WorkerPort {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void
  /** Called with each message, and when the worker is gone for good or could not be started. */
  listen(onMessage: (message: unknown) => void, onLost: (reason: unknown) => void): void
  /** Whether the worker keeps the process alive. */
  hold(alive: boolean): void
  terminate(): void
}
