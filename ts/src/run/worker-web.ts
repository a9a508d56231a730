import type { WorkerSetup } from '../backend/host.js'
import type { Request } from './messages.js'
import { serve } from './serve.js'

/** What a dedicated worker's global object has; the library's types are those of pages. */
interface Scope {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(message: unknown, transfer: Transferable[]): void
}
const scope = globalThis as unknown as Scope

// The first message is the setup, every other one a call.
scope.onmessage = (event: MessageEvent<WorkerSetup>) => {
  const take = serve(event.data, (message, transfer) => scope.postMessage(message, transfer))
  scope.onmessage = (event: MessageEvent<Request>) => take(event.data)
}
