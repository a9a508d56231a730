//! The patterns of testdata/README.md.

use serde::Deserialize;
use sha3::{Digest, Keccak256};

/// How the bytes of a file are made.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Pattern {
    /// Byte `i` is `i * a + b` modulo 256.
    Affine {
        /// The step.
        a: usize,
        /// The first byte.
        b: usize,
    },
    /// [`keccak_pattern`].
    Keccak {
        /// What it is drawn from.
        seed: String,
    },
    /// Zeros.
    Zero,
}

impl Pattern {
    /// The first bytes of the pattern.
    pub fn bytes(&self, size: usize) -> Vec<u8> {
        match self {
            Self::Affine { a, b } => (0..size).map(|i| (i * a + b) as u8).collect(),
            Self::Keccak { seed } => keccak_pattern(seed, size),
            Self::Zero => vec![0; size],
        }
    }
}

/// The first bytes of the pattern `keccak`: block `j` of 32 bytes is the hash of the seed and `j`.
pub fn keccak_pattern(seed: &str, size: usize) -> Vec<u8> {
    let blocks = 0..size.div_ceil(32) as u64;
    let mut bytes: Vec<u8> = blocks.flat_map(|j| keccak(&[seed.as_bytes(), &j.to_be_bytes()])).collect();
    bytes.truncate(size);
    bytes
}

/// Keccak-256 of the parts in a row, by the crate sha3.
pub fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}
