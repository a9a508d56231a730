//! Sealing and mining: `zgkit-pora`.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8ArraySlice};
use napi_derive::napi;
use zgkit_core::limits::MAX_SEEK_NONCES;
use zgkit_pora::{SEEK_BYTES, STEPS_BYTES};

use crate::call::{inline, length, pooled, sized};

/// Seals pieces of 4096 bytes, piece `k` at flow sector `startSector + 16 k`; as many bytes out.
#[napi]
pub fn seal_sync(
    plain: Uint8ArraySlice,
    miner_id: Uint8ArraySlice,
    context_digest: Uint8ArraySlice,
    start_sector: f64,
    out: Uint8ArraySlice,
) -> u32 {
    inline(out, &[&plain, &miner_id, &context_digest], |out| {
        zgkit_pora::seal_record(&plain, &miner_id, &context_digest, start_sector, out)
    })
}

/// As `sealSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn seal<'env>(
    env: &'env Env,
    plain: Uint8ArraySlice,
    miner_id: Uint8ArraySlice,
    context_digest: Uint8ArraySlice,
    start_sector: f64,
) -> napi::Result<Object<'env>> {
    let [plain, miner_id, context_digest] = [plain, miner_id, context_digest].map(|bytes| bytes.to_vec());
    let length = Ok(plain.len());
    pooled(env, length, move |out| {
        zgkit_pora::par_seal_record(&plain, &miner_id, &context_digest, start_sector, out)
    })
}

/// Undoes `seal`.
#[napi]
pub fn unseal_sync(
    sealed: Uint8ArraySlice,
    miner_id: Uint8ArraySlice,
    context_digest: Uint8ArraySlice,
    start_sector: f64,
    out: Uint8ArraySlice,
) -> u32 {
    inline(out, &[&sealed, &miner_id, &context_digest], |out| {
        zgkit_pora::unseal_record(&sealed, &miner_id, &context_digest, start_sector, out)
    })
}

/// As `unsealSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn unseal<'env>(
    env: &'env Env,
    sealed: Uint8ArraySlice,
    miner_id: Uint8ArraySlice,
    context_digest: Uint8ArraySlice,
    start_sector: f64,
) -> napi::Result<Object<'env>> {
    let [sealed, miner_id, context_digest] = [sealed, miner_id, context_digest].map(|bytes| bytes.to_vec());
    let length = Ok(sealed.len());
    pooled(env, length, move |out| {
        zgkit_pora::par_unseal_record(&sealed, &miner_id, &context_digest, start_sector, out)
    })
}

/// Scratch pads of nonces `first` to `first + count - 1` of a job, and where they lead; 16,488 bytes out for each.
#[napi]
pub fn seek_sync(job: Uint8ArraySlice, first: f64, count: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&job], |out| zgkit_pora::seek_record(&job, first, count, out))
}

/// As `seekSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn seek<'env>(
    env: &'env Env,
    job: Uint8ArraySlice,
    first: f64,
    count: f64,
) -> napi::Result<Object<'env>> {
    let job = job.to_vec();
    // More nonces than a call may have are refused by the kernel, without memory for them.
    let rows = length(count).and_then(|count| sized(count.min(MAX_SEEK_NONCES), SEEK_BYTES));
    pooled(env, rows, move |out| zgkit_pora::par_seek_record(&job, first, count, out))
}

/// Tries the seals of loads, with rows that `seek` gave; 8 bytes out for each load, the bitmap of the seals that win.
#[napi]
pub fn mix_sync(
    job: Uint8ArraySlice,
    rows: Uint8ArraySlice,
    loads: Uint8ArraySlice,
    available: Uint8ArraySlice,
    out: Uint8ArraySlice,
) -> u32 {
    inline(out, &[&job, &rows, &loads, &available], |out| {
        zgkit_pora::mix_record(&job, &rows, &loads, &available, out)
    })
}

/// As `mixSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn mix<'env>(
    env: &'env Env,
    job: Uint8ArraySlice,
    rows: Uint8ArraySlice,
    loads: Uint8ArraySlice,
    available: Uint8ArraySlice,
) -> napi::Result<Object<'env>> {
    let [job, rows, loads, available] = [job, rows, loads, available].map(|bytes| bytes.to_vec());
    let bitmaps = sized(rows.len() / SEEK_BYTES, size_of::<u64>());
    pooled(env, bitmaps, move |out| zgkit_pora::par_mix_record(&job, &rows, &loads, &available, out))
}

/// Every value on the way to a PoRA hash; 256 bytes out.
#[napi]
pub fn pora_steps_sync(
    header: Uint8ArraySlice,
    seal_offset: Uint8ArraySlice,
    sealed: Uint8ArraySlice,
    out: Uint8ArraySlice,
) -> u32 {
    inline(out, &[&header, &seal_offset, &sealed], |out| {
        zgkit_pora::pora_steps_record(&header, &seal_offset, &sealed, out)
    })
}

/// As `poraStepsSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn pora_steps<'env>(
    env: &'env Env,
    header: Uint8ArraySlice,
    seal_offset: Uint8ArraySlice,
    sealed: Uint8ArraySlice,
) -> napi::Result<Object<'env>> {
    let [header, seal_offset, sealed] = [header, seal_offset, sealed].map(|bytes| bytes.to_vec());
    pooled(env, Ok(STEPS_BYTES), move |out| {
        zgkit_pora::pora_steps_record(&header, &seal_offset, &sealed, out)
    })
}
