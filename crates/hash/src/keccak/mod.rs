mod many;
mod permutation;
mod sponge;

pub use many::{keccak256, keccak256_many};
pub use sponge::keccak256_words;

/// Bytes of a Keccak-256 digest.
const DIGEST: usize = 32;
