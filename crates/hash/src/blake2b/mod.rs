mod compression;
mod many;

pub use compression::{BLOCK_WORDS, Blake2b};
pub use many::{blake2b512, blake2b512_many};

/// Bytes of a BLAKE2b-512 digest.
const DIGEST: usize = 64;
