import type { Engine } from '../backend/choose.js'
import { expectedSeconds, type KernelCall } from '../kernels.js'

/** Work below this is done sooner here than handed over. */
const INLINE_SECONDS = 0.001

/**
 * Runs a kernel where it belongs: short work on the calling thread, the rest on the executor.
 * @param owned the inputs belong to this call and may be transferred
 * @param signal for calls that may be long: aborting frees the worker that it is on
 */
export async function dispatch(
  engine: Engine,
  call: KernelCall,
  owned: boolean,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const short = expectedSeconds(call, engine.backend.tier) < INLINE_SECONDS
  return short ? engine.backend.call(call) : engine.executor.run(call, owned, signal)
}
