//! Erasure codes: `zgkit-erasure`.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8ArraySlice};
use napi_derive::napi;
use zgkit_core::size::HASH_BYTES;
use zgkit_erasure::DIFFERENCE_BYTES;
use zgkit_merkle::levels_bytes;

use crate::aligned::Aligned;
use crate::call::{inline, length, pooled, sized};

/// Computes the wanted shards from the present ones; `shardBytes` out for each.
#[napi]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn erasure_solve_sync(
    shards: Uint8ArraySlice,
    present: Uint8ArraySlice,
    wanted: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: Uint8ArraySlice,
) -> u32 {
    let shape = [code, data, parity, shard_bytes];
    inline(out, &[&shards, &present, &wanted, &matrix], |out| {
        zgkit_erasure::solve_record(&shards, &present, &wanted, &matrix, shape, out)
    })
}

/// As `erasureSolveSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn erasure_solve<'env>(
    env: &'env Env,
    shards: Uint8ArraySlice,
    present: Uint8ArraySlice,
    wanted: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
) -> napi::Result<Object<'env>> {
    let shards = Aligned::copy(&shards);
    let [present, wanted, matrix] = [present, wanted, matrix].map(|bytes| bytes.to_vec());
    let shape = [code, data, parity, shard_bytes];
    let result = length(shard_bytes).and_then(|bytes| sized(wanted.len(), bytes));
    pooled(env, result, move |out| {
        zgkit_erasure::par_solve_record(&shards, &present, &wanted, &matrix, shape, out)
    })
}

/// Adds to sums what the given shards contribute to the wanted ones; as many bytes out.
#[napi]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn erasure_add_sync(
    sums: Uint8ArraySlice,
    shards: Uint8ArraySlice,
    given: Uint8ArraySlice,
    present: Uint8ArraySlice,
    wanted: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: Uint8ArraySlice,
) -> u32 {
    let shape = [code, data, parity, shard_bytes];
    inline(out, &[&sums, &shards, &given, &present, &wanted, &matrix], |out| {
        zgkit_erasure::add_record(&sums, &shards, [&given, &present, &wanted], &matrix, shape, out)
    })
}

/// As `erasureAddSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn erasure_add<'env>(
    env: &'env Env,
    sums: Uint8ArraySlice,
    shards: Uint8ArraySlice,
    given: Uint8ArraySlice,
    present: Uint8ArraySlice,
    wanted: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
) -> napi::Result<Object<'env>> {
    let [sums, shards] = [sums, shards].map(|bytes| Aligned::copy(&bytes));
    let [given, present, wanted, matrix] = [given, present, wanted, matrix].map(|bytes| bytes.to_vec());
    let shape = [code, data, parity, shard_bytes];
    let result = Ok(sums.len());
    pooled(env, result, move |out| {
        zgkit_erasure::par_add_record(&sums, &shards, [&given, &present, &wanted], &matrix, shape, out)
    })
}

/// Compares the parity of all shards with their data; 16 bytes out.
#[napi]
pub fn erasure_verify_sync(
    shards: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
    out: Uint8ArraySlice,
) -> u32 {
    let shape = [code, data, parity, shard_bytes];
    inline(out, &[&shards, &matrix], |out| zgkit_erasure::verify_record(&shards, &matrix, shape, out))
}

/// As `erasureVerifySync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn erasure_verify<'env>(
    env: &'env Env,
    shards: Uint8ArraySlice,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    shard_bytes: f64,
) -> napi::Result<Object<'env>> {
    let (shards, matrix) = (Aligned::copy(&shards), matrix.to_vec());
    let shape = [code, data, parity, shard_bytes];
    pooled(env, Ok(DIFFERENCE_BYTES), move |out| {
        zgkit_erasure::par_verify_record(&shards, &matrix, shape, out)
    })
}

/// Checks a code, and the minors of a custom matrix; nothing out.
#[napi]
pub fn erasure_check_sync(
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
    out: Uint8ArraySlice,
) -> u32 {
    inline(out, &[&matrix], |out| zgkit_erasure::check_record(&matrix, [code, data, parity], out))
}

/// As `erasureCheckSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn erasure_check<'env>(
    env: &'env Env,
    matrix: Uint8ArraySlice,
    code: f64,
    data: f64,
    parity: f64,
) -> napi::Result<Object<'env>> {
    let matrix = matrix.to_vec();
    pooled(env, Ok(0), move |out| zgkit_erasure::check_record(&matrix, [code, data, parity], out))
}

/// Leaves of chunks of `chunkBytes` bytes each; 32 bytes out for each.
#[napi]
pub fn erasure_chunk_hashes_sync(chunks: Uint8ArraySlice, chunk_bytes: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&chunks], |out| zgkit_erasure::chunk_hashes_record(&chunks, chunk_bytes, out))
}

/// As `erasureChunkHashesSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn erasure_chunk_hashes<'env>(
    env: &'env Env,
    chunks: Uint8ArraySlice,
    chunk_bytes: f64,
) -> napi::Result<Object<'env>> {
    let chunks = chunks.to_vec();
    let leaves = length(chunk_bytes).and_then(|bytes| sized(chunks.len() / bytes.max(1), HASH_BYTES));
    pooled(env, leaves, move |out| zgkit_erasure::par_chunk_hashes_record(&chunks, chunk_bytes, out))
}

/// All levels above the given nodes, bottom to top.
#[napi]
pub fn erasure_levels_sync(nodes: Uint8ArraySlice, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&nodes], |out| zgkit_erasure::levels(&nodes, out))
}

/// As `erasureLevelsSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn erasure_levels<'env>(env: &'env Env, nodes: Uint8ArraySlice) -> napi::Result<Object<'env>> {
    let nodes = nodes.to_vec();
    let levels = levels_bytes(nodes.len() / HASH_BYTES);
    pooled(env, Ok(levels), move |out| zgkit_erasure::levels(&nodes, out))
}
