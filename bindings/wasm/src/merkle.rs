//! Trees and proofs: `zgkit-merkle`.

use crate::memory::{input, output};
use crate::{length, status};

/// Roots of consecutive segments with `leaves` leaves in all; 32 bytes out for each segment.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn segment_roots(
    data: *const u8,
    data_length: usize,
    leaves: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let data = unsafe { input(data, data_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(length(leaves).and_then(|leaves| zgkit_merkle::segment_roots(data, leaves, out)))
}

/// Roots of the perfect subtrees of one segment, largest first; 32 bytes out for each set bit of `leaves`.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn peaks(
    data: *const u8,
    data_length: usize,
    leaves: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let data = unsafe { input(data, data_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(length(leaves).and_then(|leaves| zgkit_merkle::peaks(data, leaves, out)))
}

/// All levels above the given leaf hashes, bottom to top.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn merkle_levels(
    leaves: *const u8,
    leaves_length: usize,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let leaves = unsafe { input(leaves, leaves_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_merkle::merkle_levels(leaves, out))
}

/// Verifies an inclusion proof; the verdict record goes to `out`.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn verify_inclusion(
    root: *const u8,
    root_length: usize,
    content: *const u8,
    content_length: usize,
    lemma: *const u8,
    lemma_length: usize,
    path: *const u8,
    path_length: usize,
    index: f64,
    leaf_count: f64,
    content_bytes: f64,
    leaf_sectors: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let root = unsafe { input(root, root_length) };
    // SAFETY: the caller vouches for it.
    let content = unsafe { input(content, content_length) };
    // SAFETY: the caller vouches for it.
    let lemma = unsafe { input(lemma, lemma_length) };
    // SAFETY: the caller vouches for it.
    let path = unsafe { input(path, path_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    let place = [index, leaf_count, content_bytes, leaf_sectors];
    status(zgkit_merkle::verify_inclusion_record(root, content, lemma, path, place, out))
}
