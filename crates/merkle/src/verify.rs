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

impl From<Error> for Rejection {
    fn from(error: Error) -> Self {
        Self { error, hashes: None }
    }
}

impl core::fmt::Display for Rejection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for Rejection {}

/// Accepted, or why not.
pub type Verdict = core::result::Result<(), Rejection>;

/// Where a piece of content is claimed to stand, as the verifier derives it from trusted values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    index: u64,
    leaf_count: u64,
    content_bytes: usize,
    leaf_sectors: usize,
}

impl Place {
    /// Leaf `index` of a tree of `leaf_count` leaves. Its content has exactly `content_bytes` bytes, which zero bytes
    /// continue to the `leaf_sectors` (1 to 1024) sectors under the leaf.
    ///
    /// # Errors
    /// `RANGE` unless the leaf has 1 to 1024 sectors and room for its content.
    pub fn new(index: u64, leaf_count: u64, content_bytes: usize, leaf_sectors: usize) -> Result<Self> {
        if !(1..=SEGMENT_SECTORS).contains(&leaf_sectors) {
            return Err(Error::mismatch(Code::Range, SEGMENT_SECTORS as u64, leaf_sectors as u64));
        }
        let room = leaf_sectors * SECTOR_BYTES;
        if content_bytes > room {
            return Err(Error::mismatch(Code::Range, room as u64, content_bytes as u64));
        }
        Ok(Self { index, leaf_count, content_bytes, leaf_sectors })
    }

    /// Segment `index` of a file. Past the end there is no such leaf, and its sizes do not matter.
    fn segment(layout: &FileLayout, index: u64) -> Self {
        Self {
            index,
            leaf_count: layout.segments,
            content_bytes: layout.segment_sectors(index) * SECTOR_BYTES,
            leaf_sectors: layout.segment_leaves(index),
        }
    }

    /// Sector `index` of a padded file.
    fn sector(layout: &FileLayout, index: u64) -> Self {
        Self { index, leaf_count: layout.padded_sectors, content_bytes: SECTOR_BYTES, leaf_sectors: 1 }
    }
}

/// Verifies that segment `index` of the file with this `root` and `size` has these bytes.
///
/// `data` is the segment's sectors with file bytes, the last one filled with zeros: 262,144 bytes except at the
/// file's end, none for a padding segment.
///
/// # Errors
/// The first check that failed: `EMPTY_INPUT` for size 0, then `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`,
/// `CONTENT_LENGTH`, `PROOF_DEPTH`, `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH`, `PADDING_NONZERO`.
pub fn verify_segment(root: &Hash, size: u64, index: u64, data: &[u8], proof: &Proof) -> Verdict {
    let layout = FileLayout::new(size)?;
    let start = index.saturating_mul((SEGMENT_SECTORS * SECTOR_BYTES) as u64);
    verify_place(root, size, &Place::segment(&layout, index), start, data, proof)
}

/// Verifies that sector `index` of the padded file with this `root` and `size` has these 256 bytes.
///
/// # Errors
/// As for [`verify_segment`].
pub fn verify_sector(root: &Hash, size: u64, index: u64, sector: &[u8], proof: &Proof) -> Verdict {
    let layout = FileLayout::new(size)?;
    let start = index.saturating_mul(SECTOR_BYTES as u64);
    verify_place(root, size, &Place::sector(&layout, index), start, sector, proof)
}

fn verify_place(root: &Hash, size: u64, place: &Place, start: u64, content: &[u8], proof: &Proof) -> Verdict {
    let path: Vec<u8> = proof.path.iter().map(|&is_left| is_left.into()).collect();
    verify_inclusion(root, place, content, proof.lemma.as_flattened(), &path)?;
    check_padding(size, start, content)
}

/// A root does not commit to the file's length: what lies past the trusted one must be zero. `content` begins at byte
/// `start` of the file.
pub(crate) fn check_padding(size: u64, start: u64, content: &[u8]) -> Verdict {
    let file_bytes = size.saturating_sub(start).min(content.len() as u64) as usize;
    match content[file_bytes..].iter().position(|&byte| byte != 0) {
        None => Ok(()),
        Some(offset) => reject(Code::PaddingNonzero, size, start + (file_bytes + offset) as u64),
    }
}

/// The kernel under both: verifies content, lemma (32-byte hashes, one after the other) and path (a byte for each
/// sibling, 1 = the running node is the left child) against a root.
///
/// # Errors
/// As for [`verify_segment`], without `EMPTY_INPUT` and `PADDING_NONZERO`.
pub fn verify_inclusion(root: &Hash, place: &Place, content: &[u8], lemma: &[u8], path: &[u8]) -> Verdict {
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

pub(crate) fn reject(code: Code, expected: u64, got: u64) -> Verdict {
    Err(Error::mismatch(code, expected, got).into())
}

pub(crate) fn reject_hash(code: Code, expected: Hash, got: Hash) -> Verdict {
    Err(Rejection { error: Error::plain(code), hashes: Some([expected, got]) })
}
