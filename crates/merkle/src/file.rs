use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

use crate::peaks::Peaks;
use crate::proof::FileTree;
#[cfg(feature = "parallel")]
use crate::segment::par_segment_roots as batch_roots;
#[cfg(not(feature = "parallel"))]
use crate::segment::segment_roots as batch_roots;
use crate::state::State;
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
///
/// // Interrupted in between, and continued elsewhere.
/// let mut hasher = zgkit_merkle::FileHasher::new();
/// hasher.update(b"hello, ");
/// let state = hasher.suspend()?;
/// let mut hasher = zgkit_merkle::FileHasher::resume(&state)?;
/// hasher.update(b"0G");
/// assert_eq!(hasher.finish()?, file);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FileHasher {
    /// The bytes behind the sectors of `peaks`, always fewer than complete the segment in progress.
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

    /// Goes on where [`Self::suspend`] was called, here or in TypeScript. The state is believed as far as its checksum
    /// goes: keep it where you would keep the file.
    ///
    /// # Errors
    /// `STATE_FORMAT` for what is no state, is damaged or has another version.
    pub fn resume(state: &[u8]) -> Result<Self> {
        let State { size, nodes, tail } = State::decode(state)?;
        Ok(Self { tail: tail.to_vec(), size, peaks: Peaks::from_nodes(nodes) })
    }

    /// Everything that [`Self::resume`] needs: at most 1,751 bytes (SPEC.md section 17). The hasher is as it was, and can go on.
    ///
    /// # Errors
    /// `RANGE` after more than 2^53 - 1 bytes.
    pub fn suspend(&self) -> Result<Vec<u8>> {
        let (sectors, tail) = self.tail.split_at(self.tail.len() / SECTOR_BYTES * SECTOR_BYTES);
        let mut peaks = self.peaks.clone();
        peaks.push_sectors(sectors);
        let (nodes, _) = peaks.into_parts();
        State { size: self.size, nodes, tail }.encode()
    }

    /// Takes the next bytes of the file.
    pub fn update(&mut self, mut bytes: &[u8]) {
        self.size += bytes.len() as u64;
        // Bytes that complete the segment in progress. One that was resumed may have sectors already.
        let room = SEGMENT_BYTES - (self.peaks.sectors() % SEGMENT_SECTORS as u64) as usize * SECTOR_BYTES;
        if !self.tail.is_empty() || room < SEGMENT_BYTES {
            let (head, rest) = bytes.split_at(bytes.len().min(room - self.tail.len()));
            self.tail.extend_from_slice(head);
            bytes = rest;
            if self.tail.len() < room {
                return;
            }
            self.peaks.push_sectors(&core::mem::take(&mut self.tail));
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
        self.peaks.push_sectors(&self.tail);
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
