// @ts-check
/** Workloads of the erasure code: shapes, lengths of shards, and who takes part where. */
import { HASHED, INTO, OTHER_MATRIX } from './erasure.mjs'
import { crate, npm, OURS, OURS_CRATE, own } from './subjects.mjs'

/** @typedef {import('./subjects.mjs').Subject} Subject */

const KIB = 1024
const MIB = 1024 * KIB
const SHAPES = ['10+4', '17+3', '32+32']
const LENGTHS = [KIB, 16 * KIB, MIB, 16 * MIB]
/** Where all tiers are measured, and packages of npm. */
const EVERY_TIER = { shape: '10+4', lengths: [KIB, 16 * KIB, 64 * KIB, MIB] }

/** @param {Subject} subject @returns {Subject} */
const hashed = subject => ({
  ...subject,
  form: HASHED,
  remark: 'more work: also hashes all chunks, as a commitment does',
})
/** @param {Subject} subject @returns {Subject} */
const into = subject => ({ ...subject, form: INTO })

const native = OURS.filter(({ tier, isa }) => tier === 'native' && isa === undefined)
const inRust = [...OURS_CRATE, ...OURS_CRATE.slice(0, 1).map(hashed)]
const compiled = [crate('reed-solomon-erasure'), own('ISA-L', 'isa-l'), own('klauspost/reedsolomon', 'klauspost')]
const packages = [
  { ...npm('@ronomon/reed-solomon'), remark: OTHER_MATRIX },
  npm('@subspace/reed-solomon-erasure.wasm'),
  npm('wasm-reed-solomon-erasure'),
]

/** Native, and what else has the speed for any length. */
const FEW = [...inRust, ...native, ...native.map(into), ...native.map(hashed), ...compiled]
const ALL = [
  ...inRust,
  ...OURS,
  ...native.map(into),
  ...OURS.filter(({ isa }) => isa === undefined).map(hashed),
  ...compiled,
  ...packages,
]

/** A few of all, none of them everything. */
const QUICK = [
  { shape: '10+4', length: 16 * KIB, subjects: FEW },
  { shape: '10+4', length: 64 * KIB, subjects: ALL.filter(({ own, program }) => !own && !program) },
  { shape: '10+4', length: MIB, subjects: FEW },
]

/** @param {number} bytes */
const size = bytes => (bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / KIB} KiB`)

/**
 * @param {{rounds: number, roundMs: number}} turns
 * @param {boolean} quick
 * @returns {import('./workloads.mjs').Workload[]}
 */
export function encodings(turns, quick) {
  const everyTier = EVERY_TIER.lengths.map(length => ({ shape: EVERY_TIER.shape, length, subjects: ALL }))
  const rest = SHAPES.flatMap(shape => LENGTHS.map(length => ({ shape, length, subjects: FEW })))
  const more = rest.filter(({ shape, length }) => !everyTier.some(at => at.shape === shape && at.length === length))
  const wanted = quick ? QUICK : [...everyTier, ...more]
  return wanted.map(({ shape, length, subjects }) => ({
    name: `encode-${shape}-${size(length).replace(' ', '')}`,
    kind: 'erasure',
    task: `encode ${shape}`,
    bytes: Number(shape.split('+')[0]) * length,
    messages: 1,
    speed: 'GB/s',
    about: `parity of Reed-Solomon over GF(2^8), ${shape} shards of ${size(length)} in memory; GB/s of data`,
    subjects,
    ...turns,
  }))
}

/** Bytes hashed for the commitment of one stripe of 10+4 chunks of 64 KiB. */
const STRIPE = 14 * 64 * KIB

/**
 * The hashes that a commitment could use, over the same chunks.
 * @param {{rounds: number, roundMs: number}} turns
 * @returns {import('./workloads.mjs').Workload[]}
 */
export function commitmentHashes(turns) {
  const tasks = { blake2b: 'erasureChunkHashes', keccak: 'keccak256' }
  return Object.entries(tasks).map(([name, task]) => ({
    name: `commitment-hash-${name}`,
    kind: 'hashes',
    task,
    bytes: STRIPE,
    messages: 14,
    speed: 'GB/s',
    about: `14 chunks of 64 KiB hashed by the kernel ${task}`,
    subjects: OURS,
    ...turns,
  }))
}
