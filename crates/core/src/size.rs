//! Sizes of the 0G storage network (SPEC.md section 1) and of the erasure code (section 12).

/// Bytes of a sector, the smallest unit of storage and the content of one Merkle leaf.
pub const SECTOR_BYTES: usize = 256;

/// Sectors of a full segment.
pub const SEGMENT_SECTORS: usize = 1024;

/// Bytes of a full segment (256 KiB). The same size is called a load in mining.
pub const SEGMENT_BYTES: usize = SECTOR_BYTES * SEGMENT_SECTORS;

/// Tree height of a full segment: 2^10 sectors.
pub const SEGMENT_HEIGHT: u32 = SEGMENT_SECTORS.trailing_zeros();

/// Bytes of a hash: Keccak-256 output, root, lemma entry.
pub const HASH_BYTES: usize = 32;

/// Sectors of a seal, the unit that is sealed and that an answer shows.
pub const SEAL_SECTORS: usize = 16;

/// Bytes of a seal (4 KiB).
pub const SEAL_BYTES: usize = SECTOR_BYTES * SEAL_SECTORS;

/// Seals of a load.
pub const LOAD_SEALS: usize = SEGMENT_SECTORS / SEAL_SECTORS;

/// Least bytes of an erasure code's chunk.
pub const MIN_CHUNK_BYTES: usize = 1 << 12;

/// Most bytes of an erasure code's chunk.
pub const MAX_CHUNK_BYTES: usize = 1 << 20;

/// Bytes of an erasure code's chunk where nothing else is said (64 KiB).
pub const CHUNK_BYTES: usize = 1 << 16;
