//! The bottom crate of zgkit: what every other crate agrees on.
//!
//! - [`Code`] and [`Error`]: stable error codes with the numbers that explain them,
//! - [`limits`]: bounds that are checked before anything is allocated,
//! - [`size`]: the fixed sizes of the 0G storage network,
//! - [`count`]: the one door through which a JavaScript number becomes a count,
//! - [`Isa`]: which of the processor's instruction sets computes,
//! - [`U256`]: as much arithmetic on the contracts' 256-bit integers as the rules take.
//!
//! The crate depends on nothing, does no I/O and never panics on input.
//!
//! ```
//! use zgkit_core::{Code, Error, size};
//!
//! let error = Error::mismatch(Code::ContentLength, size::SECTOR_BYTES as u64, 64);
//! assert_eq!(error.code.as_str(), "CONTENT_LENGTH");
//! assert_eq!(error.to_string(), "CONTENT_LENGTH: expected 256, got 64");
//! ```
#![forbid(unsafe_code)]

mod count;
mod error;
mod isa;
pub mod limits;
pub mod size;
mod u256;

pub use count::count;
pub use error::{Code, Error, Result};
pub use isa::{Isa, Level};
pub use u256::U256;
