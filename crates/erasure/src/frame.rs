//! Data shards of any bytes, with the length in front (SPEC.md section 12, Framed shards).

use zgkit_core::limits::MAX_SHARDS;
use zgkit_core::{Code, Error, Result};

/// Bytes of the length.
const LENGTH_BYTES: usize = 8;

/// Cuts bytes into `shards` data shards of one length.
///
/// ```
/// use zgkit_erasure::{join, split};
///
/// let shards = split(b"hello, 0G", 3)?;
/// assert_eq!(shards[0], [9, 0, 0, 0, 0, 0]);
/// assert_eq!(join(&shards)?, b"hello, 0G");
/// # Ok::<(), zgkit_core::Error>(())
/// ```
///
/// # Errors
/// `RANGE` for no shards, `LIMIT_EXCEEDED` for more than 256.
pub fn split(data: &[u8], shards: usize) -> Result<Vec<Vec<u8>>> {
    check_count(shards)?;
    let length = shard_bytes(data.len() as u64, shards) as usize;
    let mut framed = Vec::with_capacity(shards * length);
    framed.extend_from_slice(&(data.len() as u64).to_le_bytes());
    framed.extend_from_slice(data);
    framed.resize(shards * length, 0);
    Ok(framed.chunks_exact(length).map(<[u8]>::to_vec).collect())
}

/// The bytes that were cut into these data shards. No corruption is detected, but only the one form is accepted.
///
/// # Errors
/// `RANGE` for no shards, `LIMIT_EXCEEDED` for more than 256; `BUFFER_LENGTH` unless all have one length; `CONTENT_LENGTH`
/// unless it is the one that belongs to the length in front; `PADDING_NONZERO` with the place of the first byte.
pub fn join<S: AsRef<[u8]>>(shards: &[S]) -> Result<Vec<u8>> {
    check_count(shards.len())?;
    let length = shards[0].as_ref().len();
    if let Some(other) = shards.iter().map(|shard| shard.as_ref().len()).find(|&other| other != length) {
        return Err(Error::mismatch(Code::BufferLength, length as u64, other as u64));
    }
    let mut data: Vec<u8> = shards.iter().flat_map(|shard| shard.as_ref()).copied().collect();
    let Some((size, _)) = data.split_first_chunk::<LENGTH_BYTES>() else {
        return Err(Error::mismatch(Code::ContentLength, shard_bytes(0, shards.len()), length as u64));
    };
    let size = u64::from_le_bytes(*size);
    let expected = shard_bytes(size, shards.len());
    if expected != length as u64 {
        return Err(Error::mismatch(Code::ContentLength, expected, length as u64));
    }
    // The length fits, so the size does too.
    let end = LENGTH_BYTES + size as usize;
    if let Some(place) = data[end..].iter().position(|&byte| byte != 0) {
        return Err(Error::mismatch(Code::PaddingNonzero, size, size + place as u64));
    }
    data.truncate(end);
    data.drain(..LENGTH_BYTES);
    Ok(data)
}

/// Length of each shard; for sizes past all memory, one that no shard has.
fn shard_bytes(size: u64, shards: usize) -> u64 {
    size.saturating_add(LENGTH_BYTES as u64).div_ceil(shards as u64)
}

fn check_count(shards: usize) -> Result<()> {
    match shards {
        0 => Err(Error::mismatch(Code::Range, 1, 0)),
        1..=MAX_SHARDS => Ok(()),
        _ => Err(Error::mismatch(Code::LimitExceeded, MAX_SHARDS as u64, shards as u64)),
    }
}
