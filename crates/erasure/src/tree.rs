//! Hashes of chunks and the trees over them (SPEC.md section 12, Commitment).

use zgkit_core::limits::MAX_CALL_BYTES;
use zgkit_core::size::{HASH_BYTES, MAX_CHUNK_BYTES};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::{blake2b512, blake2b512_many};
use zgkit_merkle::{levels_bytes, path};

use crate::Hash;

/// What a node's message begins with.
const NODE_TAG: [u8; HASH_BYTES] = *b"zgkit erasure node\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Bytes of a node's message: tag and both children.
const NODE_BYTES: usize = 3 * HASH_BYTES;

/// Messages of one call that hashes many.
const BATCH: usize = 64;

/// The first 32 bytes of BLAKE2b-512.
pub(crate) fn hash(message: &[u8]) -> Hash {
    truncate(&blake2b512(message))
}

fn truncate(digest: &[u8; 2 * HASH_BYTES]) -> Hash {
    let (hash, _) = digest.split_at(HASH_BYTES);
    hash.try_into().expect("half a digest is a hash")
}

/// Hashes of messages of `length` bytes each, 32 bytes a message into `out`.
fn hash_many(messages: &[u8], length: usize, out: &mut [u8]) {
    let mut digests = [[0; 2 * HASH_BYTES]; BATCH];
    for (messages, out) in messages.chunks(BATCH * length).zip(out.chunks_mut(BATCH * HASH_BYTES)) {
        let digests = &mut digests[..out.len() / HASH_BYTES];
        blake2b512_many(messages, length, digests.as_flattened_mut()).expect("a digest for each message");
        for (hash, digest) in out.as_chunks_mut::<HASH_BYTES>().0.iter_mut().zip(digests) {
            *hash = truncate(digest);
        }
    }
}

/// The leaves of chunks of `chunk_bytes` each, one after the other.
///
/// # Errors
/// `RANGE` for chunks of 0 bytes or more than 1 MiB, `LIMIT_EXCEEDED` above 1 GiB in all, `BUFFER_LENGTH` unless `out` has
/// 32 bytes for each chunk, `EMPTY_INPUT` without chunks.
pub fn chunk_hashes(chunks: &[u8], chunk_bytes: usize, out: &mut [u8]) -> Result<()> {
    check(chunks, chunk_bytes, out)?;
    hash_many(chunks, chunk_bytes, out);
    Ok(())
}

/// As [`chunk_hashes`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`chunk_hashes`].
#[cfg(feature = "parallel")]
pub fn par_chunk_hashes(chunks: &[u8], chunk_bytes: usize, out: &mut [u8]) -> Result<()> {
    use rayon::prelude::*;
    /// Chunks that one thread takes at a time: a full group of the widest lanes.
    const SHARE: usize = 8;
    check(chunks, chunk_bytes, out)?;
    let parts = chunks.par_chunks(SHARE * chunk_bytes).zip(out.par_chunks_mut(SHARE * HASH_BYTES));
    parts.for_each(|(chunks, out)| hash_many(chunks, chunk_bytes, out));
    Ok(())
}

fn check(chunks: &[u8], chunk_bytes: usize, out: &[u8]) -> Result<()> {
    if chunk_bytes == 0 || chunk_bytes > MAX_CHUNK_BYTES {
        return Err(Error::mismatch(Code::Range, MAX_CHUNK_BYTES as u64, chunk_bytes as u64));
    }
    if chunks.is_empty() {
        return Err(Error::plain(Code::EmptyInput));
    }
    if chunks.len() > MAX_CALL_BYTES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, chunks.len() as u64));
    }
    let count = chunks.len() / chunk_bytes;
    for (expected, got) in [(count * chunk_bytes, chunks.len()), (count * HASH_BYTES, out.len())] {
        if expected != got {
            return Err(Error::mismatch(Code::BufferLength, expected as u64, got as u64));
        }
    }
    Ok(())
}

/// Every level above `nodes` (32-byte hashes, one after the other), bottom to top, into `out`; the last hash is the root.
/// An unpaired node is repeated on the level above. Nothing for one node.
///
/// # Errors
/// `EMPTY_INPUT` without nodes, `LIMIT_EXCEEDED` above 1 GiB; `BUFFER_LENGTH` unless `nodes` is whole hashes and `out` has
/// [`levels_bytes`].
pub fn levels(nodes: &[u8], out: &mut [u8]) -> Result<()> {
    if nodes.is_empty() {
        return Err(Error::plain(Code::EmptyInput));
    }
    if nodes.len() > MAX_CALL_BYTES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, nodes.len() as u64));
    }
    let count = nodes.len() / HASH_BYTES;
    for (expected, got) in [(count * HASH_BYTES, nodes.len()), (levels_bytes(count), out.len())] {
        if expected != got {
            return Err(Error::mismatch(Code::BufferLength, expected as u64, got as u64));
        }
    }
    let mut messages = [[0; NODE_BYTES]; BATCH];
    for message in &mut messages {
        message[..HASH_BYTES].copy_from_slice(&NODE_TAG);
    }
    let (mut below, mut rest) = (nodes, out);
    while below.len() > HASH_BYTES {
        let (level, above) = rest.split_at_mut((below.len() / HASH_BYTES).div_ceil(2) * HASH_BYTES);
        let (pairs, unpaired) = below.as_chunks::<{ 2 * HASH_BYTES }>();
        for (pairs, hashes) in pairs.chunks(BATCH).zip(level.chunks_mut(BATCH * HASH_BYTES)) {
            for (message, pair) in messages.iter_mut().zip(pairs) {
                message[HASH_BYTES..].copy_from_slice(pair);
            }
            let hashes = &mut hashes[..pairs.len() * HASH_BYTES];
            hash_many(messages[..pairs.len()].as_flattened(), NODE_BYTES, hashes);
        }
        level[pairs.len() * HASH_BYTES..].copy_from_slice(unpaired);
        (below, rest) = (level, above);
    }
    Ok(())
}

/// The root over nodes, of which there is one at least.
pub(crate) fn root(nodes: &[u8]) -> Hash {
    let mut above = vec![0; levels_bytes(nodes.len() / HASH_BYTES)];
    levels(nodes, &mut above).expect("the buffer has the length of the levels");
    let top = if above.is_empty() { nodes } else { &above[above.len() - HASH_BYTES..] };
    top.try_into().expect("one hash is left")
}

/// The siblings of a node from bottom to top, one after the other.
pub(crate) fn siblings(nodes: &[u8], index: usize) -> Vec<u8> {
    let mut above = vec![0; levels_bytes(nodes.len() / HASH_BYTES)];
    levels(nodes, &mut above).expect("the buffer has the length of the levels");
    let (mut level, mut rest, mut index) = (nodes, &above[..], index);
    let mut siblings = Vec::new();
    while level.len() > HASH_BYTES {
        if let Some(sibling) = level.as_chunks::<HASH_BYTES>().0.get(index ^ 1) {
            siblings.extend_from_slice(sibling);
        }
        (level, rest) = rest.split_at((level.len() / HASH_BYTES).div_ceil(2) * HASH_BYTES);
        index /= 2;
    }
    siblings
}

/// The root that a node at `index` of `count` has with these siblings, as many as its depth.
pub(crate) fn climb(node: Hash, index: u64, count: u64, siblings: &[u8]) -> Hash {
    let siblings = siblings.as_chunks::<HASH_BYTES>().0;
    path(index, count).into_iter().zip(siblings).fold(node, |node, (is_left, sibling)| {
        let (left, right) = if is_left { (&node, sibling) } else { (sibling, &node) };
        hash([NODE_TAG, *left, *right].as_flattened())
    })
}
