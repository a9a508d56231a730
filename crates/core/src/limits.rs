//! Limits on what callers may ask for, checked before anything is allocated.

/// Largest count accepted through the number API: 2^53 - 1, the largest integer that a
/// JavaScript number holds exactly.
pub const MAX_COUNT: u64 = (1 << 53) - 1;

/// Most siblings that an inclusion proof may carry. A tree of 2^64 leaves is 64 deep.
pub const MAX_DEPTH: usize = 64;

/// Most siblings that a multi-proof may carry (2 MiB).
pub const MAX_SIBLINGS: usize = 1 << 16;

/// Most leaves that one multi-proof may be about: 256 MiB of sectors.
pub const MAX_LEAVES: usize = 1 << 20;

/// Greatest height of a submission node plus one (the flow contract's `MAX_DEPTH`).
pub const MAX_NODE_HEIGHT: u32 = 64;

/// Most bytes that one kernel call takes in one buffer (1 GiB). Larger inputs are fed in stripes.
pub const MAX_CALL_BYTES: usize = 1 << 30;

/// Most shards of an erasure code over GF(2^8), data and parity together.
pub const MAX_SHARDS: usize = 256;

/// Most square minors of a custom matrix that are checked.
pub const MAX_CHECKED_MINORS: u64 = 1 << 16;

/// Most nonces of one call that seeks: 68 MB of pads.
pub const MAX_SEEK_NONCES: usize = 1 << 12;

/// Most bytes of a submission's tags (4 MiB): far more than a transaction holds.
pub const MAX_TAGS_BYTES: usize = 1 << 22;

/// Most epochs that one call steps through.
pub const MAX_EPOCH_STEPS: u64 = 1 << 16;

/// Most pricing chunks that one fee is spread over: 512 TiB.
pub const MAX_PRICING_CHUNKS: u64 = 1 << 16;

/// Most entries of each list of a KV stream's data.
pub const MAX_STREAM_ENTRIES: usize = 1 << 16;

/// Most bytes of a key of a KV stream.
pub const MAX_KEY_BYTES: usize = (1 << 24) - 1;
