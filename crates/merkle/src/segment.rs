//! Kernels over the bytes of segments.

use zgkit_core::limits::MAX_CALL_BYTES;
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::{keccak256, keccak256_many};

use crate::{Hash, tree::reduce, zero_root};

/// Roots of consecutive segments that together have `leaves` leaves, 32 bytes each into `out`.
///
/// `data` holds the sectors' bytes; what is missing up to `leaves` sectors counts as zero bytes. Every
/// segment has 1024 leaves, except that the last has the rest.
///
/// # Errors
/// `EMPTY_INPUT` for 0 leaves, `LIMIT_EXCEEDED` above 2^22 leaves (1 GiB), `BUFFER_LENGTH` if `data` has more
/// bytes than the leaves or `out` is not one hash for each segment.
pub fn segment_roots(data: &[u8], leaves: usize, out: &mut [u8]) -> Result<()> {
    check_segments(data, leaves, out)?;
    for (index, root) in out.chunks_exact_mut(HASH_BYTES).enumerate() {
        root.copy_from_slice(&nth_segment_root(data, leaves, index));
    }
    Ok(())
}

/// As [`segment_roots`], with the segments spread over the threads of the current rayon pool.
///
/// # Errors
/// As for [`segment_roots`].
#[cfg(feature = "parallel")]
pub fn par_segment_roots(data: &[u8], leaves: usize, out: &mut [u8]) -> Result<()> {
    use rayon::prelude::*;
    check_segments(data, leaves, out)?;
    out.par_chunks_exact_mut(HASH_BYTES)
        .enumerate()
        .for_each(|(index, root)| root.copy_from_slice(&nth_segment_root(data, leaves, index)));
    Ok(())
}

fn check_segments(data: &[u8], leaves: usize, out: &[u8]) -> Result<()> {
    check_leaves(data, leaves, MAX_CALL_BYTES / SECTOR_BYTES)?;
    check_out(out, leaves.div_ceil(SEGMENT_SECTORS))
}

/// Root of segment `index` of those that `leaves` leaves make up.
fn nth_segment_root(data: &[u8], leaves: usize, index: usize) -> Hash {
    let bytes =
        data.get(index * SEGMENT_BYTES..).map_or(&[][..], |rest| &rest[..rest.len().min(SEGMENT_BYTES)]);
    segment_root(bytes, (leaves - index * SEGMENT_SECTORS).min(SEGMENT_SECTORS))
}

/// Roots of the perfect subtrees that make up `leaves` leaves of one segment, largest first, 32 bytes each into `out`.
///
/// There is one for each set bit of `leaves`. They are the last nodes of the file's submission, and folding them
/// from the right gives the segment's root. Bytes missing from `data` count as zero.
///
/// # Errors
/// `EMPTY_INPUT` for 0 leaves, `LIMIT_EXCEEDED` above 1024, `BUFFER_LENGTH` as for [`segment_roots`].
pub fn peaks(data: &[u8], leaves: usize, out: &mut [u8]) -> Result<()> {
    check_leaves(data, leaves, SEGMENT_SECTORS)?;
    check_out(out, leaves.count_ones() as usize)?;

    let mut hashes = [0; SEGMENT_SECTORS * HASH_BYTES];
    let mut spare = [0; SEGMENT_SECTORS / 2 * HASH_BYTES];
    hash_sectors(data, &mut hashes[..leaves * HASH_BYTES]);
    let mut rest = &mut hashes[..];
    for (height, out) in peak_heights(leaves as u64).zip(out.chunks_exact_mut(HASH_BYTES)) {
        let (subtree, behind) = rest.split_at_mut(HASH_BYTES << height);
        out.copy_from_slice(&reduce(subtree, &mut spare));
        rest = behind;
    }
    Ok(())
}

/// Heights of the perfect subtrees that make up `leaves` leaves, highest first.
pub(crate) fn peak_heights(leaves: u64) -> impl Iterator<Item = u32> {
    (0..u64::BITS).rev().filter(move |height| leaves >> height & 1 == 1)
}

/// Root of one segment of `leaves` (1 to 1024) leaves; bytes missing from `data` count as zero.
///
/// Its hashes, 48 KiB, stay in the nearest caches; they are not handed from function to function, which would copy them.
pub(crate) fn segment_root(data: &[u8], leaves: usize) -> Hash {
    let mut hashes = [0; SEGMENT_SECTORS * HASH_BYTES];
    let mut spare = [0; SEGMENT_SECTORS / 2 * HASH_BYTES];
    let hashes = &mut hashes[..leaves * HASH_BYTES];
    hash_sectors(data, hashes);
    reduce(hashes, &mut spare)
}

/// Leaf hashes of the sectors of `data`, continued with zero sectors until `out` is full.
pub(crate) fn hash_sectors(data: &[u8], out: &mut [u8]) {
    let whole = data.len() / SECTOR_BYTES;
    let (full, ragged) = data.split_at(whole * SECTOR_BYTES);
    let (hashes, mut rest) = out.split_at_mut(whole * HASH_BYTES);
    keccak256_many(full, SECTOR_BYTES, hashes).expect("one sector for each digest");
    if !ragged.is_empty() {
        let mut sector = [0; SECTOR_BYTES];
        sector[..ragged.len()].copy_from_slice(ragged);
        let (last, zeros) = rest.split_at_mut(HASH_BYTES);
        last.copy_from_slice(&keccak256(&sector));
        rest = zeros;
    }
    let zero_leaf = zero_root(0).expect("height 0 is in range");
    for hash in rest.chunks_exact_mut(HASH_BYTES) {
        hash.copy_from_slice(&zero_leaf);
    }
}

fn check_leaves(data: &[u8], leaves: usize, limit: usize) -> Result<()> {
    if leaves == 0 {
        return Err(Error::plain(Code::EmptyInput));
    }
    if leaves > limit {
        return Err(Error::mismatch(Code::LimitExceeded, limit as u64, leaves as u64));
    }
    if data.len() > leaves * SECTOR_BYTES {
        return Err(Error::mismatch(Code::BufferLength, (leaves * SECTOR_BYTES) as u64, data.len() as u64));
    }
    Ok(())
}

fn check_out(out: &[u8], hashes: usize) -> Result<()> {
    if out.len() == hashes * HASH_BYTES {
        Ok(())
    } else {
        Err(Error::mismatch(Code::BufferLength, (hashes * HASH_BYTES) as u64, out.len() as u64))
    }
}
