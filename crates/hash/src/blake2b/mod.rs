mod portable;

use zgkit_core::Result;

/// Bytes of a BLAKE2b-512 digest.
const DIGEST: usize = 64;

/// BLAKE2b-512 of one message (RFC 7693, unkeyed).
pub fn blake2b512(message: &[u8]) -> [u8; DIGEST] {
    portable::blake2b512(message)
}

/// BLAKE2b-512 of many messages of `length` bytes each, stored one after the other.
///
/// `out` receives the 64-byte digests in the same order; its length says how many messages there are.
///
/// # Errors
/// `BUFFER_LENGTH` unless `out.len()` is a multiple of 64 and `messages.len() == length * out.len() / 64`.
pub fn blake2b512_many(messages: &[u8], length: usize, out: &mut [u8]) -> Result<()> {
    crate::many::check::<DIGEST>(messages, length, out)?;
    for (index, digest) in out.chunks_exact_mut(DIGEST).enumerate() {
        digest.copy_from_slice(&blake2b512(&messages[index * length..][..length]));
    }
    Ok(())
}
