import { expect, it } from 'vitest'
import { concatBytes, equalBytes } from '../../dist/bytes.js'
import { type FileProof, FileTree, proofToJson, toHex, type ZgkitError } from '../../dist/index.js'
import { type VirtualClock, virtualClock } from '../../dist/testing/index.js'
import {
  Download,
  type DownloadOptions,
  type SegmentRequest,
  type SegmentResponse,
  type Source,
  type SourceFault,
  type VerifiedSegment,
  verifying,
} from '../../dist/transfer/index.js'
import { codeOf, painted, sharedBytes, wholeSectors } from '../patterns.js'
import { onEachTier } from '../tiers.js'

const SEGMENT = 262_144

/** A file of one sector or a few, or of three segments. */
function fileOf(size: number, key = 0) {
  const bytes = painted(size).map(byte => byte ^ key)
  const tree = FileTree.buildSync(bytes)
  const answer = (index: number): { data: Uint8Array; proof: FileProof } => ({
    data: wholeSectors(bytes.subarray(index * SEGMENT, (index + 1) * SEGMENT)),
    proof: tree.proveSegment(index),
  })
  return { bytes, size, root: tree.root, tree, answer }
}

type File = ReturnType<typeof fileOf>

/** A source that answers as a function says, and keeps what it was asked. */
function source(name: string, answer: (request: SegmentRequest) => unknown): Source & { asked: SegmentRequest[] } {
  const asked: SegmentRequest[] = []
  return {
    name,
    asked,
    async fetchSegment(request) {
      asked.push(request)
      return (await answer(request)) as SegmentResponse
    },
  }
}

const honest = (file: File, name = 'honest') => source(name, ({ index }) => file.answer(index))
const never = () => new Promise<never>(() => {})

function download(file: File, sources: readonly Source[], options: Partial<DownloadOptions> = {}): Download {
  return new Download({ root: file.root, size: file.size, sources, ...options })
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return concatBytes(parts)
    parts.push(value)
  }
}

async function errorOf(work: Promise<unknown>): Promise<ZgkitError> {
  return work.then(
    () => {
      throw new Error('nothing was thrown')
    },
    error => error,
  )
}

/** Waits on a virtual clock. */
const wait = (clock: VirtualClock, ms: number) => new Promise<void>(resolve => void clock.after(ms, resolve))

onEachTier(() => {
  it('gives a file of several segments, whole and in part, from sources of which all but one lie', async () => {
    const file = fileOf(2 * SEGMENT + 5001)
    const older = fileOf(file.size, 0xff)
    const flipped = source('flipped', ({ index }) => {
      const right = file.answer(index)
      right.data[77] = 0
      return right
    })
    const stale = source('stale', ({ index }) => older.answer(index))
    const misdirected = source('misdirected', ({ index }) => file.answer((index + 1) % 3))
    const faults: SourceFault[] = []
    const sources = [flipped, stale, misdirected, honest(file)]
    const whole = download(file, sources, { onRejected: fault => faults.push(fault) })
    expect(equalBytes(await collect(whole.stream()), file.bytes)).toBe(true)
    // One that lied may have had several requests.
    expect(new Map(faults.map(({ source, code }) => [source, code]))).toEqual(
      new Map([
        ['flipped', 'CONTENT_MISMATCH'],
        ['misdirected', expect.stringMatching(/^(PROOF_DEPTH|INDEX_MISMATCH|CONTENT_LENGTH)$/)],
        ['stale', 'ROOT_MISMATCH'],
      ]),
    )
    expect(whole.sources[3]).toEqual({ name: 'honest', segments: 3, timeouts: 0, failures: 0, late: 0, lie: undefined })

    const asked = sources.map(({ asked }) => asked.length)
    expect(await whole.read(SEGMENT - 3, 7)).toEqual(file.bytes.subarray(SEGMENT - 3, SEGMENT + 4))
    expect(await collect(whole.stream({ offset: 2 * SEGMENT, length: 9 }))).toEqual(
      file.bytes.subarray(2 * SEGMENT, 2 * SEGMENT + 9),
    )
    expect(equalBytes(await whole.segment(2), file.bytes.subarray(2 * SEGMENT))).toBe(true)
    // Who lied was asked no more.
    expect(sources.slice(0, 3).map(({ asked }) => asked.length)).toEqual(asked.slice(0, 3))
  })
})

const small = fileOf(700)

it('takes answers of every honest form', async () => {
  const { data, proof } = small.answer(0)
  const shared = sharedBytes(data.length)
  shared.set(data)
  const framed = new Uint8Array(2000)
  framed.set(data, 5)
  const answers: unknown[] = [
    { data: small.bytes, proof },
    { data: data.buffer, proof: proofToJson(proof) },
    { data: shared, proof: JSON.parse(JSON.stringify(proofToJson(proof))) },
    { data: new DataView(framed.buffer, 5, data.length), proof: { lemma: proof.lemma, path: proof.path } },
    Object.create({ data, proof, more: 1 }),
  ]
  for (const answer of answers) {
    expect(await download(small, [source('any', () => answer)]).read(0, small.size)).toEqual(small.bytes)
  }
})

it('rejects every other answer with its code, and names who gave it', async () => {
  const { data, proof } = small.answer(0)
  const gone = new Uint8Array(768)
  structuredClone(gone, { transfer: [gone.buffer] })
  const trap = () => {
    throw new Error('trap')
  }
  const dirty = data.slice()
  dirty[767] = 1
  const longer = fileOf(768)
  const rows: [unknown, string][] = [
    [undefined, 'INVALID_ARGUMENT'],
    [null, 'INVALID_ARGUMENT'],
    ['text', 'INVALID_ARGUMENT'],
    [{}, 'INVALID_ARGUMENT'],
    [{ data: 'text', proof }, 'INVALID_ARGUMENT'],
    [{ data: [1, 2], proof }, 'INVALID_ARGUMENT'],
    [{ data: gone, proof }, 'DETACHED_BUFFER'],
    [new Proxy({}, { get: (_, name) => name !== 'then' && trap() }), 'INVALID_ARGUMENT'],
    [
      {
        data,
        get proof() {
          return trap()
        },
      },
      'INVALID_ARGUMENT',
    ],
    [{ data }, 'PROOF_FORMAT'],
    [{ data, proof: new Proxy({}, { get: trap }) }, 'PROOF_FORMAT'],
    [{ data, proof: { lemma: [], path: [] } }, 'PROOF_FORMAT'],
    [{ data, proof: { lemma: new Array(1000), path: [] } }, 'LIMIT_EXCEEDED'],
    [{ data: data.subarray(1), proof }, 'CONTENT_LENGTH'],
    [{ data: new Uint8Array(), proof }, 'CONTENT_LENGTH'],
    [{ data: new Uint8Array(SEGMENT), proof }, 'CONTENT_LENGTH'],
    [{ data, proof: { lemma: [...proof.lemma, ...proof.lemma, ...proof.lemma], path: [true] } }, 'PROOF_DEPTH'],
    [{ data: dirty, proof }, 'CONTENT_MISMATCH'],
    [longer.answer(0), 'ROOT_MISMATCH'],
  ]
  expect(rows.length).toBe(19)
  for (const [i, [answer, code]] of rows.entries()) {
    const faults: SourceFault[] = []
    const onRejected = (fault: SourceFault) => void faults.push(fault)
    const error = await errorOf(download(small, [source('liar', () => answer)], { onRejected }).segment(0))
    expect(error, `row ${i}`).toMatchObject({ code: 'SOURCES_EXHAUSTED', retryable: false })
    expect(faults, `row ${i}`).toMatchObject([{ source: 'liar', fragment: 0, index: 0, code }])
    expect(error.details).toEqual({ fragment: 0, index: 0, sources: faults })
  }
  // The root fits, but the file is said to be shorter: what lies behind its end is not zero.
  const claim = { root: longer.root, size: 700, sources: [honest(longer, 'longer')] }
  const error = await errorOf(new Download(claim).segment(0))
  expect(error.details.sources).toMatchObject([{ code: 'PADDING_NONZERO', expected: 700, got: 700 }])
})

it('reads each field of an answer once, and keeps to what it then saw', async () => {
  const { data, proof } = small.answer(0)
  let reads = 0
  const answer = {
    get data() {
      return reads++ === 0 ? data : new Uint8Array(768)
    },
    proof,
  }
  const reading = download(small, [source('fickle', () => answer)]).read(0, 700)
  expect(await reading).toEqual(small.bytes)
  expect(reads).toBe(1)

  const other = source('painter', () => {
    queueMicrotask(() => setTimeout(() => data.fill(0), 0))
    return { data, proof }
  })
  expect(await download(small, [other]).read(0, 700)).toEqual(small.bytes)
})

it('gives up a source that is idle, and never one that is not', async () => {
  const clock = virtualClock()
  const chatty = source('chatty', async ({ index, alive }) => {
    for (let i = 0; i < 100; i++) {
      await wait(clock, 900)
      alive()
    }
    await wait(clock, 900)
    return small.answer(index)
  })
  const options = { clock, idleTimeoutMs: 1000 }
  expect(await clock.run(download(small, [chatty], options).read(0, 700))).toEqual(small.bytes)
  expect(clock.now()).toBe(101 * 900)

  const started = clock.now()
  const mute = source('mute', ({ signal, alive }) => {
    signal.addEventListener('abort', alive)
    return never()
  })
  const faults: SourceFault[] = []
  const silent = download(small, [mute], { ...options, attempts: 3, onRejected: fault => faults.push(fault) })
  const error = await errorOf(clock.run(silent.read(0, 700)))
  expect(error).toMatchObject({ code: 'SOURCES_EXHAUSTED', retryable: true })
  expect(faults.map(({ source, code }) => `${source} ${code}`)).toEqual(new Array(3).fill('mute SOURCE_TIMEOUT'))
  // Three times a second of silence, with pauses of one and two seconds.
  expect(clock.now() - started).toBe(3000 + 1000 + 2000)
  expect(mute.asked.map(({ signal }) => signal.reason.code)).toEqual(new Array(3).fill('SOURCE_TIMEOUT'))
})

it('asks another source beside one that takes long, and calls the slower off', async () => {
  const clock = virtualClock()
  const drip = source('drip', async ({ alive, signal }) => {
    while (!signal.aborted) {
      await wait(clock, 500)
      alive()
    }
    return small.answer(0)
  })
  const both = download(small, [drip, honest(small)], { clock, idleTimeoutMs: 1000 })
  expect(await clock.run(both.read(0, 700))).toEqual(small.bytes)
  expect(clock.now()).toBe(1000)
  expect(drip.asked[0]?.signal.aborted).toBe(true)
  await clock.run(wait(clock, 5000))
  expect(both.sources.map(({ late, segments, timeouts }) => [late, segments, timeouts])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ])
})

it('asks a source that failed again, later and later, and passes on what it threw', async () => {
  const clock = virtualClock()
  const times: number[] = []
  const cause = new Error('no route')
  const broken = source('broken', () => {
    times.push(clock.now())
    throw cause
  })
  const error = await errorOf(clock.run(download(small, [broken], { clock, attempts: 5 }).read(0, 700)))
  expect(times).toEqual([0, 1000, 3000, 7000, 15_000])
  expect(error).toMatchObject({ code: 'SOURCES_EXHAUSTED', retryable: true })
  expect(error.details.sources).toMatchObject([{ source: 'broken', code: 'SOURCE_FAILED', cause }])

  // What says that it is of no use is not asked again.
  const final = Object.assign(await errorOf(download(small, [source('x', () => 0)]).read(0, 1)), { retryable: false })
  const without = source('without', () => {
    throw final
  })
  expect(await codeOf(() => download(small, [without]).read(0, 700))).toBe('SOURCES_EXHAUSTED')
  expect(without.asked.length).toBe(1)

  // One that fails now and then is good enough.
  let turn = 0
  const moody = source('moody', ({ index }) => {
    if (turn++ % 2 === 0) throw cause
    return small.answer(index)
  })
  expect(await clock.run(download(small, [moody], { clock }).read(0, 700))).toEqual(small.bytes)
  const thrower: Source = {
    name: 'thrower',
    fetchSegment() {
      throw cause
    },
  }
  const fetched = clock.run(download(small, [thrower, honest(small)], { clock }).read(0, 700))
  expect(await fetched).toEqual(small.bytes)
})

/** Fragments of a sector each: many segments that cost little. */
const pieces = Array.from({ length: 40 }, (_, i) => fileOf(256, i))
const all = new Uint8Array(40 * 256)
for (const [i, { bytes }] of pieces.entries()) all.set(bytes, i * 256)
const byRoot = new Map(pieces.map(piece => [toHex(piece.root), piece]))
const library = (name = 'library') => source(name, ({ root }) => byRoot.get(toHex(root))?.answer(0))
const many = (sources: readonly Source[], options: Partial<DownloadOptions> = {}) =>
  new Download({ fragments: pieces, sources, ...options })

it('puts fragments together: as a stream, at random, by segment and in any order', async () => {
  const fragments = many([library()])
  expect(fragments.size).toBe(all.length)
  expect(await collect(fragments.stream())).toEqual(all)
  for (const [offset, length] of [
    [0, 0],
    [0, 1],
    [255, 2],
    [256, 256],
    [300, 3000],
    [all.length, 0],
    [all.length - 1, 1],
  ]) {
    const expected = all.subarray(offset, (offset as number) + (length as number))
    expect(await fragments.read(offset as number, length as number)).toEqual(expected)
    expect(await collect(fragments.stream({ offset, length }))).toEqual(expected)
  }
  expect(await fragments.segment(7)).toEqual(pieces[7]?.bytes)
  expect(await codeOf(() => fragments.segment(40))).toBe('INDEX_RANGE')
  expect(await codeOf(() => fragments.read(all.length, 1))).toBe('INDEX_RANGE')
  expect(await codeOf(() => fragments.read(-1, 1))).toBe('RANGE')
  expect(await codeOf(() => fragments.stream({ offset: 1.5 }))).toBe('RANGE')

  const clock = virtualClock()
  const uneven = source('uneven', async ({ root }) => {
    const piece = byRoot.get(toHex(root)) as File
    await wait(clock, 1 + ((pieces.indexOf(piece) * 7) % 5) * 10)
    return piece.answer(0)
  })
  const got: VerifiedSegment[] = []
  const read = async () => {
    for await (const segment of many([uneven], { clock }).segments()) got.push(segment)
  }
  await clock.run(read())
  const order = got.map(({ fragment }) => fragment)
  expect(order).not.toEqual([...order].sort((a, b) => a - b))
  expect(new Set(order).size).toBe(40)
  for (const { fragment, index, offset, length, data, proof, source } of got) {
    expect([index, offset, length, source]).toEqual([0, fragment * 256, 256, 'uneven'])
    expect(data).toEqual(pieces[fragment]?.bytes)
    expect(proof).toEqual(pieces[fragment]?.tree.proveSegment(0))
  }
})

it('fetches nothing ahead of the reader beyond what it may', async () => {
  for (const concurrency of [1, 3, 8]) {
    const shelf = library()
    const reader = many([shelf], { concurrency }).stream().getReader()
    await settled()
    expect(shelf.asked.length).toBe(0)
    for (let read = 1; read <= 20; read++) {
      await reader.read()
      await settled()
      expect(shelf.asked.length).toBe(Math.min(read - 1 + concurrency, 40))
    }
    await reader.cancel()
    await settled()
    expect(shelf.asked.length).toBe(19 + concurrency)
  }
})

it('has no more requests under way than it may, whoever asks', async () => {
  const clock = virtualClock()
  let [open, most] = [0, 0]
  const slow = source('slow', async ({ root }) => {
    most = Math.max(most, ++open)
    await wait(clock, 10)
    open--
    return byRoot.get(toHex(root))?.answer(0)
  })
  const shared = many([slow], { clock, concurrency: 3 })
  const reads = Promise.all([collect(shared.stream()), shared.read(0, all.length), shared.segment(5)])
  expect((await clock.run(reads)).map(({ length }) => length)).toEqual([all.length, all.length, 256])
  expect(most).toBe(3)

  // Those that wait for their turn hear it too when they are to stop.
  const controller = new AbortController()
  const idle = source('idle', never)
  const waiting = many([idle], { concurrency: 1, signal: controller.signal })
  const calls = [1, 2, 3].map(index => errorOf(waiting.segment(index)))
  await settled()
  controller.abort(new Error('enough'))
  expect((await Promise.all(calls)).map(({ message }) => message)).toEqual(new Array(3).fill('enough'))
  expect(idle.asked.length).toBe(1)
})

/** When everything that waits for nothing has happened. */
const settled = () => new Promise(resolve => void setTimeout(resolve, 5))

it('stops when it is told to, calls every request off, and hears no answer any more', async () => {
  const reason = new Error('enough')
  const answers: (() => void)[] = []
  const held = source('held', ({ root }) => {
    const answer = byRoot.get(toHex(root))?.answer(0)
    return new Promise(resolve => void answers.push(() => resolve(answer)))
  })
  const ways: ((download: Download) => Promise<unknown>)[] = [
    download => download.stream().getReader().read(),
    download => download.read(0, all.length),
    download => download.segment(0),
    download => download.segments().next(),
  ]
  for (const [i, way] of ways.entries()) {
    const controller = new AbortController()
    held.asked.length = 0
    const waiting = many([held], { signal: controller.signal })
    const call = way(waiting)
    call.catch(() => {})
    await settled()
    expect(held.asked.length, `way ${i}`).toBe(i === 2 ? 1 : 4)
    controller.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(held.asked.every(({ signal }) => signal.aborted && signal.reason === reason)).toBe(true)
    for (const answer of answers.splice(0)) answer()
    await settled()
    expect(waiting.sources).toMatchObject([{ segments: 0, late: held.asked.length }])
    // It stays stopped.
    await expect(way(waiting)).rejects.toBe(reason)
  }

  const stream = many([held]).stream()
  const reader = stream.getReader()
  const reading = reader.read()
  await settled()
  await reader.cancel(reason)
  expect(await reading).toEqual({ done: true, value: undefined })
  expect(held.asked.slice(-4).every(({ signal }) => signal.aborted)).toBe(true)

  const segments = many([library()]).segments()
  for await (const { fragment } of segments) if (fragment === 2) break
  expect(await segments.next()).toEqual({ done: true, value: undefined })
})

it('lets timers fire though its sources wait for nothing', async () => {
  const controller = new AbortController()
  const fragments = Array.from({ length: 20_000 }, (_, i) => pieces[i % 40] as File)
  const endless = new Download({ fragments, sources: [library()], signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 0)
  await expect(endless.read(0, endless.size)).rejects.toThrow('enough')
})

it('gives what was right before an error', async () => {
  const gap = source('gap', ({ root }) => {
    const piece = byRoot.get(toHex(root)) as File
    if (piece === pieces[3]) throw Object.assign(new Error('gone'))
    return piece.answer(0)
  })
  const clock = virtualClock()
  const reader = many([gap], { clock, attempts: 1 }).stream().getReader()
  const read = async () => {
    for (let i = 0; i < 3; i++) expect((await reader.read()).value).toEqual(pieces[i]?.bytes)
    return reader.read()
  }
  expect(await errorOf(clock.run(read()))).toMatchObject({
    code: 'SOURCES_EXHAUSTED',
    message: expect.stringContaining('gap: SOURCE_FAILED'),
    details: { fragment: 3, index: 0 },
  })
})

it('takes what the caller holds, after the same checks', async () => {
  const right = await new Array(40).fill(0).map((_, i) => pieces[i]?.answer(0) as SegmentResponse)
  const shelf = library()
  const faults: SourceFault[] = []
  const resumed = many([shelf], {
    onRejected: fault => faults.push(fault),
    async have({ fragment, index, offset, length }) {
      expect([index, offset, length]).toEqual([0, fragment * 256, 256])
      if (fragment >= 30) return undefined
      return fragment === 5 ? { ...(right[5] as SegmentResponse), data: new Uint8Array(256) } : right[fragment]
    },
  })
  const from = new Map<string | undefined, number>()
  for await (const { source } of resumed.segments()) from.set(source, (from.get(source) ?? 0) + 1)
  expect(from).toEqual(
    new Map([
      [undefined, 29],
      ['library', 11],
    ]),
  )
  expect(faults).toMatchObject([{ source: undefined, fragment: 5, code: 'CONTENT_MISMATCH' }])
  expect(shelf.asked.length).toBe(11)
  const failing = many([shelf], { have: () => Promise.reject(new Error('disk')) })
  await expect(failing.segment(0)).rejects.toThrow('disk')
})

it('reports progress and passes on what a callback throws', async () => {
  const events: number[] = []
  const watched = many([library()], { onProgress: ({ done }) => events.push(done) })
  await watched.read(0, 1000)
  expect(events.at(-1)).toBe(1000)
  const onRejected = () => {
    throw new Error('no more')
  }
  await expect(many([source('liar', () => 0)], { onRejected }).read(0, 1)).rejects.toThrow('no more')
})

it('refuses what is no download', async () => {
  const { root, size } = small
  const sources = [honest(small)]
  const rows: [unknown, string][] = [
    [undefined, 'INVALID_ARGUMENT'],
    [{ root, size }, 'INVALID_ARGUMENT'],
    [{ root, size, sources: [] }, 'INVALID_ARGUMENT'],
    [{ root, size, sources: [{}] }, 'INVALID_ARGUMENT'],
    [{ root, size, sources: [null] }, 'INVALID_ARGUMENT'],
    [{ root, size, sources: [{ name: 'a', fetchSegment: 1 }] }, 'INVALID_ARGUMENT'],
    [{ root, size: 0, sources }, 'EMPTY_INPUT'],
    [{ root, size: -1, sources }, 'RANGE'],
    [{ root: '0x', size, sources }, 'BUFFER_LENGTH'],
    [{ root: 'text', size, sources }, 'INVALID_HEX'],
    [{ size, sources }, 'INVALID_ARGUMENT'],
    [{ fragments: [], sources }, 'INVALID_ARGUMENT'],
    [
      {
        fragments: [
          { root, size: 2 ** 53 - 1 },
          { root, size },
        ],
        sources,
      },
      'RANGE',
    ],
    [{ root, size, sources, concurrency: 0 }, 'RANGE'],
    [{ root, size, sources, attempts: 0 }, 'RANGE'],
    [{ root, size, sources, idleTimeoutMs: 0 }, 'RANGE'],
    [{ root, size, sources, idleTimeoutMs: 2 ** 31 }, 'RANGE'],
  ]
  for (const [i, [options, code]] of rows.entries()) {
    expect(await codeOf(() => new Download(options as DownloadOptions)), `row ${i}`).toBe(code)
  }
  const huge = new Download({ root, size: 2 ** 40, sources })
  expect(await codeOf(() => huge.read(0, 2 ** 30 + 1))).toBe('LIMIT_EXCEEDED')
})

it('verifying() passes only what is right, in order and to the end', async () => {
  const file = fileOf(SEGMENT + 300)
  const pass = (answers: readonly unknown[]) => {
    const rest = [...answers]
    const input = new ReadableStream<SegmentResponse>({
      pull(controller) {
        const next = rest.shift()
        if (next === undefined) controller.close()
        else controller.enqueue(next as SegmentResponse)
      },
    })
    return collect(input.pipeThrough(verifying(file)))
  }
  const [first, second] = [file.answer(0), file.answer(1)]
  expect(equalBytes(await pass([first, second]), file.bytes)).toBe(true)
  const rows: [unknown[], string][] = [
    [[second, first], 'PROOF_DEPTH INDEX_MISMATCH CONTENT_LENGTH'],
    [[first, first], 'PROOF_DEPTH INDEX_MISMATCH CONTENT_LENGTH'],
    [[first], 'CONTENT_LENGTH'],
    [[first, second, second], 'INDEX_RANGE'],
    [[{ ...first, data: first.data.map(byte => byte ^ 1) }, second], 'CONTENT_MISMATCH'],
    [[7], 'INVALID_ARGUMENT'],
  ]
  for (const [answers, codes] of rows) expect(codes.split(' ')).toContain(await codeOf(() => pass(answers)))
  expect(await codeOf(() => verifying({ root: file.root, size: 0 }))).toBe('EMPTY_INPUT')
})
