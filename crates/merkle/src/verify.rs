//! Strict verification. Nothing in a proof is trusted: root, size and index are the caller's, directions and
//! depth follow from them, and the first check that fails is the verdict (SPEC.md section 4).

use zgkit_core::limits::MAX_DEPTH;
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

use crate::path::walk;
use crate::segment::segment_root;
use crate::tree::parent;
use crate::{FileLayout, Hash, Proof, depth};

/// Why a proof was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The first check that failed, with the numbers it compared.
    pub error: Error,
    /// The expected and the given hash, where hashes were compared.
    pub hashes: Option<[Hash; 2]>,
}

/// Accepted, or why not.
pub type Verdict = core::result::Result<(), Rejection>;

/// Where a piece of content is claimed to stand, as the verifier derives it from trusted values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the leaf.
    pub index: u64,
    /// Leaves of the tree: segments, or padded sectors.
    pub leaf_count: u64,
    /// Bytes that the content must have.
    pub content_bytes: usize,
    /// Sectors under the leaf (1 to 1024): the content, continued with zero sectors.
    pub leaf_sectors: usize,
}

/// Verifies that segment `index` of the file with this `root` and `size` has these bytes.
///
/// `data` is the segment's sectors with file bytes, the last one filled with zeros: 262,144 bytes except at the
/// file's end, none for a padding segment.
///
/// # Errors
/// The outer error is the caller's: `EMPTY_INPUT` for size 0. The verdict's codes, in check order: `LIMIT_EXCEEDED`,
/// `PROOF_FORMAT`, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`, `INDEX_MISMATCH`, `CONTENT_MISMATCH`,
/// `ROOT_MISMATCH`, `PADDING_NONZERO`.
pub fn verify_segment(root: &Hash, size: u64, index: u64, data: &[u8], proof: &Proof) -> Result<Verdict> {
    let layout = FileLayout::new(size)?;
    let place = Place {
        index,
        leaf_count: layout.segments,
        content_bytes: layout.segment_sectors(index) * SECTOR_BYTES,
        leaf_sectors: layout.segment_leaves(index).max(1),
    };
    let start = index.saturating_mul((SEGMENT_SECTORS * SECTOR_BYTES) as u64);
    verify_place(root, size, &place, start, data, proof)
}

/// Verifies that sector `index` of the padded file with this `root` and `size` has these 256 bytes.
///
/// # Errors
/// As for [`verify_segment`].
pub fn verify_sector(root: &Hash, size: u64, index: u64, sector: &[u8], proof: &Proof) -> Result<Verdict> {
    let layout = FileLayout::new(size)?;
    let place =
        Place { index, leaf_count: layout.padded_sectors, content_bytes: SECTOR_BYTES, leaf_sectors: 1 };
    let start = index.saturating_mul(SECTOR_BYTES as u64);
    verify_place(root, size, &place, start, sector, proof)
}

fn verify_place(
    root: &Hash,
    size: u64,
    place: &Place,
    start: u64,
    content: &[u8],
    proof: &Proof,
) -> Result<Verdict> {
    let path: Vec<u8> = proof.path.iter().map(|&is_left| is_left.into()).collect();
    let verdict = verify_inclusion(root, place, content, proof.lemma.as_flattened(), &path)?;
    Ok(verdict.and_then(|()| {
        // A root does not commit to the file's length: what lies past the trusted one must be zero.
        let file_bytes = size.saturating_sub(start).min(content.len() as u64) as usize;
        match content[file_bytes..].iter().position(|&byte| byte != 0) {
            None => Ok(()),
            Some(offset) => reject(Code::PaddingNonzero, size, start + (file_bytes + offset) as u64),
        }
    }))
}

/// The kernel under both: verifies content, lemma (32-byte hashes, one after the other) and path (a byte for each
/// sibling, 1 = the running node is the left child) against a root.
///
/// # Errors
/// The outer error is the caller's: `RANGE` unless `place` names 1 to 1024 sectors under the leaf and no more content
/// than they hold. Everything about content and proof is in the verdict.
pub fn verify_inclusion(
    root: &Hash,
    place: &Place,
    content: &[u8],
    lemma: &[u8],
    path: &[u8],
) -> Result<Verdict> {
    if !(1..=SEGMENT_SECTORS).contains(&place.leaf_sectors) {
        return Err(Error::mismatch(Code::Range, SEGMENT_SECTORS as u64, place.leaf_sectors as u64));
    }
    let room = place.leaf_sectors * SECTOR_BYTES;
    if place.content_bytes > room {
        return Err(Error::mismatch(Code::Range, room as u64, place.content_bytes as u64));
    }
    Ok(check(root, place, content, lemma, path))
}

fn check(root: &Hash, place: &Place, content: &[u8], lemma: &[u8], path: &[u8]) -> Verdict {
    let &Place { index, leaf_count, content_bytes, leaf_sectors } = place;
    if path.len() > MAX_DEPTH {
        return reject(Code::LimitExceeded, MAX_DEPTH as u64, path.len() as u64);
    }
    if lemma.len() > (MAX_DEPTH + 2) * HASH_BYTES {
        return reject(Code::LimitExceeded, MAX_DEPTH as u64 + 2, lemma.len().div_ceil(HASH_BYTES) as u64);
    }

    let entries = if path.is_empty() { 1 } else { path.len() + 2 };
    if lemma.len() != entries * HASH_BYTES {
        return reject(Code::ProofFormat, (entries * HASH_BYTES) as u64, lemma.len() as u64);
    }
    if let Some(&byte) = path.iter().find(|&&byte| byte > 1) {
        return reject(Code::ProofFormat, 1, byte.into());
    }

    if index >= leaf_count {
        return reject(Code::IndexRange, leaf_count, index);
    }
    if content.len() != content_bytes {
        return reject(Code::ContentLength, content_bytes as u64, content.len() as u64);
    }
    let depth = depth(index, leaf_count);
    if path.len() != depth as usize {
        return reject(Code::ProofDepth, depth.into(), path.len() as u64);
    }
    let walked = walk(path, leaf_count);
    if walked != Some(index) {
        return reject(Code::IndexMismatch, index, walked.unwrap_or(u64::MAX));
    }

    let mut hashes = lemma.chunks_exact(HASH_BYTES).map(|hash| {
        let hash: Hash = hash.try_into().expect("a chunk is one hash");
        hash
    });
    let first = hashes.next().expect("there is at least one entry");
    let leaf = segment_root(content, leaf_sectors);
    if first != leaf {
        return reject_hash(Code::ContentMismatch, first, leaf);
    }
    let mut node = leaf;
    for (&is_left, sibling) in path.iter().zip(&mut hashes) {
        node = if is_left == 1 { parent(&node, &sibling) } else { parent(&sibling, &node) };
    }
    let claimed = hashes.next().unwrap_or(first);
    for got in [claimed, node] {
        if got != *root {
            return reject_hash(Code::RootMismatch, *root, got);
        }
    }
    Ok(())
}

fn reject(code: Code, expected: u64, got: u64) -> Verdict {
    Err(Rejection { error: Error::mismatch(code, expected, got), hashes: None })
}

fn reject_hash(code: Code, expected: Hash, got: Hash) -> Verdict {
    Err(Rejection { error: Error::plain(code), hashes: Some([expected, got]) })
}
