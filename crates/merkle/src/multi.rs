//! Proofs of many leaves at once, a range among them: one form, the siblings that cannot be computed
//! (SPEC.md section 13).

use std::collections::BTreeMap;

use zgkit_core::limits::{MAX_LEAVES, MAX_SIBLINGS};
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256_many;

use crate::climb::{NodePlace, Shape, check_indices, climb, count_siblings, sibling_places};
use crate::segment::segment_root;
use crate::tree::Levels;
use crate::verify::{check_padding, reject, reject_hash};
use crate::{FileLayout, Hash, Verdict, flow_depth, zero_root};

/// The tree that a multi-proof is checked against, from the verifier's own values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tree {
    root: Hash,
    shape: Shape,
    leaves: u64,
    content: Content,
}

/// What lies under a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// A sector.
    Sector,
    /// A sector of a file of this many bytes.
    FileSector(u64),
    /// A segment of a file of this layout.
    Segment(FileLayout),
}

impl Tree {
    /// The segments of a file with this root and size in bytes.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for size 0.
    pub fn of_segments(root: Hash, size: u64) -> Result<Self> {
        let layout = FileLayout::new(size)?;
        Ok(Self { root, shape: Shape::File, leaves: layout.segments, content: Content::Segment(layout) })
    }

    /// The padded sectors of a file with this root and size in bytes.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for size 0.
    pub fn of_sectors(root: Hash, size: u64) -> Result<Self> {
        let leaves = FileLayout::new(size)?.padded_sectors;
        Ok(Self { root, shape: Shape::File, leaves, content: Content::FileSector(size) })
    }

    /// The sectors of the flow with this root and length in sectors.
    pub fn of_flow(root: Hash, length: u64) -> Self {
        Self::new(root, Shape::Flow, length)
    }

    /// A tree over this many sectors, and nothing else known about them.
    pub fn new(root: Hash, shape: Shape, leaves: u64) -> Self {
        Self { root, shape, leaves, content: Content::Sector }
    }

    /// Bytes of the content of leaf `index`.
    fn content_bytes(&self, index: u64) -> usize {
        match &self.content {
            Content::Sector | Content::FileSector(_) => SECTOR_BYTES,
            Content::Segment(layout) => layout.segment_sectors(index) * SECTOR_BYTES,
        }
    }

    /// The contents of these leaves, which lie one after the other in `data`.
    fn contents<'a>(&self, indices: &'a [u64], data: &'a [u8]) -> impl Iterator<Item = (u64, &'a [u8])> {
        let tree = *self;
        indices.iter().scan(data, move |rest, &index| {
            let (content, behind) = rest.split_at(tree.content_bytes(index));
            *rest = behind;
            Some((index, content))
        })
    }

    /// The hashes of these leaves, one after the other.
    fn leaf_hashes(&self, indices: &[u64], data: &[u8]) -> Vec<u8> {
        let mut hashes = vec![0; indices.len() * HASH_BYTES];
        match &self.content {
            Content::Sector | Content::FileSector(_) => {
                keccak256_many(data, SECTOR_BYTES, &mut hashes).expect("one sector for each hash");
            }
            Content::Segment(layout) => {
                for (hash, (index, content)) in
                    hashes.chunks_exact_mut(HASH_BYTES).zip(self.contents(indices, data))
                {
                    hash.copy_from_slice(&segment_root(content, layout.segment_leaves(index)));
                }
            }
        }
        hashes
    }

    /// A root does not commit to the file's length: what lies past the trusted one must be zero.
    fn check_padding(&self, indices: &[u64], data: &[u8]) -> Verdict {
        let (size, leaf_bytes) = match &self.content {
            Content::Sector => return Ok(()),
            Content::FileSector(size) => (*size, SECTOR_BYTES),
            Content::Segment(layout) => (layout.size, SEGMENT_BYTES),
        };
        self.contents(indices, data)
            .try_for_each(|(index, content)| check_padding(size, index * leaf_bytes as u64, content))
    }
}

/// Verifies that the leaves at `indices` of a tree have these contents. `data` is the contents one after the other in the
/// order of the indices: 256 bytes for each sector, for a segment its sectors with file bytes. A range of leaves is
/// proven with `first..end`.
///
/// # Errors
/// The first check that failed: `LIMIT_EXCEEDED` above 2^16 siblings or 2^20 leaves, `EMPTY_INPUT` without indices,
/// `INDEX_ORDER` unless they strictly ascend, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH` unless there are exactly the
/// siblings that these indices take, `ROOT_MISMATCH` (always for sector 0 of the flow, a mark without content),
/// `PADDING_NONZERO`.
///
/// ```
/// use zgkit_merkle::{FileTree, Tree, verify_multi};
///
/// let file = b"hello, 0G".repeat(100);
/// let tree = FileTree::from_bytes(&file)?;
/// let siblings = tree.prove_sectors(1..3, |_| &file)?;
/// let trusted = Tree::of_sectors(tree.root(), file.len() as u64)?;
/// verify_multi(&trusted, 1..3, &file[256..768], &siblings)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify_multi(
    tree: &Tree,
    indices: impl IntoIterator<Item = u64>,
    data: &[u8],
    siblings: &[Hash],
) -> Verdict {
    if siblings.len() > MAX_SIBLINGS {
        return reject(Code::LimitExceeded, MAX_SIBLINGS as u64, siblings.len() as u64);
    }
    let indices = check_indices(indices, tree.leaves)?;
    // More than 32 bits where leaves are segments.
    let bytes: u64 = indices.iter().map(|&index| tree.content_bytes(index) as u64).sum();
    if data.len() as u64 != bytes {
        return reject(Code::ContentLength, bytes, data.len() as u64);
    }
    let count = count_siblings(&indices, tree.leaves);
    if siblings.len() as u64 != count {
        return reject(Code::ProofDepth, count, siblings.len() as u64);
    }
    let got = climb(tree.shape, tree.leaves, &indices, tree.leaf_hashes(&indices, data), siblings);
    let mark = tree.shape == Shape::Flow && indices[0] == 0;
    if mark || got != tree.root {
        return reject_hash(Code::RootMismatch, tree.root, got);
    }
    tree.check_padding(&indices, data)
}

/// The proof of the leaves at `indices` of a tree whose leaf hashes, one after the other, are at hand.
///
/// # Errors
/// `BUFFER_LENGTH` unless these are whole hashes, `LIMIT_EXCEEDED` for more of them than 2^20 or for a proof of more than
/// 2^16 siblings; those of the indices as in [`verify_multi`].
pub fn prove_leaves(
    shape: Shape,
    leaves: &[u8],
    indices: impl IntoIterator<Item = u64>,
) -> Result<Vec<Hash>> {
    let (hashes, rest) = leaves.as_chunks::<HASH_BYTES>();
    if !rest.is_empty() {
        return Err(Error::mismatch(
            Code::BufferLength,
            hashes.as_flattened().len() as u64,
            leaves.len() as u64,
        ));
    }
    if hashes.len() > MAX_LEAVES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_LEAVES as u64, hashes.len() as u64));
    }
    let count = hashes.len() as u64;
    let indices = check_indices(indices, count)?;
    let mut places = sibling_places(&indices, count)?.into_iter().peekable();
    let mut siblings = Vec::with_capacity(places.len());
    let mut level = hashes.to_vec();
    for height in 0..flow_depth(count) {
        while let Some((_, index)) = places.next_if(|place| place.0 == height) {
            siblings.push(level[index as usize]);
        }
        if shape == Shape::Flow && level.len() % 2 == 1 {
            level.push(zero_root(height)?);
        }
        let (pairs, alone) = level.as_chunks::<2>();
        let mut above = vec![[0; HASH_BYTES]; pairs.len()];
        keccak256_many(pairs.as_flattened().as_flattened(), 2 * HASH_BYTES, above.as_flattened_mut())?;
        above.extend(alone);
        level = above;
    }
    Ok(siblings)
}

/// The hashes at these places of a tree over segments. `above` knows those of segments and higher, the others are made
/// from the trees of their segments, each of which is asked for once.
pub(crate) fn gather(
    places: &[NodePlace],
    above: impl Fn(NodePlace) -> Hash,
    mut segment: impl FnMut(u64) -> Result<Levels>,
) -> Result<Vec<Hash>> {
    let mut hashes = vec![[0; HASH_BYTES]; places.len()];
    let mut within = BTreeMap::<u64, Vec<usize>>::new();
    for (number, &(height, index)) in places.iter().enumerate() {
        if height >= SEGMENT_HEIGHT {
            hashes[number] = above((height, index));
        } else {
            within.entry(index >> (SEGMENT_HEIGHT - height)).or_default().push(number);
        }
    }
    for (index, numbers) in within {
        let levels = segment(index)?;
        for number in numbers {
            let (height, index) = places[number];
            hashes[number] = levels.node(height, index as usize % (SEGMENT_SECTORS >> height));
        }
    }
    Ok(hashes)
}
