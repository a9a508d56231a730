use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

use crate::climb::{check_indices, sibling_places};
use crate::multi::gather;
use crate::segment::hash_sectors;
use crate::submission::file_root;
use crate::tree::Levels;
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
    /// The tree over the roots of all segments, padding segments included.
    segments: Levels,
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
        Ok(Self { summary, segments: Levels::new(segment_roots)? })
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
        Ok(self.segments.node(0, index as usize))
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
        let levels = self.segment_levels(segment_index, segment)?;
        let place = index as usize % SEGMENT_SECTORS;
        let (leaf, below) = (levels.node(0, place), levels.siblings(place));
        Ok(self.proof(leaf, below, segment_index, index, layout.padded_sectors))
    }

    /// The multi-proof of the segments at `indices`, for [`verify_multi`](crate::verify_multi).
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` for more than 2^20 segments or a proof of more than 2^16 siblings, `EMPTY_INPUT`, `INDEX_ORDER`,
    /// `INDEX_RANGE`.
    pub fn prove_segments(&self, indices: impl IntoIterator<Item = u64>) -> Result<Vec<Hash>> {
        let segments = self.layout().segments;
        let places = sibling_places(&check_indices(indices, segments)?, segments)?;
        Ok(places.iter().map(|&(height, index)| self.segments.node(height, index as usize)).collect())
    }

    /// The multi-proof of the padded sectors at `indices`, for [`verify_multi`](crate::verify_multi). `segment` gives the
    /// file's bytes of a segment as [`Self::prove_sector`] takes them; it is asked once for each segment of which some,
    /// but not all sectors are proven.
    ///
    /// # Errors
    /// As for [`Self::prove_segments`] and [`Self::prove_sector`].
    pub fn prove_sectors<B: AsRef<[u8]>>(
        &self,
        indices: impl IntoIterator<Item = u64>,
        mut segment: impl FnMut(u64) -> B,
    ) -> Result<Vec<Hash>> {
        let sectors = self.layout().padded_sectors;
        let places = sibling_places(&check_indices(indices, sectors)?, sectors)?;
        let above = |(height, index)| self.segments.node(height - SEGMENT_HEIGHT, index as usize);
        gather(&places, above, |index| self.segment_levels(index, segment(index).as_ref()))
    }

    /// The tree of segment `index`, which the file has, from its bytes.
    fn segment_levels(&self, index: u64, segment: &[u8]) -> Result<Levels> {
        let layout = self.layout();
        let room = layout.segment_sectors(index) * SECTOR_BYTES;
        if segment.len() > room {
            return Err(Error::mismatch(Code::ContentLength, room as u64, segment.len() as u64));
        }
        let mut hashes = vec![0; layout.segment_leaves(index) * HASH_BYTES];
        hash_sectors(segment, &mut hashes);
        let levels = Levels::new(hashes)?;
        if levels.root() != self.segment_root(index)? {
            return Err(Error::plain(Code::ContentMismatch));
        }
        Ok(levels)
    }

    /// The proof of a leaf with siblings `below` its segment's root.
    fn proof(&self, leaf: Hash, below: Vec<Hash>, segment: u64, index: u64, leaves: u64) -> Proof {
        let mut lemma = vec![leaf];
        lemma.extend(below);
        lemma.extend(self.segments.siblings(segment as usize));
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
