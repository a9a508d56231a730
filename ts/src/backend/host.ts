import type { Addon } from './native.js'

/** What zgkit asks of the program it runs in; `#host` in package.json chooses the file. */
export interface Host {
  /** An environment variable. */
  env(name: string): string | undefined
  /** Cores that this program may use. */
  readonly cores: number
  /** Loads the addon at once, or throws. */
  loadAddon(): Addon
  /** Loads and compiles a WebAssembly module. */
  loadModule(simd: boolean): Promise<WebAssembly.Module>
  /** Starts a worker that serves kernel calls; absent where none can be made. */
  readonly startWorker?: (setup: WorkerSetup) => WorkerPort
}

/** What a worker needs to make its backend. */
export type WorkerSetup =
  | { readonly tier: 'js' }
  | { readonly tier: 'wasm' | 'wasm-simd'; readonly module: WebAssembly.Module }

/** A running worker. */
export interface WorkerPort {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void
  /** Called with each message, and once when the worker is gone for good. */
  listen(onMessage: (message: unknown) => void, onLost: (reason: unknown) => void): void
  /** Whether the worker keeps the process alive. */
  hold(alive: boolean): void
  terminate(): void
}
