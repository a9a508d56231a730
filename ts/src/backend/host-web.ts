import { plainUrl, simdUrl } from '@zgkit/wasm'
import { ZgkitError } from '../errors.js'
import type { Host, WorkerPort, WorkerSetup } from './host.js'

function startWorker(setup: WorkerSetup): WorkerPort {
  // Bundlers find and build the worker by exactly this form.
  const worker = new Worker(new URL('../run/worker-web.js', import.meta.url), { type: 'module' })
  worker.postMessage(setup)
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    listen(onMessage, onLost) {
      worker.onmessage = ({ data }) => onMessage(data)
      worker.onmessageerror = () => onLost('its message could not be read')
      worker.onerror = event => {
        // What is reported as our error is no error of the page's.
        event.preventDefault()
        onLost(event.message ?? 'its script is not there, or the page’s content security policy forbids it')
      }
    },
    hold() {},
    terminate: () => worker.terminate(),
  }
}

export const host: Host = {
  env: () => undefined,
  cores: globalThis.navigator?.hardwareConcurrency ?? 1,
  loadAddon() {
    throw new ZgkitError('TIER_UNAVAILABLE', 'there are no addons outside Node, Bun and Deno')
  },
  modules: { plain: plainUrl, simd: simdUrl },
  open: url => fetch(url),
  // Service workers and shared workers have no workers of their own.
  startWorker: typeof Worker === 'function' ? startWorker : undefined,
}
