use zgkit_core::{Code, Error, Result};

/// Checks that `messages` holds one message of `length` bytes for each `DIGEST` bytes of `out`.
pub(crate) fn check<const DIGEST: usize>(messages: &[u8], length: usize, out: &[u8]) -> Result<()> {
    let whole = out.len() / DIGEST;
    if !out.len().is_multiple_of(DIGEST) {
        return Err(Error::mismatch(Code::BufferLength, (whole * DIGEST) as u64, out.len() as u64));
    }
    match whole.checked_mul(length) {
        Some(expected) if expected == messages.len() => Ok(()),
        expected => Err(Error::mismatch(
            Code::BufferLength,
            expected.map_or(u64::MAX, |bytes| bytes as u64),
            messages.len() as u64,
        )),
    }
}
