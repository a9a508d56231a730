import type { ByteSource } from '../dist/index.js'

/** A web stream of given portions, no faster than it is read. */
export function streamOf(portions: readonly Uint8Array[], onTake: () => void = () => {}): ReadableStream<Uint8Array> {
  const rest = [...portions]
  return new ReadableStream(
    {
      pull(controller) {
        onTake()
        const next = rest.shift()
        if (next) controller.enqueue(next)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

export async function* generate(portions: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* portions
}

/** A file handle that gives no more than `most` bytes at once, as file systems may. */
export const fileHandle = (bytes: Uint8Array, most = 100_001) => ({
  read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
    const part = bytes.subarray(position, position + Math.min(length, most))
    buffer.set(part, offset)
    return { bytesRead: part.length }
  },
})

/** Bytes in portions of these lengths, again and again, with one of no bytes among them. */
export function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const portions = [bytes.subarray(0, 0)]
  for (let [at, i] = [0, 0]; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number
    portions.push(bytes.subarray(at, at + length))
    at += length
  }
  return portions
}

type Kind = (bytes: Uint8Array, portions: readonly Uint8Array[]) => ByteSource

/** Every kind of source that Node and browsers have both. */
export const SOURCES: Readonly<Record<string, Kind>> = {
  bytes: bytes => bytes,
  Blob: (_, portions) => new Blob(portions as Uint8Array<ArrayBuffer>[]),
  File: (_, portions) => new File(portions as Uint8Array<ArrayBuffer>[], 'file'),
  ReadableStream: (_, portions) => streamOf(portions),
  'async iterable': (_, portions) => generate(portions),
  'file handle': (bytes, portions) => fileHandle(bytes, portions[1]?.length),
}
