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
