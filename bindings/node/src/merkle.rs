//! Trees and proofs: `zgkit-merkle`.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8ArraySlice};
use napi_derive::napi;
use zgkit_core::size::{HASH_BYTES, SEGMENT_SECTORS};
use zgkit_merkle::{VERDICT_BYTES, levels_bytes};

use crate::call::{inline, length, pooled, sized};

/// Roots of consecutive segments with `leaves` leaves in all; 32 bytes out for each segment.
#[napi]
pub fn segment_roots_sync(data: Uint8ArraySlice, leaves: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&data], |out| zgkit_merkle::segment_roots(&data, length(leaves)?, out))
}

/// As `segmentRootsSync`, spread over the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn segment_roots<'env>(env: &'env Env, data: Uint8ArraySlice, leaves: f64) -> napi::Result<Object<'env>> {
    let data = data.to_vec();
    let roots = length(leaves).and_then(|leaves| sized(leaves.div_ceil(SEGMENT_SECTORS), HASH_BYTES));
    pooled(env, roots, move |out| zgkit_merkle::par_segment_roots(&data, length(leaves)?, out))
}

/// Roots of the perfect subtrees of one segment, largest first; 32 bytes out for each set bit of `leaves`.
#[napi]
pub fn peaks_sync(data: Uint8ArraySlice, leaves: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&data], |out| zgkit_merkle::peaks(&data, length(leaves)?, out))
}

/// As `peaksSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn peaks<'env>(env: &'env Env, data: Uint8ArraySlice, leaves: f64) -> napi::Result<Object<'env>> {
    let data = data.to_vec();
    let roots = length(leaves).and_then(|leaves| sized(leaves.count_ones() as usize, HASH_BYTES));
    pooled(env, roots, move |out| zgkit_merkle::peaks(&data, length(leaves)?, out))
}

/// All levels above the given leaf hashes, bottom to top.
#[napi]
pub fn merkle_levels_sync(leaves: Uint8ArraySlice, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&leaves], |out| zgkit_merkle::merkle_levels(&leaves, out))
}

/// As `merkleLevelsSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn merkle_levels<'env>(env: &'env Env, leaves: Uint8ArraySlice) -> napi::Result<Object<'env>> {
    let leaves = leaves.to_vec();
    let levels = levels_bytes(leaves.len() / HASH_BYTES);
    pooled(env, Ok(levels), move |out| zgkit_merkle::merkle_levels(&leaves, out))
}

/// Verifies an inclusion proof: content, lemma (32-byte hashes) and path (a byte for each sibling) against a root. The
/// place is the leaf's index, the tree's leaves, the content's bytes and the sectors under the leaf; the verdict record
/// goes to `out`.
#[napi]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn verify_inclusion_sync(
    root: Uint8ArraySlice,
    content: Uint8ArraySlice,
    lemma: Uint8ArraySlice,
    path: Uint8ArraySlice,
    index: f64,
    leaf_count: f64,
    content_bytes: f64,
    leaf_sectors: f64,
    out: Uint8ArraySlice,
) -> u32 {
    let place = [index, leaf_count, content_bytes, leaf_sectors];
    inline(out, &[&root, &content, &lemma, &path], |out| {
        zgkit_merkle::verify_inclusion_record(&root, &content, &lemma, &path, place, out)
    })
}

/// As `verifyInclusionSync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
#[allow(clippy::too_many_arguments, reason = "the kernel's flat form")]
pub fn verify_inclusion<'env>(
    env: &'env Env,
    root: Uint8ArraySlice,
    content: Uint8ArraySlice,
    lemma: Uint8ArraySlice,
    path: Uint8ArraySlice,
    index: f64,
    leaf_count: f64,
    content_bytes: f64,
    leaf_sectors: f64,
) -> napi::Result<Object<'env>> {
    let [root, content, lemma, path] = [root, content, lemma, path].map(|bytes| bytes.to_vec());
    let place = [index, leaf_count, content_bytes, leaf_sectors];
    pooled(env, Ok(VERDICT_BYTES), move |out| {
        zgkit_merkle::verify_inclusion_record(&root, &content, &lemma, &path, place, out)
    })
}
