//! What the programs of the benchmark share: a request in, seconds and a check value out; the processor's clock.
#![forbid(unsafe_code)]

mod clock;
mod measure;
mod tree;

pub use clock::{CLOCK_STEPS, cycle, run_clock};
pub use measure::{Request, measure};
pub use tree::{merkle_root, sectors_of};

use tiny_keccak::{Hasher, Keccak};

/// Keccak-256 of parts that make up one message, by tiny-keccak.
pub fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    parts.iter().for_each(|part| hasher.update(part));
    let mut digest = [0; 32];
    hasher.finalize(&mut digest);
    digest
}
