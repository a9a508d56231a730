//! The kernels as a plain C ABI.
//!
//! Every operation takes its inputs as pointer and length, then its numbers as `f64` (JavaScript's own), then the
//! output as pointer and length, and returns a [`zgkit_core::Code`] as a number, 0 being success. Memory comes from
//! `zgkit_alloc`. One file for each domain; the list is the same in `bindings/node` and `ts/src/kernels.ts`.
#![allow(unsafe_code, reason = "the boundary is made of raw pointers")]

mod erasure;
mod hash;
mod memory;
mod merkle;
mod pora;

use zgkit_core::{Code, Result};

/// What an operation returns across the boundary.
fn status(result: Result<()>) -> u32 {
    result.map_or_else(|error| error.code as u32, |()| 0)
}

/// A JavaScript number as a length of this address space.
fn length(value: f64) -> Result<usize> {
    let value = zgkit_core::count(value)?;
    value.try_into().map_err(|_| zgkit_core::Error::mismatch(Code::LimitExceeded, usize::MAX as u64, value))
}

/// Panics, so that tests can watch what happens after a trap.
#[cfg(feature = "test-panic")]
#[unsafe(no_mangle)]
pub extern "C" fn force_panic() -> u32 {
    panic!("forced by a test");
}
