import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { plainUrl, simdUrl } from '@zgkit/wasm'
import type { Host, WorkerPort, WorkerSetup } from './host.js'
import type { Addon } from './native.js'

function startWorker(setup: WorkerSetup): WorkerPort {
  // Without the program's own flags: some, like --input-type, keep a worker from starting.
  const worker = new Worker(new URL('../run/worker-node.js', import.meta.url), { workerData: setup, execArgv: [] })
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    listen(onMessage, onLost) {
      worker.on('message', onMessage)
      worker.on('error', onLost)
      worker.on('exit', code => onLost(new Error(`worker exited with code ${code}`)))
    },
    hold: alive => (alive ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  }
}

/** `fetch` of Node does not read files. */
async function open(url: string | URL): Promise<Uint8Array<ArrayBuffer> | Response> {
  const { protocol, href } = new URL(url)
  return protocol === 'file:' ? new Uint8Array(await readFile(new URL(href))) : fetch(href)
}

export const host: Host = {
  env: name => process.env[name],
  cores: availableParallelism(),
  // The addon's loader is CommonJS, so that it can be loaded without waiting.
  loadAddon: () => createRequire(import.meta.url)('@zgkit/node') as Addon,
  modules: { plain: plainUrl, simd: simdUrl },
  open,
  startWorker,
}
