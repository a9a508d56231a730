import { parentPort, workerData } from 'node:worker_threads'
import { serve } from './serve.js'

parentPort?.on(
  'message',
  serve(workerData, (message, transfer) => parentPort?.postMessage(message, transfer)),
)
