//! What the programs of the benchmark share: a request in, seconds and a check value out; the processor's clock.
#![forbid(unsafe_code)]

mod clock;
mod measure;
mod shape;
mod tree;

pub use clock::{CLOCK_STEPS, cycle, run_clock};
pub use measure::{Request, aligned, measure, measure_on};
pub use shape::Shape;
pub use tree::{merkle_root, sectors_of};

use tiny_keccak::{Hasher, Keccak, Sha3};

/// Keccak-256 of parts that make up one message, by tiny-keccak.
pub fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    parts.iter().for_each(|part| hasher.update(part));
    let mut digest = [0; 32];
    hasher.finalize(&mut digest);
    digest
}

/// SHA3-256 by tiny-keccak: check values, which Node makes by itself too.
fn check_value(result: &[u8]) -> String {
    let mut hasher = Sha3::v256();
    hasher.update(result);
    let mut digest = [0; 32];
    hasher.finalize(&mut digest);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
