use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

use crate::segment::hash_sectors;
use crate::submission::file_root;
use crate::tree::{levels_bytes, merkle_levels};
use crate::{FileLayout, FileSummary, Hash, Node, path, zero_root};

/// Inclusion proof of a leaf: evidence only. What it is checked against is the verifier's own root, size and index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The leaf, the siblings from bottom to top, the root; a tree of one leaf has just the root.
    pub lemma: Vec<Hash>,
    /// One direction for each sibling: `true` where the running node is the left child.
    pub path: Vec<bool>,
}

/// A file's tree from the segment roots up: 64 bytes for each 256 KiB of file.
#[derive(Clone, Debug)]
pub struct FileTree {
    summary: FileSummary,
    /// Roots of all segments, padding segments included.
    segment_roots: Vec<u8>,
    /// The levels above them, as [`merkle_levels`] lays them out.
    levels: Vec<u8>,
}

impl FileTree {
    /// A tree from the roots of the full segments, as far as they hold file bytes. Further full segments are padding; a
    /// last, shorter one is made of the submission's small nodes.
    pub(crate) fn new(summary: FileSummary, mut segment_roots: Vec<u8>) -> Result<Self> {
        let small = summary.nodes.partition_point(|node| node.height >= SEGMENT_HEIGHT);
        let short = file_root(&summary.nodes[small..]);
        let full = summary.layout.segments as usize - usize::from(short.is_some());
        let zero = zero_root(SEGMENT_HEIGHT)?;
        while segment_roots.len() < full * HASH_BYTES {
            segment_roots.extend_from_slice(&zero);
        }
        segment_roots.extend(short.into_iter().flatten());
        let mut levels = vec![0; levels_bytes(segment_roots.len() / HASH_BYTES)];
        merkle_levels(&segment_roots, &mut levels)?;
        Ok(Self { summary, segment_roots, levels })
    }

    /// The file root.
    pub fn root(&self) -> Hash {
        self.summary.root
    }

    /// The sizes that follow from the file's length.
    pub fn layout(&self) -> FileLayout {
        self.summary.layout
    }

    /// The nodes of the file's submission, highest first.
    pub fn nodes(&self) -> &[Node] {
        &self.summary.nodes
    }

    /// Root of segment `index`.
    ///
    /// # Errors
    /// `INDEX_RANGE` past the last segment.
    pub fn segment_root(&self, index: u64) -> Result<Hash> {
        self.check_index(index, self.layout().segments)?;
        Ok(hash_at(&self.segment_roots, index as usize))
    }

    /// Proof that segment `index` is part of the file.
    ///
    /// # Errors
    /// `INDEX_RANGE` past the last segment.
    pub fn prove_segment(&self, index: u64) -> Result<Proof> {
        let leaf = self.segment_root(index)?;
        Ok(self.proof(leaf, Vec::new(), index, index, self.layout().segments))
    }

    /// Proof that sector `index` of the padded file is part of it. `segment` is the file's bytes of segment
    /// `index / 1024`: 262,144 bytes except at the file's end, none for a padding segment.
    ///
    /// # Errors
    /// `INDEX_RANGE` past the last padded sector; `CONTENT_LENGTH` if `segment` is too long for its place;
    /// `CONTENT_MISMATCH` if it is not what the tree was built from.
    pub fn prove_sector(&self, index: u64, segment: &[u8]) -> Result<Proof> {
        let layout = self.layout();
        self.check_index(index, layout.padded_sectors)?;
        let segment_index = index / SEGMENT_SECTORS as u64;
        let room = layout.segment_sectors(segment_index) * SECTOR_BYTES;
        if segment.len() > room {
            return Err(Error::mismatch(Code::ContentLength, room as u64, segment.len() as u64));
        }
        let leaves = layout.segment_leaves(segment_index);
        let mut hashes = vec![0; leaves * HASH_BYTES];
        hash_sectors(segment, &mut hashes);
        let mut levels = vec![0; levels_bytes(leaves)];
        merkle_levels(&hashes, &mut levels)?;
        let root = levels.chunks_exact(HASH_BYTES).last().unwrap_or(&hashes);
        if root != self.segment_root(segment_index)? {
            return Err(Error::plain(Code::ContentMismatch));
        }

        let place = index as usize % SEGMENT_SECTORS;
        let below = siblings(&hashes, &levels, place);
        Ok(self.proof(hash_at(&hashes, place), below, segment_index, index, layout.padded_sectors))
    }

    /// The proof of a leaf with siblings `below` its segment's root.
    fn proof(&self, leaf: Hash, below: Vec<Hash>, segment: u64, index: u64, leaves: u64) -> Proof {
        let mut lemma = vec![leaf];
        lemma.extend(below);
        lemma.extend(siblings(&self.segment_roots, &self.levels, segment as usize));
        // A single leaf is the root and stands alone.
        if lemma.len() > 1 {
            lemma.push(self.root());
        }
        Proof { lemma, path: path(index, leaves) }
    }

    fn check_index(&self, index: u64, count: u64) -> Result<()> {
        if index < count { Ok(()) } else { Err(Error::mismatch(Code::IndexRange, count, index)) }
    }
}

/// Siblings of leaf `index`, bottom to top. Levels on which its node is alone add nothing.
pub(crate) fn siblings(leaves: &[u8], levels: &[u8], index: usize) -> Vec<Hash> {
    let mut siblings = Vec::new();
    let (mut level, mut above, mut index) = (leaves, levels, index);
    while level.len() > HASH_BYTES {
        let sibling = index ^ 1;
        if sibling * HASH_BYTES < level.len() {
            siblings.push(hash_at(level, sibling));
        }
        let nodes = (level.len() / HASH_BYTES).div_ceil(2);
        (level, above) = above.split_at(nodes * HASH_BYTES);
        index /= 2;
    }
    siblings
}

fn hash_at(hashes: &[u8], index: usize) -> Hash {
    hashes[index * HASH_BYTES..][..HASH_BYTES].try_into().expect("a slice of one hash")
}
