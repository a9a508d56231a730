import { keccak256ManySync } from '../dist/hash/index.js'

/** A pattern of file bytes, as testdata/README.md describes them. */
export interface Pattern {
  readonly kind: string
  readonly a?: number
  readonly b?: number
  readonly seed?: string
}

export function patternBytes(pattern: Pattern, size: number): Uint8Array {
  const { kind, a = 0, b = 0, seed = '' } = pattern
  const bytes = new Uint8Array(size)
  if (kind === 'affine') return bytes.map((_, i) => i * a + b)
  if (kind === 'zero') return bytes
  if (kind !== 'keccak') throw new Error(`unknown pattern ${kind}`)
  // By the kernel, since there are megabytes of it; it is checked against other implementations elsewhere.
  const prefix = new TextEncoder().encode(seed)
  const length = prefix.length + 8
  const preimages = new Uint8Array(Math.ceil(size / 32) * length)
  const view = new DataView(preimages.buffer)
  for (let j = 0; j * 32 < size; j++) {
    preimages.set(prefix, j * length)
    view.setBigUint64(j * length + prefix.length, BigInt(j))
  }
  bytes.set(keccak256ManySync(preimages, length).subarray(0, size))
  return bytes
}

const files = new Map<string, Uint8Array>()

/** As {@link patternBytes}, made once for all tests of a file, which leave it as it is. */
export function patternFile(pattern: Pattern, size: number): Uint8Array {
  const name = JSON.stringify([pattern, size])
  const file = files.get(name) ?? patternBytes(pattern, size)
  files.set(name, file)
  return file
}

/** Sectors of these numbers as multi_proofs.json has them, cut or continued with zeros by `extra` bytes. */
export function numberedSectors(numbers: readonly number[], extra = 0): Uint8Array {
  const bytes = new Uint8Array(numbers.length * 256 + extra)
  const view = new DataView(bytes.buffer)
  for (const [i, number] of numbers.entries()) {
    for (let at = 256 * i; at < 256 * i + 256 && at + 4 <= bytes.length; at += 4) view.setUint32(at, number + 1)
  }
  return bytes
}

/** Bytes with period 251: no block of a power of two looks like another. */
export function painted(size: number): Uint8Array {
  return new Uint8Array(size).map((_, i) => (i % 251) + 1)
}

/** Whole sectors: bytes filled up with zeros. */
export function wholeSectors(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 256) * 256)
  whole.set(bytes)
  return whole
}

/** The code of the error that a call throws or rejects with. */
export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call()
  } catch (error) {
    return (error as { code?: string }).code ?? `no code: ${String(error)}`
  }
  return 'nothing was thrown'
}

/** Shared memory, also on pages that are not isolated and lack the constructor. */
export function sharedBytes(size: number): Uint8Array {
  const pages = Math.ceil(size / 65_536)
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  return new Uint8Array(buffer, 0, size)
}
