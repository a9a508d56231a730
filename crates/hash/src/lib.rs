//! Keccak-256 and BLAKE2b-512, shaped for many equal-length messages at once.
//!
//! - [`keccak256`], [`keccak256_many`]: Keccak with the original padding `0x01` (Ethereum's, not NIST SHA3-256),
//! - [`blake2b512`], [`blake2b512_many`]: BLAKE2b (RFC 7693), 64-byte output, no key, salt or personalisation.
//!
//! The `*_many` functions are what callers with work to do should use: they are where instruction sets
//! that hash several messages in lanes take over. Each must equal the portable path bit for bit.
//!
//! ```
//! use zgkit_hash::{keccak256, keccak256_many};
//!
//! // Two 4-byte messages, stored one after the other.
//! let mut digests = [0u8; 64];
//! keccak256_many(b"abcdefgh", 4, &mut digests)?;
//! assert_eq!(digests[..32], keccak256(b"abcd"));
//! assert_eq!(digests[32..], keccak256(b"efgh"));
//! # Ok::<(), zgkit_core::Error>(())
//! ```
mod blake2b;
mod keccak;
#[allow(unsafe_code, reason = "instruction sets")]
pub mod lanes;
mod many;

pub use blake2b::{BLOCK_WORDS, Blake2b, blake2b512, blake2b512_many};
pub use keccak::{keccak256, keccak256_many, keccak256_words};
