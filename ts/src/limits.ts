/** Bytes of a sector, the smallest unit of storage and the content of one leaf. */
export const SECTOR_BYTES = 256
/** Sectors of a full segment. */
export const SEGMENT_SECTORS = 1024
/** Bytes of a full segment (256 KiB). */
export const SEGMENT_BYTES = SECTOR_BYTES * SEGMENT_SECTORS
/** Tree height of a full segment. */
export const SEGMENT_HEIGHT = 10
/** Sectors of a seal, the unit that is sealed and that an answer shows. */
export const SEAL_SECTORS = 16
/** Bytes of a seal (4 KiB). */
export const SEAL_BYTES = SECTOR_BYTES * SEAL_SECTORS
/** Seals of a load: the 256 KiB that one nonce recalls are a segment of the flow, sealed. */
export const LOAD_SEALS = SEGMENT_SECTORS / SEAL_SECTORS
/** Most nonces of one call that seeks: 68 MB of pads. */
export const MAX_SEEK_NONCES = 2 ** 12
/** Bytes of a hash. */
export const HASH_BYTES = 32
/** Most siblings that a proof may carry. */
export const MAX_DEPTH = 64
/** Most siblings that a multi-proof may carry (2 MiB). */
export const MAX_SIBLINGS = 2 ** 16
/** Most leaves that one multi-proof may be about: 256 MiB of sectors. */
export const MAX_LEAVES = 2 ** 20
/** Heights of submission nodes are below this. */
export const MAX_NODE_HEIGHT = 64
/** Most bytes in one buffer of one kernel call (1 GiB). */
export const MAX_CALL_BYTES = 2 ** 30
/** Most threads of a pool. */
export const MAX_THREADS = 1024
/** Most shards of an erasure code, data and parity together. */
export const MAX_SHARDS = 256
/** Most square minors of a custom matrix that are checked. */
export const MAX_CHECKED_MINORS = 2 ** 16
/** Bytes of the smallest chunk of a stripe. */
export const MIN_CHUNK_BYTES = 2 ** 12
/** Bytes of the largest chunk of a stripe (1 MiB). */
export const MAX_CHUNK_BYTES = 2 ** 20
/** Bytes of a chunk unless told otherwise. */
export const CHUNK_BYTES = 2 ** 16
