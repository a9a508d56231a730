use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT};
use zgkit_core::{Code, Error, Result};

use crate::peaks::Peaks;
use crate::proof::FileTree;
#[cfg(feature = "parallel")]
use crate::segment::par_segment_roots as batch_roots;
#[cfg(not(feature = "parallel"))]
use crate::segment::segment_roots as batch_roots;
use crate::segment::{peak_heights, peaks};
use crate::submission::{Node, file_root};
use crate::{FileLayout, Hash};

/// Segments hashed at once when the caller's slice has that many: work for many cores, 2 KiB of roots.
const BATCH_SEGMENTS: usize = 64;

/// Streaming file root: bytes in any portions, O(log n) memory.
///
/// ```
/// let mut hasher = zgkit_merkle::FileHasher::new();
/// hasher.update(b"hello, ");
/// hasher.update(b"0G");
/// let file = hasher.finish()?;
/// assert_eq!(file.layout.sectors, 1);
/// assert_eq!(file.nodes.len(), 1);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FileHasher {
    /// The bytes of the segment in progress, always fewer than a full one.
    tail: Vec<u8>,
    size: u64,
    peaks: Peaks,
}

/// What a finished file amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSummary {
    /// The sizes that follow from the file's length.
    pub layout: FileLayout,
    /// The file root.
    pub root: Hash,
    /// The nodes of its submission, highest first.
    pub nodes: Vec<Node>,
}

impl FileHasher {
    /// A hasher that has seen no bytes.
    pub fn new() -> Self {
        Self::default()
    }

    /// A hasher that also keeps the segment roots (32 bytes for each 256 KiB), for [`Self::finish_tree`].
    fn keeping_segment_roots() -> Self {
        Self { peaks: Peaks::keeping_segments(), ..Self::default() }
    }

    /// Takes the next bytes of the file.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.size += bytes.len() as u64;
        if !self.tail.is_empty() {
            let (head, rest) = bytes.split_at(bytes.len().min(SEGMENT_BYTES - self.tail.len()));
            self.tail.extend_from_slice(head);
            bytes = rest;
            if self.tail.len() < SEGMENT_BYTES {
                return;
            }
            let segment = core::mem::take(&mut self.tail);
            self.push_segments(&segment);
        }
        let (whole, tail) = bytes.split_at(bytes.len() / SEGMENT_BYTES * SEGMENT_BYTES);
        for batch in whole.chunks(BATCH_SEGMENTS * SEGMENT_BYTES) {
            self.push_segments(batch);
        }
        self.tail.extend_from_slice(tail);
    }

    /// Hashes whole segments, at most [`BATCH_SEGMENTS`].
    fn push_segments(&mut self, bytes: &[u8]) {
        let mut roots = [0; BATCH_SEGMENTS * HASH_BYTES];
        let roots = &mut roots[..bytes.len() / SEGMENT_BYTES * HASH_BYTES];
        batch_roots(bytes, bytes.len() / SECTOR_BYTES, roots).expect("whole segments, one hash for each");
        self.peaks.push_segments(roots);
    }

    /// The file's root, sizes and submission nodes.
    ///
    /// # Errors
    /// `EMPTY_INPUT` if there were no bytes.
    pub fn finish(self) -> Result<FileSummary> {
        self.finish_parts().map(|(summary, _)| summary)
    }

    fn finish_parts(mut self) -> Result<(FileSummary, Option<Vec<u8>>)> {
        let layout = FileLayout::new(self.size)?;
        if !self.tail.is_empty() {
            let leaves = layout.segment_leaves(self.size / SEGMENT_BYTES as u64);
            let mut roots = [0; SEGMENT_HEIGHT as usize * HASH_BYTES];
            let roots = &mut roots[..leaves.count_ones() as usize * HASH_BYTES];
            peaks(&self.tail, leaves, roots).expect("a segment has 1 to 1024 leaves");
            for (root, height) in roots.chunks_exact(HASH_BYTES).zip(peak_heights(leaves)) {
                self.peaks.push(height, root.try_into().expect("a chunk is one hash"));
            }
        }
        self.peaks.pad_to(layout.padded_sectors);
        let (nodes, segments) = self.peaks.into_parts();
        let root = file_root(&nodes).ok_or(Error::plain(Code::EmptyInput))?;
        Ok((FileSummary { layout, root, nodes }, segments))
    }

    /// The file's tree.
    fn finish_tree(self) -> Result<FileTree> {
        let (summary, segments) = self.finish_parts()?;
        FileTree::new(summary, segments.unwrap_or_default())
    }
}

impl FileTree {
    /// The tree of a file whose bytes are at hand.
    ///
    /// # Errors
    /// `EMPTY_INPUT` without bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let mut hasher = FileHasher::keeping_segment_roots();
        hasher.update(bytes);
        hasher.finish_tree()
    }
}
