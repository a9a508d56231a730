//! Erasure codes: `zgkit-erasure`.

use crate::memory::{input, output};
use crate::status;

/// Computes the wanted shards from the present ones; `shard_bytes` out for each.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_solve(
    shards: *const u8,
    shards_length: usize,
    present: *const u8,
    present_length: usize,
    wanted: *const u8,
    wanted_length: usize,
    matrix: *const u8,
    matrix_length: usize,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let shards = unsafe { input(shards, shards_length) };
    // SAFETY: the caller vouches for it.
    let present = unsafe { input(present, present_length) };
    // SAFETY: the caller vouches for it.
    let wanted = unsafe { input(wanted, wanted_length) };
    // SAFETY: the caller vouches for it.
    let matrix = unsafe { input(matrix, matrix_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    let shape = [code, data, parity, shard_bytes];
    status(zgkit_erasure::solve_record(shards, present, wanted, matrix, shape, out))
}

/// Adds to sums what the given shards contribute to the wanted ones; as many bytes out.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_add(
    sums: *const u8,
    sums_length: usize,
    shards: *const u8,
    shards_length: usize,
    given: *const u8,
    given_length: usize,
    present: *const u8,
    present_length: usize,
    wanted: *const u8,
    wanted_length: usize,
    matrix: *const u8,
    matrix_length: usize,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let sums = unsafe { input(sums, sums_length) };
    // SAFETY: the caller vouches for it.
    let shards = unsafe { input(shards, shards_length) };
    // SAFETY: the caller vouches for it.
    let given = unsafe { input(given, given_length) };
    // SAFETY: the caller vouches for it.
    let present = unsafe { input(present, present_length) };
    // SAFETY: the caller vouches for it.
    let wanted = unsafe { input(wanted, wanted_length) };
    // SAFETY: the caller vouches for it.
    let matrix = unsafe { input(matrix, matrix_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    let (lists, shape) = ([given, present, wanted], [code, data, parity, shard_bytes]);
    status(zgkit_erasure::add_record(sums, shards, lists, matrix, shape, out))
}

/// Compares the parity of all shards with their data; 16 bytes out.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_verify(
    shards: *const u8,
    shards_length: usize,
    matrix: *const u8,
    matrix_length: usize,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let shards = unsafe { input(shards, shards_length) };
    // SAFETY: the caller vouches for it.
    let matrix = unsafe { input(matrix, matrix_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    let shape = [code, data, parity, shard_bytes];
    status(zgkit_erasure::verify_record(shards, matrix, shape, out))
}

/// Checks a code, and the minors of a custom matrix; nothing out.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_check(
    matrix: *const u8,
    matrix_length: usize,
    code: f64,
    data: f64,
    parity: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let matrix = unsafe { input(matrix, matrix_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_erasure::check_record(matrix, [code, data, parity], out))
}

/// Leaves of chunks of `chunk_bytes` bytes each; 32 bytes out for each.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_chunk_hashes(
    chunks: *const u8,
    chunks_length: usize,
    chunk_bytes: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let chunks = unsafe { input(chunks, chunks_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_erasure::chunk_hashes_record(chunks, chunk_bytes, out))
}

/// All levels above the given nodes, bottom to top.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn erasure_levels(
    nodes: *const u8,
    nodes_length: usize,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let nodes = unsafe { input(nodes, nodes_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_erasure::levels(nodes, out))
}
