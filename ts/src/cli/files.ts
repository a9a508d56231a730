import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { SEGMENT_BYTES } from '../limits.js'
import type { RunOptions } from '../run/control.js'
import { CliError, EXIT, progressBar } from './output.js'

/** Most bytes of a JSON file: a proof of 64 siblings is below 10 kB, a mined case below 100 kB. */
const MAX_JSON_BYTES = 1 << 20

/** Runs `use` with an open file, and closes it. */
export async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'r')
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

/** Aborts on Ctrl-C; to be called before anything is written, so that whoever interrupts gets the exit code for it. */
export function interruptible(): AbortSignal {
  const controller = new AbortController()
  process.once('SIGINT', () => controller.abort())
  return controller.signal
}

/** Reads a whole file with `read`, showing a progress bar. */
export async function watched<T>(
  file: FileHandle,
  read: (source: FileHandle, options: RunOptions) => Promise<T>,
): Promise<T> {
  const { size } = await file.stat()
  return withProgress('hashing', interruptible(), options => read(file, options), size)
}

/** As {@link watched} for all of stdin, however much comes. */
export async function watchedInput<T>(
  read: (source: NodeJS.ReadStream, options: RunOptions) => Promise<T>,
): Promise<T> {
  const { stdin } = process
  try {
    return await withProgress('hashing', interruptible(), options => read(stdin, options))
  } finally {
    // One that was interrupted while nothing came would keep the program waiting.
    stdin.destroy()
  }
}

/**
 * Runs long work with a progress bar.
 * @param total bytes in all, where the work itself does not know
 */
export async function withProgress<T>(
  label: string,
  signal: AbortSignal,
  work: (options: RunOptions) => Promise<T>,
  total?: number,
): Promise<T> {
  const bar = await progressBar(label)
  try {
    return await work({ signal, onProgress: progress => bar.update({ ...progress, total: progress.total ?? total }) })
  } finally {
    bar.stop()
  }
}

/** The file's bytes of one segment. */
export async function readSegment(file: FileHandle, index: number): Promise<Uint8Array> {
  const segment = new Uint8Array(SEGMENT_BYTES)
  let filled = 0
  while (filled < segment.length) {
    const position = index * SEGMENT_BYTES + filled
    const { bytesRead } = await file.read(segment, filled, segment.length - filled, position)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return segment.subarray(0, filled)
}

/** All of a small file, or of stdin for `-`; never more than the limit, whatever the file turns out to be. */
export async function readSmall(path: string, limit = SEGMENT_BYTES): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
    size += chunk.length
    // One byte more than allowed is enough to be refused.
    chunks.push(chunk.subarray(0, Math.max(0, chunk.length - (size - limit - 1))))
    if (size > limit) break
  }
  return Buffer.concat(chunks)
}

/** A JSON file. What is no JSON cannot be read (exit 3); what is JSON but no proof or answer is the verifier's to reject. */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readSmall(path, MAX_JSON_BYTES)
  if (bytes.length > MAX_JSON_BYTES) {
    throw new CliError(EXIT.environment, 'LIMIT_EXCEEDED', `${path} is larger than ${MAX_JSON_BYTES} bytes`)
  }
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw new CliError(EXIT.environment, 'INVALID_JSON', `${path} is not JSON`)
  }
}
