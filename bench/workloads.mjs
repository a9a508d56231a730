// @ts-check
/** What is measured, and with whom. How a kind of work is done stands in the module of that kind. */
import { answers } from './answers.mjs'
import { calibration } from './calibration.mjs'
import { disk } from './disk.mjs'
import { downloads } from './downloads.mjs'
import { commitmentHashes, encodings } from './encodings.mjs'
import { erasure } from './erasure.mjs'
import { hashes } from './hashes.mjs'
import { pora } from './pora.mjs'
import { proofs } from './proofs.mjs'
import { roots } from './roots.mjs'
import { seals } from './seals.mjs'
import {
  crate,
  npm,
  OURS,
  OURS_COMPILED,
  OURS_COMPILED_EVERY_THREAD,
  OURS_EVERY_THREAD,
  OURS_IN_PAGE,
  OURS_ON_WORKERS,
  OURS_VERIFY,
  SCALAR,
} from './subjects.mjs'

/** @typedef {import('./subjects.mjs').Subject} Subject */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {keyof typeof KINDS} kind
 * @property {string} [task] which of the kind's, as the programs call it
 * @property {number} bytes worked on by one call
 * @property {number} messages that these bytes are: hashes, nonces; figures are for one
 * @property {Speed} speed
 * @property {string} about
 * @property {boolean} [driven] also by the package benchmark
 * @property {readonly Subject[]} subjects
 * @property {number} rounds
 * @property {number} roundMs how long a subject's turn is in each round, at least one call
 *
 * @typedef {Omit<Workload, 'subjects' | 'rounds' | 'roundMs'>} Work what a process needs to know of it
 *
 * @typedef {'MB/s' | 'GB/s' | 'ops/s'} Speed
 *
 * @typedef {() => unknown} Operation gives bytes or pieces of bytes, or a promise of them
 *
 * @typedef {object} Kind
 * @property {(work: Work) => Uint8Array | Promise<Uint8Array>} input the bytes that every subject gets
 * @property {(input: Uint8Array) => Uint8Array} [toCheck] the input whose result is compared, where the timed one's says little
 * @property {(work: Work, input: Uint8Array, subject: Subject) => Uint8Array} [expected] what a subject must answer;
 *   where it is missing, what the scalar reference answers
 * @property {(work: Work, subject: Subject) => string | undefined} [referenceTask] what to ask the scalar reference for, unless the
 *   work's task; undefined: nothing
 * @property {boolean} [unchecked] there is nothing to compare
 * @property {(work: Work, input: Uint8Array, engine: import('./engine.mjs').OurEngine, subject: Subject) => Operation | Promise<Operation>} [ours]
 * @property {(work: Work, input: Uint8Array, subject: Subject) => Promise<Operation>} [rival] that Node runs
 */

export const KINDS = { answers, calibration, disk, downloads, erasure, hashes, pora, proofs, roots, seals }

const MIB = 2 ** 20
const LOAD = 262_144
/** Not a whole number of segments or sectors. */
const ODD = 12_345
/** Nonces in one call, each with a load of its own: 16 MiB. */
const NONCES = 64

const KECCAKS = ['@noble/hashes', 'hash-wasm', 'js-sha3'].map(name => npm(name))
const KECCAK_CRATES = [crate('sha3'), crate('keccak-asm'), crate('tiny-keccak')]
const KECCAKS_IN_PAGE = ['@noble/hashes', 'hash-wasm'].map(name => ({ ...npm(name), page: true }))
const SDK = ['MemData', 'Blob'].map(form => npm('@0gfoundation/0g-ts-sdk', form))

/** @param {number} bytes */
const sized = bytes => `${(bytes / MIB).toFixed(2)} MiB (${bytes.toLocaleString('en')} bytes) in memory`

/**
 * @param {object} options
 * @param {boolean} options.quick
 * @param {boolean} options.chromium whether there is one
 * @returns {Workload[]}
 */
export function workloads({ quick, chromium }) {
  const turns = quick ? { rounds: 2, roundMs: 150 } : { rounds: 5, roundMs: 600 }
  const downloaded = (quick ? 16 : 64) * MIB + ODD
  const [file, tree, page, large] = [8 * MIB + ODD, 4 * MIB, 16 * MIB + ODD, 128 * MIB + ODD]
  /** @type {Workload[]} */
  const all = [
    {
      name: 'calibration',
      kind: 'calibration',
      task: 'cycle',
      bytes: 0,
      messages: 131_072,
      speed: 'ops/s',
      about: 'one cycle: a chain of dependent additions and exclusive-ors',
      subjects: [{ ...SCALAR, form: 'cycle' }],
      ...turns,
    },
    {
      name: 'calibration',
      kind: 'calibration',
      task: 'permutation',
      bytes: 0,
      messages: 1000,
      speed: 'ops/s',
      about: 'one Keccak-f[1600] of tiny-keccak, one after the other',
      subjects: [{ ...SCALAR, form: 'permutation' }],
      ...turns,
    },
    {
      name: 'pora',
      kind: 'pora',
      task: 'pora',
      bytes: NONCES * LOAD,
      messages: NONCES,
      speed: 'ops/s',
      about: `nonces mined a second, 64 seals each: ${NONCES} a call, each over a load of its own, ${sized(NONCES * LOAD)}`,
      subjects: [...OURS_COMPILED, SCALAR],
      ...turns,
    },
    {
      name: 'seal',
      kind: 'seals',
      task: 'seal',
      bytes: LOAD,
      messages: 1,
      speed: 'MB/s',
      about: `one load sealed, ${sized(LOAD)}`,
      subjects: [...OURS_COMPILED, SCALAR],
      ...turns,
    },
    {
      name: 'unseal',
      kind: 'seals',
      task: 'unseal',
      bytes: LOAD,
      messages: 1,
      speed: 'MB/s',
      about: `one load unsealed, ${sized(LOAD)}`,
      subjects: [...OURS, SCALAR],
      ...turns,
    },
    {
      name: 'merkle',
      kind: 'roots',
      task: 'merkle',
      bytes: tree,
      messages: 1,
      speed: 'MB/s',
      about: `Keccak-256 Merkle root over 256-byte sectors, leaves hashed: ${sized(tree)}, a full tree without padding`,
      subjects: [
        ...OURS,
        SCALAR,
        ...KECCAK_CRATES.slice(0, 2),
        crate('rs_merkle'),
        ...KECCAKS,
        npm('merkletreejs'),
        {
          ...npm('@openzeppelin/merkle-tree'),
          remark: 'other work: leaves are hashed beforehand, pairs are sorted',
        },
      ],
      ...turns,
    },
    {
      name: 'keccak',
      kind: 'hashes',
      task: 'keccak256',
      bytes: 1024 * 256,
      messages: 1024,
      speed: 'ops/s',
      about: `Keccak-256 of messages of 256 bytes; ours takes 1024 in one call of the kernel, ${sized(1024 * 256)}`,
      driven: true,
      subjects: [...OURS, ...KECCAK_CRATES, ...KECCAKS, npm('keccak', 'addon'), npm('keccak', 'js'), npm('sha3')],
      ...turns,
    },
    {
      name: 'keccak-call',
      kind: 'hashes',
      task: 'keccak256',
      bytes: 256,
      messages: 1,
      speed: 'ops/s',
      about: 'Keccak-256 of one message of 256 bytes a call; ours is the call of the kernel',
      driven: true,
      subjects: [...OURS, ...KECCAKS, npm('keccak', 'addon'), npm('keccak', 'js'), npm('sha3')],
      ...turns,
    },
    {
      name: 'blake2b',
      kind: 'hashes',
      task: 'blake2b512',
      bytes: 64 * 4224,
      messages: 64,
      speed: 'ops/s',
      about: `BLAKE2b-512 of messages of 4224 bytes, as mining has them; ours takes 64 in one call of the kernel, ${sized(64 * 4224)}`,
      driven: true,
      subjects: [
        ...OURS,
        crate('blake2'),
        crate('blake2b_simd'),
        crate('blake2b_simd', 'hash_many'),
        npm('@noble/hashes'),
        npm('hash-wasm'),
        npm('blake2'),
        npm('node:crypto'),
      ],
      ...turns,
    },
    {
      name: 'file-root',
      kind: 'roots',
      task: 'file-root',
      bytes: file,
      messages: 1,
      speed: 'MB/s',
      about: `0G file root of ${sized(file)}`,
      subjects: [...OURS, ...OURS_EVERY_THREAD, ...KECCAKS, ...SDK],
      ...turns,
    },
    {
      name: 'file-root-disk',
      kind: 'disk',
      bytes: 64 * MIB,
      messages: 1,
      speed: 'MB/s',
      about: '0G file root of a file of 64 MiB, read from the disk (the system has it in memory)',
      subjects: [...OURS, ...OURS_EVERY_THREAD, ...KECCAKS.slice(0, 2), npm('@0gfoundation/0g-ts-sdk', 'ZgFile')],
      ...turns,
    },
    {
      name: 'verify-proof',
      kind: 'proofs',
      bytes: 256 + 20 * 32,
      messages: 1,
      speed: 'ops/s',
      about:
        'one sector proof of 20 levels verified, verifySectorSync; the rival hashes by hand and checks the root only',
      driven: true,
      subjects: [...OURS, ...OURS_VERIFY, npm('@noble/hashes')],
      ...turns,
    },
    {
      name: 'verify-answer',
      kind: 'answers',
      bytes: 4096,
      messages: 1,
      speed: 'ops/s',
      about: 'one mined answer verified, verifyAnswerSync',
      subjects: OURS,
      ...turns,
    },
    {
      name: 'download',
      kind: 'downloads',
      bytes: downloaded,
      messages: 1,
      speed: 'MB/s',
      about: `a file of ${sized(downloaded)} from a storage node over loopback, every segment verified`,
      subjects: [
        ...OURS.filter(({ isa }) => isa === undefined),
        ...OURS_EVERY_THREAD.slice(0, 1),
        { ...npm('@0gfoundation/0g-ts-sdk', 'Downloader'), remark: 'other work: nothing is verified' },
      ],
      ...turns,
    },
    ...encodings(turns, quick),
    ...commitmentHashes(turns),
  ]
  if (!quick) {
    const compiled = OURS_COMPILED.filter(({ isa }) => isa === undefined)
    all.push({
      name: 'file-root-disk-large',
      kind: 'disk',
      bytes: 1024 * MIB,
      messages: 1,
      speed: 'MB/s',
      about: 'the same of 1 GiB, without those that would take more than a minute for it',
      subjects: [...compiled, ...OURS_COMPILED_EVERY_THREAD, npm('hash-wasm')],
      ...turns,
    })
    all.push({
      name: 'file-root-large',
      kind: 'roots',
      task: 'file-root',
      bytes: large,
      messages: 1,
      speed: 'MB/s',
      about: `0G file root of ${sized(large)}: what threads bring`,
      subjects: [...compiled, ...OURS_COMPILED_EVERY_THREAD],
      ...turns,
    })
  }
  if (chromium) {
    all.push(
      {
        name: 'file-root-page',
        kind: 'roots',
        bytes: page,
        messages: 1,
        speed: 'MB/s',
        about: `0G file root in Chromium, ours on one worker and on two: ${sized(page)}`,
        subjects: [...OURS_ON_WORKERS, ...KECCAKS_IN_PAGE],
        ...turns,
      },
      {
        name: 'proof-page',
        kind: 'proofs',
        bytes: 256 + 20 * 32,
        messages: 1,
        speed: 'ops/s',
        about: 'a sector proof of 20 levels verified in Chromium, on the page’s own thread',
        subjects: [...OURS_IN_PAGE, ...OURS_VERIFY.map(subject => ({ ...subject, page: true })), ...KECCAKS_IN_PAGE],
        ...turns,
      },
    )
  }
  return all
}
