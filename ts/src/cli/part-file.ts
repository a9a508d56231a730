import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { CliError, EXIT } from './output.js'

/**
 * A file that is being written under the name `NAME.part` and gets its own name when it is complete.
 *
 * What an interrupted run left is compared and written only where it differs: a run that is repeated goes on where the one before
 * ended, and nothing that was there is believed.
 */
export class PartFile {
  /** Bytes that were there already. */
  kept = 0
  readonly #path: string
  readonly #file: FileHandle
  /** Bytes that there were at the start. */
  readonly #found: number
  readonly #finished: boolean

  private constructor(path: string, file: FileHandle, found: number, finished: boolean) {
    this.#path = path
    this.#file = file
    this.#found = found
    this.#finished = finished
  }

  /**
   * @param respect a complete file of that name is not replaced: it must already have every byte that is put
   */
  static async open(path: string, respect: boolean): Promise<PartFile> {
    const finished = respect ? await open(path, 'r').catch(unlessMissing) : undefined
    // Not truncated: what is there may be kept.
    const part = partOf(path)
    const file = finished ?? (await open(part, 'r+').catch(unlessMissing)) ?? (await open(part, 'w+'))
    const { size } = await file.stat()
    return new PartFile(path, file, size, finished !== undefined)
  }

  async put(bytes: Uint8Array, position: number): Promise<void> {
    if (await this.#has(bytes, position)) {
      this.kept += bytes.length
      return
    }
    if (this.#finished) throw differs(this.#path)
    let written = 0
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, position + written)
      written += bytesWritten
    }
  }

  /** Gives the file its name: `length` bytes, all on the disk. */
  async finish(length: number): Promise<void> {
    if (this.#finished) {
      if (this.#found !== length) throw differs(this.#path)
      return this.close()
    }
    if (this.#found > length) await this.#file.truncate(length)
    await this.#file.datasync()
    await this.close()
    await rename(partOf(this.#path), this.#path)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.close()
    if (!this.#finished) await rm(partOf(this.#path), { force: true })
  }

  /** Bytes that an earlier run left, `undefined` where there are not as many. They are as good as their check. */
  async left(position: number, length: number): Promise<Uint8Array | undefined> {
    if (position + length > this.#found) return undefined
    const there = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.#file.read(there, filled, length - filled, position + filled)
      if (bytesRead === 0) return undefined
      filled += bytesRead
    }
    return there
  }

  async #has(bytes: Uint8Array, position: number): Promise<boolean> {
    const there = await this.left(position, bytes.length)
    return there !== undefined && Buffer.compare(there, bytes) === 0
  }
}

/** The name until it is complete. */
export const partOf = (path: string): string => `${path}.part`

function differs(path: string): CliError {
  return new CliError(EXIT.environment, 'FILE_EXISTS', `${path} is there already and has other bytes`)
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
