//! Sealing and mining: `zgkit-pora`.

use crate::memory::{input, output};
use crate::status;

/// Seals pieces of 4096 bytes, piece `k` at flow sector `start_sector + 16 k`; as many bytes out.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn seal(
    plain: *const u8,
    plain_length: usize,
    miner_id: *const u8,
    miner_id_length: usize,
    context_digest: *const u8,
    context_digest_length: usize,
    start_sector: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let plain = unsafe { input(plain, plain_length) };
    // SAFETY: the caller vouches for it.
    let miner_id = unsafe { input(miner_id, miner_id_length) };
    // SAFETY: the caller vouches for it.
    let context_digest = unsafe { input(context_digest, context_digest_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_pora::seal_record(plain, miner_id, context_digest, start_sector, out))
}

/// Undoes `seal`.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn unseal(
    sealed: *const u8,
    sealed_length: usize,
    miner_id: *const u8,
    miner_id_length: usize,
    context_digest: *const u8,
    context_digest_length: usize,
    start_sector: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let sealed = unsafe { input(sealed, sealed_length) };
    // SAFETY: the caller vouches for it.
    let miner_id = unsafe { input(miner_id, miner_id_length) };
    // SAFETY: the caller vouches for it.
    let context_digest = unsafe { input(context_digest, context_digest_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_pora::unseal_record(sealed, miner_id, context_digest, start_sector, out))
}

/// Scratch pads of nonces `first` to `first + count - 1` of a job, and where they lead; 16,488 bytes out for each.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn seek(
    job: *const u8,
    job_length: usize,
    first: f64,
    count: f64,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let job = unsafe { input(job, job_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_pora::seek_record(job, first, count, out))
}

/// Tries the seals of loads, with rows that `seek` gave; 8 bytes out for each load, the bitmap of the seals that win.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mix(
    job: *const u8,
    job_length: usize,
    rows: *const u8,
    rows_length: usize,
    loads: *const u8,
    loads_length: usize,
    available: *const u8,
    available_length: usize,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let job = unsafe { input(job, job_length) };
    // SAFETY: the caller vouches for it.
    let rows = unsafe { input(rows, rows_length) };
    // SAFETY: the caller vouches for it.
    let loads = unsafe { input(loads, loads_length) };
    // SAFETY: the caller vouches for it.
    let available = unsafe { input(available, available_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_pora::mix_record(job, rows, loads, available, out))
}

/// Every value on the way to a PoRA hash; 256 bytes out.
///
/// # Safety
/// Pointers and lengths as in [`input`] and [`output`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pora_steps(
    header: *const u8,
    header_length: usize,
    seal_offset: *const u8,
    seal_offset_length: usize,
    sealed: *const u8,
    sealed_length: usize,
    out: *mut u8,
    out_length: usize,
) -> u32 {
    // SAFETY: the caller vouches for it.
    let header = unsafe { input(header, header_length) };
    // SAFETY: the caller vouches for it.
    let seal_offset = unsafe { input(seal_offset, seal_offset_length) };
    // SAFETY: the caller vouches for it.
    let sealed = unsafe { input(sealed, sealed_length) };
    // SAFETY: the caller vouches for it.
    let out = unsafe { output(out, out_length) };
    status(zgkit_pora::pora_steps_record(header, seal_offset, sealed, out))
}
