import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerSetup } from '../backend/host.js'
import { jsBackend } from '../backend/js/index.js'
import { WasmBackend } from '../backend/wasm.js'
import type { KernelCall } from '../kernels.js'
import { answer } from './messages.js'

const setup = workerData as WorkerSetup
const backend = setup.tier === 'js' ? jsBackend : new WasmBackend(setup.module, setup.tier === 'wasm-simd')

parentPort?.on('message', (call: KernelCall) => {
  const reply = answer(backend, call)
  parentPort?.postMessage(reply, reply.ok ? [reply.result.buffer] : [])
})
