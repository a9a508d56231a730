import type { NativeBackend } from '../backend/native.js'
import type { Executor } from './executor.js'

/** Runs calls on the addon's own pool. */
export function addonExecutor(backend: NativeBackend, threads: number): Executor {
  return {
    threads: backend.startPool(threads),
    copies: true,
    memory: length => new Uint8Array(length),
    run: call => backend.submit(call),
    close() {},
  }
}
