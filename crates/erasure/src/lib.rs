//! Reed-Solomon over GF(2^8) whose shards are committed to.
//!
//! - [`encode`], [`decode`]: a file to shard files with one commitment, and back from any that are good enough; stripe by
//!   stripe with [`StripeEncoder`] and [`StripeDecoder`],
//! - [`verify_evidence`]: what a decoder found out about a lying encoder, checked by anybody,
//! - [`unchecked`]: the codec itself, which believes every shard,
//! - [`ErasureCode`]: Vandermonde, Cauchy, or the caller's matrix, up to 256 shards,
//! - [`split`], [`join`]: bytes to data shards and back,
//! - [`chunk_hashes`], [`levels`] and the `*_record` functions: the kernels, as bindings call them.
//!
//! With the feature `parallel` those that work on whole shards have a form `par_…` that uses all threads of the current rayon
//! pool.
//!
//! SPEC.md section 12 defines every byte.
//!
//! ```
//! use zgkit_erasure::{ErasureCode, decode, encode};
//!
//! let file = b"hello, 0G".repeat(10_000);
//! let encoded = encode(&ErasureCode::vandermonde(10, 4)?, 4096, &file)?;
//!
//! // Any ten of the fourteen will do.
//! let kept: Vec<&[u8]> = encoded.files[4..].iter().map(Vec::as_slice).collect();
//! assert_eq!(decode(&encoded.commitment, &kept)?.data, file);
//!
//! // One byte changed is one chunk missing, and nine are too few.
//! let mut corrupt = encoded.files[13].clone();
//! *corrupt.last_mut().unwrap() ^= 1;
//! let shards: Vec<&[u8]> = kept[..9].iter().copied().chain([&corrupt[..]]).collect();
//! assert_eq!(decode(&encoded.commitment, &shards).unwrap_err().error.code.as_str(), "TOO_FEW_SHARDS");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(unsafe_code)]

mod code;
mod commitment;
mod custom;
mod decode;
mod encode;
#[allow(unsafe_code, reason = "instruction sets")]
mod engine;
mod evidence;
mod field;
mod frame;
mod layout;
mod points;
mod record;
mod tree;
pub mod unchecked;

pub use code::{ErasureCode, Kind};
pub use commitment::{DESCRIPTOR_BYTES, Descriptor, Header};
pub use decode::{Decoded, Fault, Refusal, Stripe, StripeDecoder, decode};
pub use encode::{Committed, Encoded, StripeEncoder, encode};
pub use evidence::verify_evidence;
pub use frame::{join, split};
pub use layout::Layout;
pub use record::{
    DIFFERENCE_BYTES, add_record, check_record, chunk_hashes_record, solve_record, verify_record,
};
#[cfg(feature = "parallel")]
pub use record::{par_add_record, par_chunk_hashes_record, par_solve_record, par_verify_record};
#[cfg(feature = "parallel")]
pub use tree::par_chunk_hashes;
pub use tree::{chunk_hashes, levels};

/// The first 32 bytes of a BLAKE2b-512 digest: leaf, root or commitment.
pub type Hash = [u8; zgkit_core::size::HASH_BYTES];
