//! Hashing: `zgkit-hash`.

use napi::Env;
use napi::bindgen_prelude::{Object, Uint8ArraySlice};
use napi_derive::napi;

use crate::call::{inline, length, pooled, sized};

/// Keccak-256 of messages of `messageLength` bytes each; 32 bytes out for each.
#[napi]
pub fn keccak256_sync(messages: Uint8ArraySlice, message_length: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&messages], |out| zgkit_hash::keccak256_many(&messages, length(message_length)?, out))
}

/// As `keccak256Sync`, on the pool.
#[napi(ts_return_type = "Promise<Uint8Array | number>")]
pub fn keccak256<'env>(
    env: &'env Env,
    messages: Uint8ArraySlice,
    message_length: f64,
) -> napi::Result<Object<'env>> {
    let messages = messages.to_vec();
    let digests = length(message_length).and_then(|length| sized(messages.len() / length.max(1), 32));
    pooled(env, digests, move |out| zgkit_hash::keccak256_many(&messages, length(message_length)?, out))
}

/// BLAKE2b-512 of messages of `messageLength` bytes each; 64 bytes out for each.
#[napi(js_name = "blake2b512Sync")]
pub fn blake2b512_sync(messages: Uint8ArraySlice, message_length: f64, out: Uint8ArraySlice) -> u32 {
    inline(out, &[&messages], |out| zgkit_hash::blake2b512_many(&messages, length(message_length)?, out))
}

/// As `blake2b512Sync`, on the pool.
#[napi(js_name = "blake2b512", ts_return_type = "Promise<Uint8Array | number>")]
pub fn blake2b512<'env>(
    env: &'env Env,
    messages: Uint8ArraySlice,
    message_length: f64,
) -> napi::Result<Object<'env>> {
    let messages = messages.to_vec();
    let digests = length(message_length).and_then(|length| sized(messages.len() / length.max(1), 64));
    pooled(env, digests, move |out| zgkit_hash::blake2b512_many(&messages, length(message_length)?, out))
}
