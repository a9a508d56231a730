import { type HashLike, toCount, toHash, toHex } from '../bytes.js'
import { type ErrorDetails, ZgkitError } from '../errors.js'
import { fromBase64 } from './base64.js'
import type { SegmentRequest, SegmentResponse, Source } from './source.js'

/** Most bytes of an answer that are read: a segment takes 349,528 in base64, its proof less than 6,000. */
export const MAX_ANSWER_BYTES = 2 ** 19
/** Most characters of a node's own words that go into an error. */
const MAX_REASON = 200

/** What went wrong, in `details.reason`: no connection, another status, the node's refusal, an answer that is none, or no such segment. */
type Reason = 'network' | 'http' | 'rpc' | 'format' | 'absent'

/** Options of a {@link StorageNode}. */
export interface StorageNodeOptions {
  /** What the node is called in errors; by default its URL without the query. */
  readonly name?: string
  /** Asks for the submission of this number instead of any submission with the file's root. */
  readonly txSeq?: number | bigint
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch
}

/** What a node says about a file. Nothing of it is proven: a size to trust comes from the chain. */
export interface FileInfo {
  /** The file's length in bytes. */
  readonly size: number
  /** The number of the submission. */
  readonly txSeq: number
  /** Its first sector in the flow. */
  readonly startSector: number
  /** Whether the node has all of it. */
  readonly finalized: boolean
  /** Whether the node had it and threw it away. */
  readonly pruned: boolean
}

/**
 * A storage node as a {@link Source}, by its JSON-RPC interface over HTTP (SPEC.md section 20).
 *
 * What a node answers is brought into form here and nothing more; who takes segments from it verifies them.
 */
export class StorageNode implements Source {
  readonly name: string
  readonly #url: string
  readonly #txSeq: number | undefined
  readonly #fetch: typeof globalThis.fetch
  #calls = 0

  /**
   * @throws {ZgkitError} `INVALID_ARGUMENT` unless the URL is one of http or https without a password; `RANGE` for `txSeq`
   */
  constructor(url: string | URL, { name, txSeq, fetch }: StorageNodeOptions = {}) {
    const parsed = parseUrl(url)
    this.#url = parsed.href
    this.name = name ?? `${parsed.origin}${parsed.pathname.replace(/\/$/, '')}`
    this.#txSeq = txSeq === undefined ? undefined : toCount(txSeq, 'txSeq')
    this.#fetch = fetch ?? ((input, init) => globalThis.fetch(input, init))
  }

  /**
   * @throws {ZgkitError} `SOURCE_FAILED` for whatever was answered instead of a segment, `LIMIT_EXCEEDED` for an answer above 512 KiB; the
   *   signal's reason
   */
  async fetchSegment(request: SegmentRequest): Promise<SegmentResponse> {
    const { root, index, signal } = request
    const alive = () => request.alive()
    const result =
      this.#txSeq === undefined
        ? await this.#call('zgs_downloadSegmentWithProof', [toHex(root), index], signal, alive)
        : await this.#call('zgs_downloadSegmentWithProofByTxSeq', [this.#txSeq, index], signal, alive)
    if (result === null) throw this.#failed('absent', 'does not have the segment')
    const { data, proof } = this.#object(result)
    const bytes = typeof data === 'string' ? fromBase64(data) : undefined
    if (!bytes) throw this.#failed('format', 'answered with data that is no base64')
    return { data: bytes, proof }
  }

  /**
   * What the node says about the file with this root, `undefined` if it knows none that it can serve.
   * @throws {ZgkitError} as {@link fetchSegment}; for the root `INVALID_HEX`, `BUFFER_LENGTH`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
   */
  async fileInfo(root: HashLike, { signal }: { readonly signal?: AbortSignal } = {}): Promise<FileInfo | undefined> {
    const params = [toHex(toHash(root, 'root')), true]
    const result = await this.#call('zgs_getFileInfo', params, signal, () => {})
    if (result === null) return undefined
    const { tx, finalized, pruned } = this.#object(result)
    const { size, seq, startEntryIndex } = this.#object(tx)
    const numbers = [size, seq, startEntryIndex]
    if (!numbers.every(value => Number.isSafeInteger(value) && (value as number) >= 0)) {
      throw this.#failed('format', 'answered with sizes that are none')
    }
    return {
      size: size as number,
      txSeq: seq as number,
      startSector: startEntryIndex as number,
      finalized: finalized === true,
      pruned: pruned === true,
    }
  }

  /** The result of a call: any JSON value. */
  async #call(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal | undefined,
    alive: () => void,
  ): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++this.#calls, method, params })
    const text = await this.#exchange(body, signal, alive)
    const { result, error } = this.#object(this.#parse(text))
    if (error === undefined || error === null) {
      if (result === undefined) throw this.#failed('format', 'answered with neither result nor error')
      return result
    }
    const { code, message } = this.#object(error)
    throw this.#failed('rpc', `refused: ${readable(message)}`, {
      rpcCode: Number.isSafeInteger(code) ? code : undefined,
    })
  }

  /** One exchange of HTTP: what was answered with status 200, bounded. */
  async #exchange(body: string, signal: AbortSignal | undefined, alive: () => void): Promise<string> {
    try {
      const response = await this.#fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: signal ?? null,
        // A node has no reason to send us elsewhere, and no use for what we have from others.
        redirect: 'error',
        credentials: 'omit',
        cache: 'no-store',
        referrerPolicy: 'no-referrer',
      })
      if (response.status !== 200) {
        response.body?.cancel().catch(() => {})
        throw this.#failed('http', `answered with status ${response.status}`, { status: response.status })
      }
      alive()
      return await this.#read(response.body, signal, alive)
    } catch (error) {
      if (error instanceof ZgkitError) throw error
      signal?.throwIfAborted()
      throw this.#failed('network', 'could not be reached, or broke off', {}, error)
    }
  }

  async #read(
    stream: ReadableStream<Uint8Array> | null,
    signal: AbortSignal | undefined,
    alive: () => void,
  ): Promise<string> {
    // One buffer of the most that is read: what comes in many small portions costs no more.
    const body = new Uint8Array(MAX_ANSWER_BYTES)
    let length = 0
    const reader = stream?.getReader()
    // The signal that `fetch` has does not always reach a body that has begun to come, and an open connection keeps a program alive.
    const stop = () => void reader?.cancel(signal?.reason).catch(() => {})
    signal?.addEventListener('abort', stop, { once: true })
    if (signal?.aborted) stop()
    try {
      for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
        const portion = next.value
        alive()
        if (length + portion.length > MAX_ANSWER_BYTES) {
          throw new ZgkitError('LIMIT_EXCEEDED', `${this.name} answered with more than ${MAX_ANSWER_BYTES} bytes`, {
            source: this.name,
            expected: MAX_ANSWER_BYTES,
          })
        }
        body.set(portion, length)
        length += portion.length
      }
    } finally {
      signal?.removeEventListener('abort', stop)
      stop()
    }
    signal?.throwIfAborted()
    return new TextDecoder().decode(body.subarray(0, length))
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      throw this.#failed('format', 'answered with what is no JSON')
    }
  }

  #object(value: unknown): Record<string, unknown> {
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
    throw this.#failed('format', 'answered with JSON of another shape')
  }

  #failed(reason: Reason, what: string, details: ErrorDetails = {}, cause?: unknown): ZgkitError {
    const all = { source: this.name, reason, ...details }
    // A node that does not have a segment will not have it a moment later; everything else may pass.
    return new ZgkitError('SOURCE_FAILED', `${this.name} ${what}`, all, cause, reason !== 'absent')
  }
}

function parseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
  if (parsed && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '') return parsed
  throw new ZgkitError('INVALID_ARGUMENT', 'a storage node has a URL of http or https, without a password', {
    name: 'url',
  })
}

/** Somebody else's words as text that does nothing where it is printed. */
function readable(words: unknown): string {
  if (typeof words !== 'string') return 'no reason given'
  return words.slice(0, MAX_REASON).replace(/[^\x20-\x7e]/g, '?')
}
