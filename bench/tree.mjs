// @ts-check
/**
 * The 0G file root over any Keccak-256 function: what one writes by hand with a hash library.
 *
 * It is kind to the library: one buffer for all levels, both halves of a node side by side in it, and padding sectors
 * cost one hash a level instead of one each.
 */

const SECTOR = 256
const HASH = 32
/** Bytes read at once. */
const PORTION = 2 ** 20

/** @typedef {(message: Uint8Array) => Uint8Array} Hash */

/** @param {number} sectors */
export function paddedSectors(sectors) {
  const power = 2 ** Math.ceil(Math.log2(sectors))
  const unit = power >= 16 ? power / 16 : 1
  return Math.ceil(sectors / unit) * unit
}

/**
 * @param {Uint8Array} bytes
 * @param {Hash} hash
 * @returns {Uint8Array} the root, 32 bytes
 */
export function fileRootOver(bytes, hash) {
  const sectors = Math.ceil(bytes.length / SECTOR)
  const nodes = new Uint8Array(paddedSectors(sectors) * HASH)
  setLeaves(nodes, 0, bytes, hash)
  return rootOfLeaves(nodes, sectors, hash)
}

/**
 * As {@link fileRootOver} for a file on the disk, read in portions: only the hashes are all in memory.
 * @param {import('node:fs/promises').FileHandle} file
 * @param {Hash} hash
 * @returns {Promise<Uint8Array>} the root, 32 bytes
 */
export async function fileRootOfFile(file, hash) {
  const sectors = Math.ceil((await file.stat()).size / SECTOR)
  const nodes = new Uint8Array(paddedSectors(sectors) * HASH)
  const portion = new Uint8Array(PORTION)
  for (let position = 0; ; position += PORTION) {
    const { bytesRead } = await file.read(portion, 0, PORTION, position)
    setLeaves(nodes, position / SECTOR, portion.subarray(0, bytesRead), hash)
    if (bytesRead < PORTION) return rootOfLeaves(nodes, sectors, hash)
  }
}

/**
 * Hashes sectors, the last one filled up with zeros, to nodes from `first` on.
 * @param {Uint8Array} nodes
 * @param {number} first
 * @param {Uint8Array} bytes
 * @param {Hash} hash
 */
function setLeaves(nodes, first, bytes, hash) {
  const whole = Math.floor(bytes.length / SECTOR)
  for (let i = 0; i < whole; i += 1) nodes.set(hash(bytes.subarray(i * SECTOR, (i + 1) * SECTOR)), (first + i) * HASH)
  if (bytes.length > whole * SECTOR) {
    const last = new Uint8Array(SECTOR)
    last.set(bytes.subarray(whole * SECTOR))
    nodes.set(hash(last), (first + whole) * HASH)
  }
}

/**
 * @param {Uint8Array} nodes room for all leaves, those of the file's sectors set
 * @param {number} sectors
 * @param {Hash} hash
 */
function rootOfLeaves(nodes, sectors, hash) {
  let count = nodes.length / HASH
  // Nodes from zeroFrom on are known; once a node is promoted alone, there are at most 16 and all are hashed.
  let zeroFrom = sectors
  let zero = hash(new Uint8Array(SECTOR))
  const fill = () => {
    for (let i = zeroFrom; i < count; i += 1) nodes.set(zero, i * HASH)
  }
  fill()
  while (count > 1) {
    const pairs = Math.floor(count / 2)
    const even = count % 2 === 0
    const hashed = even ? Math.min(Math.ceil(zeroFrom / 2), pairs) : pairs
    for (let i = 0; i < hashed; i += 1) nodes.set(hash(nodes.subarray(2 * i * HASH, (2 * i + 2) * HASH)), i * HASH)
    if (!even) nodes.copyWithin(pairs * HASH, (count - 1) * HASH, count * HASH)
    count = Math.ceil(count / 2)
    if (even && hashed < pairs) {
      const pair = new Uint8Array(2 * HASH)
      pair.set(zero)
      pair.set(zero, HASH)
      zero = hash(pair)
      zeroFrom = hashed
      fill()
    } else zeroFrom = count
  }
  return nodes.slice(0, HASH)
}

/**
 * Root of a full binary tree whose pairs are sorted before they are hashed: what some libraries compute instead.
 * @param {Uint8Array} bytes a power of two of sectors
 * @param {Hash} hash
 * @returns {Uint8Array} the root, 32 bytes
 */
export function sortedPairsRootOver(bytes, hash) {
  let level = sectorHashes(bytes, hash)
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      hash(Buffer.concat(level.slice(2 * i, 2 * i + 2).sort(Buffer.compare))),
    )
  }
  return level[0] ?? new Uint8Array(HASH)
}

/**
 * @param {Uint8Array} bytes whole sectors
 * @param {Hash} hash
 */
export function sectorHashes(bytes, hash) {
  return Array.from({ length: bytes.length / SECTOR }, (_, i) => hash(bytes.subarray(i * SECTOR, (i + 1) * SECTOR)))
}
