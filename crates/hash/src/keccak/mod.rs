mod portable;

use zgkit_core::Result;

/// Bytes of a Keccak-256 digest.
const DIGEST: usize = 32;

/// Keccak-256 of one message (original padding `0x01`).
pub fn keccak256(message: &[u8]) -> [u8; DIGEST] {
    portable::keccak256(message)
}

/// Keccak-256 of many messages of `length` bytes each, stored one after the other.
///
/// `out` receives the 32-byte digests in the same order; its length says how many messages there are.
///
/// # Errors
/// `BUFFER_LENGTH` unless `out.len()` is a multiple of 32 and `messages.len() == length * out.len() / 32`.
pub fn keccak256_many(messages: &[u8], length: usize, out: &mut [u8]) -> Result<()> {
    crate::many::check::<DIGEST>(messages, length, out)?;
    for (index, digest) in out.chunks_exact_mut(DIGEST).enumerate() {
        digest.copy_from_slice(&keccak256(&messages[index * length..][..length]));
    }
    Ok(())
}
