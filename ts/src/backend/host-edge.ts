import { plain, simd } from '@zgkit/wasm/edge'
import { ZgkitError } from '../errors.js'
import type { Host } from './host.js'

/** Edge runtimes compile nothing at run time and have no workers: the modules are imported, and compiled when deployed. */
export const host: Host = {
  env: () => undefined,
  cores: 1,
  loadAddon() {
    throw new ZgkitError('TIER_UNAVAILABLE', 'there are no addons on edge runtimes')
  },
  modules: { plain, simd },
  open: url => fetch(url),
}
