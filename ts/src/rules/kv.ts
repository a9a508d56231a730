import { asBytes, asObject, concatBytes, fromHex, type HashLike, type Hex, toHash, toHex } from '../bytes.js'
import { ZgkitError } from '../errors.js'
import { HASH_BYTES, MAX_KEY_BYTES, MAX_STREAM_ENTRIES, MAX_TAGS_BYTES } from '../limits.js'
import { malformed, Reader, requireLength } from './abi.js'
import { ADDRESS_BYTES, type AddressLike, toAddress } from './task.js'
import { bytes8, toUint, type Uint } from './uint.js'

/** What begins the tags of KV data: SHA-256 of the text `STREAM`. */
export const STREAM_DOMAIN: Hex = '0xdf2ff3bb0af36c6384e6206552a4ed807f6f6a26e7d0aa6bff772ddc9d4307aa'

/** Bytes, or hex text at the edge of a program. */
type Data = Uint8Array | Hex

/** A key that the writes depend on. */
export interface StreamRead {
  readonly streamId: HashLike
  /** 1 to 2^24 - 1 bytes. */
  readonly key: Data
}

/** A key and its new value, which may be empty. */
export interface StreamWrite extends StreamRead {
  readonly data: Data
}

/** Every kind of access control: its number, and which fields an entry of it has beside the stream's id. */
const CONTROLS = {
  grantAdmin: { type: 0x00, key: false, account: true },
  renounceAdmin: { type: 0x01, key: false, account: false },
  setKeySpecial: { type: 0x10, key: true, account: false },
  setKeyNormal: { type: 0x11, key: true, account: false },
  grantWrite: { type: 0x20, key: false, account: true },
  revokeWrite: { type: 0x21, key: false, account: true },
  renounceWrite: { type: 0x22, key: false, account: false },
  grantSpecialWrite: { type: 0x30, key: true, account: true },
  revokeSpecialWrite: { type: 0x31, key: true, account: true },
  renounceSpecialWrite: { type: 0x32, key: true, account: false },
} as const

/** A kind of access control. */
export type ControlKind = keyof typeof CONTROLS

/** A change of who may write what. A kind that has no key or no account has none here either. */
export interface StreamControl {
  readonly kind: ControlKind
  readonly streamId: HashLike
  readonly key?: Data | undefined
  readonly account?: AddressLike | undefined
}

/** What one submission does to KV streams (SPEC.md section 16): at most 65,536 entries in each list. */
export interface StreamData {
  /** What a KV node compares with the versions of the keys that are read and written (uint64). */
  readonly version: Uint
  readonly reads?: readonly StreamRead[] | undefined
  readonly writes?: readonly StreamWrite[] | undefined
  readonly controls?: readonly StreamControl[] | undefined
}

/** {@link StreamData} as it was read: bytes and bigints. */
export interface DecodedStreamData extends StreamData {
  readonly version: bigint
  readonly reads: readonly OwnRead[]
  readonly writes: readonly OwnWrite[]
  readonly controls: readonly OwnControl[]
}

interface OwnRead {
  readonly streamId: Uint8Array
  readonly key: Uint8Array
}
interface OwnWrite extends OwnRead {
  readonly data: Uint8Array
}
interface OwnControl extends StreamControl {
  readonly streamId: Uint8Array
  readonly key: Uint8Array | undefined
  readonly account: Uint8Array | undefined
}

/** Options of {@link encodeStreamData} and {@link streamTags}. */
export interface StreamOptions {
  /** Whether reads and writes are put in the order of stream id and key, and tags in that of the id. */
  readonly sort?: boolean | undefined
}

/**
 * KV data as a file has it.
 * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 65,536 entries in a list and for keys over 2^24 - 1 bytes, `EMPTY_INPUT` for an empty
 *   key, `INVALID_ARGUMENT` also for a control whose key or account its kind has not, or lacks; `RANGE`, `BUFFER_LENGTH`,
 *   `INVALID_HEX`, `DETACHED_BUFFER`
 */
export function encodeStreamData(data: StreamData, { sort = false }: StreamOptions = {}): Uint8Array {
  const { version, reads, writes, controls } = toStreamData(data)
  const ordered = <T extends OwnRead>(list: readonly T[]) => (sort ? [...list].sort(byKey) : list)
  const written = ordered(writes)
  return concatBytes([
    bytes8(version),
    big(reads.length, 4),
    ...ordered(reads).flatMap(({ streamId, key }) => [streamId, keyBytes(key)]),
    big(written.length, 4),
    ...written.flatMap(({ streamId, key, data }) => [streamId, keyBytes(key), bytes8(BigInt(data.length))]),
    ...written.map(({ data }) => data),
    big(controls.length, 4),
    ...controls.flatMap(({ kind, streamId, key, account }) => [
      Uint8Array.of(CONTROLS[kind].type),
      streamId,
      ...(key ? [keyBytes(key)] : []),
      ...(account ? [account] : []),
    ]),
  ])
}

/**
 * Reads KV data. Only the one form that {@link encodeStreamData} gives is taken, whatever the order of its entries.
 * @throws {ZgkitError} `LIMIT_EXCEEDED`, `EMPTY_INPUT` for an empty key, `DATA_FORMAT` for an unknown kind of control, `BUFFER_LENGTH` for
 *   bytes that are missing or left over; `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function decodeStreamData(encoded: Data): DecodedStreamData {
  const reader = new Reader(toBytes(encoded, 'encoded'))
  const version = reader.uint(8)
  const reads = readList(reader, 'reads', () => readKeyed(reader))
  const heads = readList(reader, 'writes', () => ({ ...readKeyed(reader), bytes: reader.uint(8) }))
  const due = heads.reduce((sum, { bytes }) => sum + bytes, 0n)
  // A sum first, so that one absurd length is seen before the data of others is copied.
  if (due > reader.left) requireLength(reader.at + Number(due), reader.at + reader.left)
  const writes = heads.map(({ streamId, key, bytes }) => ({ streamId, key, data: reader.bytes(Number(bytes)) }))
  const controls = readList(reader, 'controls', () => readControl(reader))
  reader.end()
  return { version, reads, writes, controls }
}

/**
 * The tags of a submission of KV data: {@link STREAM_DOMAIN} and the ids of the streams that it writes or controls, each once, in the
 * order in which they come.
 * @throws {ZgkitError} as {@link encodeStreamData}
 */
export function streamTags(data: StreamData, { sort = false }: StreamOptions = {}): Uint8Array {
  const { writes, controls } = toStreamData(data)
  const ids = new Set([...writes, ...controls].map(({ streamId }) => toHex(streamId)))
  const ordered = sort ? [...ids].sort() : [...ids]
  return concatBytes([STREAM_DOMAIN, ...ordered].map(fromHex))
}

/**
 * The ids of the streams that tags name, `undefined` if they are not the tags of KV data.
 * @throws {ZgkitError} `LIMIT_EXCEEDED` for more than 4 MiB, `INVALID_HEX`, `INVALID_ARGUMENT`, `DETACHED_BUFFER`
 */
export function streamIdsOf(tags: Data): Uint8Array[] | undefined {
  const length = typeof tags === 'string' ? tags.length / 2 - 1 : asBytes(tags, 'tags').length
  if (length > MAX_TAGS_BYTES) throw tooMany('bytes of tags', MAX_TAGS_BYTES, length)
  const bytes = toBytes(tags, 'tags')
  if (length % HASH_BYTES !== 0 || toHex(bytes.subarray(0, HASH_BYTES)) !== STREAM_DOMAIN) return undefined
  return Array.from({ length: length / HASH_BYTES - 1 }, (_, i) =>
    bytes.slice((i + 1) * HASH_BYTES, (i + 2) * HASH_BYTES),
  )
}

/** Reads KV data, each field once, limits first. */
function toStreamData(given: StreamData): DecodedStreamData {
  const { version, reads = [], writes = [], controls = [] } = asObject(given, 'data')
  return {
    version: toUint(version, 64, 'version'),
    reads: toList(reads, 'reads', read => {
      const { streamId, key } = asObject(read, 'read')
      return { streamId: toHash(streamId, 'streamId'), key: toKey(key) }
    }),
    writes: toList(writes, 'writes', write => {
      const { streamId, key, data } = asObject(write, 'write')
      return { streamId: toHash(streamId, 'streamId'), key: toKey(key), data: toBytes(data, 'data') }
    }),
    controls: toList(controls, 'controls', toControl),
  }
}

function toControl(given: StreamControl): OwnControl {
  const { kind, streamId, key, account } = asObject(given, 'control')
  const form = Object.hasOwn(CONTROLS, kind) ? CONTROLS[kind] : undefined
  if (form?.key !== (key !== undefined) || form.account !== (account !== undefined)) {
    throw new ZgkitError('INVALID_ARGUMENT', `no control ${String(kind)} with these fields`, { kind })
  }
  return {
    kind,
    streamId: toHash(streamId, 'streamId'),
    key: key === undefined ? undefined : toKey(key),
    account: account === undefined ? undefined : toAddress(account, 'account'),
  }
}

function toList<T, U>(list: readonly T[], name: string, read: (entry: T) => U): U[] {
  if (!Array.isArray(list)) throw new ZgkitError('INVALID_ARGUMENT', `${name} must be an array`, { name })
  if (list.length > MAX_STREAM_ENTRIES) throw tooMany(name, MAX_STREAM_ENTRIES, list.length)
  return Array.from(list as readonly T[], read)
}

function toKey(given: Data): Uint8Array {
  const key = toBytes(given, 'key')
  checkKey(key.length)
  return key
}

function checkKey(length: number): void {
  if (length === 0) throw new ZgkitError('EMPTY_INPUT', 'a key has at least one byte')
  if (length > MAX_KEY_BYTES) throw tooMany('bytes of a key', MAX_KEY_BYTES, length)
}

function toBytes(value: Data, name: string): Uint8Array {
  return typeof value === 'string' ? fromHex(value) : asBytes(value, name)
}

/** By stream id, then key: byte by byte, the shorter of two that begin alike first. */
function byKey(a: OwnRead, b: OwnRead): number {
  return compare(a.streamId, b.streamId) || compare(a.key, b.key)
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const place = a.findIndex((byte, i) => byte !== b[i])
  return place < 0 || place >= b.length ? a.length - b.length : (a[place] as number) - (b[place] as number)
}

/** The last `bytes` big-endian bytes of a count. */
function big(count: number, bytes: 3 | 4): Uint8Array {
  return bytes8(BigInt(count)).slice(-bytes)
}

/** A key behind its length. */
function keyBytes(key: Uint8Array): Uint8Array {
  return concatBytes([big(key.length, 3), key])
}

function readList<T>(reader: Reader, name: string, read: () => T): T[] {
  const count = Number(reader.uint(4))
  if (count > MAX_STREAM_ENTRIES) throw tooMany(name, MAX_STREAM_ENTRIES, count)
  const list = []
  // One by one: a count that the bytes do not bear out ends where they do.
  while (list.length < count) list.push(read())
  return list
}

function readKey(reader: Reader): Uint8Array {
  const length = Number(reader.uint(3))
  checkKey(length)
  return reader.bytes(length)
}

function readKeyed(reader: Reader): OwnRead {
  return { streamId: reader.bytes(HASH_BYTES), key: readKey(reader) }
}

function readControl(reader: Reader): OwnControl {
  const got = Number(reader.uint(1))
  const kind = (Object.keys(CONTROLS) as ControlKind[]).find(kind => CONTROLS[kind].type === got)
  if (!kind) throw malformed('the type of a control', 'a known one', got)
  return {
    kind,
    streamId: reader.bytes(HASH_BYTES),
    key: CONTROLS[kind].key ? readKey(reader) : undefined,
    account: CONTROLS[kind].account ? reader.bytes(ADDRESS_BYTES) : undefined,
  }
}

function tooMany(what: string, expected: number, got: number): ZgkitError {
  return new ZgkitError('LIMIT_EXCEEDED', `at most ${expected} ${what}, got ${got}`, { expected, got })
}
