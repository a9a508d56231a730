//! Hashing: `zgkit-hash`.

use crate::memory::{input, output};
use crate::{length, status};

/// Keccak-256 of messages of `message_length` bytes each; 32 bytes out for each.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn keccak256(
    messages: *const u8,
    messages_length: usize,
    message_length: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let messages = unsafe { input(messages, messages_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(length(message_length).and_then(|length| zgkit_hash::keccak256_many(messages, length, out)))
}

/// BLAKE2b-512 of messages of `message_length` bytes each; 64 bytes out for each.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn blake2b512(
    messages: *const u8,
    messages_length: usize,
    message_length: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let messages = unsafe { input(messages, messages_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(length(message_length).and_then(|length| zgkit_hash::blake2b512_many(messages, length, out)))
}
