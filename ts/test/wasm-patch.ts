/** Changes to a compiled module that a test needs and no build makes. */
export interface Patch {
  /** Lets the memory grow by this many pages of 64 KiB and no more. */
  readonly growPages?: number
  /** Makes one exported function another: name, and the name of the other. */
  readonly redirect?: readonly [string, string]
}

const [MEMORY, EXPORT] = [5, 7]

/** A module with changed sections; the form is that of the WebAssembly core specification, chapter 5. */
export function patchModule(module: Uint8Array, { growPages, redirect }: Patch): Uint8Array<ArrayBuffer> {
  const out = [...module.subarray(0, 8)]
  const reader = new Reader(module, 8)
  while (reader.at < module.length) {
    const id = reader.byte()
    let content = reader.bytes(reader.number())
    if (id === MEMORY && growPages !== undefined) content = bounded(content, growPages)
    if (id === EXPORT && redirect) content = redirected(content, ...redirect)
    out.push(id, ...leb(content.length))
    for (const byte of content) out.push(byte)
  }
  return Uint8Array.from(out)
}

function bounded(section: Uint8Array, pages: number): Uint8Array {
  const reader = new Reader(section, 2) // one memory; its flags
  const least = reader.number()
  return Uint8Array.from([1, 1, ...leb(least), ...leb(least + pages)])
}

function redirected(section: Uint8Array, from: string, to: string): Uint8Array {
  const reader = new Reader(section, 0)
  const entries = Array.from({ length: reader.number() }, () => ({
    name: new TextDecoder().decode(reader.bytes(reader.number())),
    kind: reader.byte(),
    index: reader.number(),
  }))
  const target = entries.find(({ name }) => name === to)
  const source = entries.find(({ name }) => name === from)
  if (!target || !source) throw new Error(`the module does not export ${from} and ${to}`)
  source.index = target.index
  const out = leb(entries.length)
  for (const { name, kind, index } of entries) {
    const text = new TextEncoder().encode(name)
    out.push(...leb(text.length), ...text, kind, ...leb(index))
  }
  return Uint8Array.from(out)
}

class Reader {
  readonly #from: Uint8Array
  at: number

  constructor(from: Uint8Array, at: number) {
    this.#from = from
    this.at = at
  }

  byte(): number {
    const byte = this.#from[this.at++]
    if (byte === undefined) throw new Error('the module ends early')
    return byte
  }

  bytes(length: number): Uint8Array {
    this.at += length
    return this.#from.subarray(this.at - length, this.at)
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (byte < 128) return value
      factor *= 128
    }
  }
}

function leb(value: number): number[] {
  const out = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 127) | 128)
  return [...out, rest]
}
