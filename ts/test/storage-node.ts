import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SERVER = fileURLToPath(new URL('../../examples/with-0g-sdk/storage-node.mjs', import.meta.url))

/** The storage node of the example in a process of its own, so that it answers while a test waits for a program. */
export async function storageNode(file: string) {
  // The channel tells it when this process is gone.
  const server = fork(SERVER, [file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`the storage node ended with ${code}`)))
  ended.catch(() => {})
  const [{ url }] = await Promise.race([once(server, 'message'), ended])
  return {
    /** The URL of the node that behaves so; without a fault, the honest one. */
    at: (fault = '') => `${url}/${fault}`,
    /** How often a method was called so far. */
    async calls(method: string, fault = ''): Promise<number> {
      const counts = (await (await fetch(url)).json()) as Record<string, number>
      return counts[`${fault} ${method}`] ?? 0
    },
    end: () => server.kill(),
  }
}
