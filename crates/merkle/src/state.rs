//! What a file hasher has seen so far, as bytes (SPEC.md section 17).

use zgkit_core::limits::MAX_COUNT;
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256;

use crate::{Node, segment::peak_heights};

/// What a state begins with: the format and its version.
const FORMAT: [u8; 16] = *b"zgkit hasher 1\0\0";

/// Bytes before the roots: format and size.
const HEAD_BYTES: usize = FORMAT.len() + 8;

/// What a state says.
pub(crate) struct State<'a> {
    /// Bytes so far.
    pub(crate) size: u64,
    /// The perfect subtrees of the whole sectors so far, highest first.
    pub(crate) nodes: Vec<Node>,
    /// The bytes behind them: fewer than a sector.
    pub(crate) tail: &'a [u8],
}

impl<'a> State<'a> {
    /// The state as bytes.
    ///
    /// # Errors
    /// `RANGE` for a size above 2^53 - 1.
    pub(crate) fn encode(&self) -> Result<Vec<u8>> {
        if self.size > MAX_COUNT {
            return Err(Error::mismatch(Code::Range, MAX_COUNT, self.size));
        }
        let mut bytes = Vec::with_capacity(state_bytes(self.size));
        bytes.extend_from_slice(&FORMAT);
        bytes.extend_from_slice(&self.size.to_le_bytes());
        self.nodes.iter().for_each(|node| bytes.extend_from_slice(&node.root));
        bytes.extend_from_slice(self.tail);
        let checksum = keccak256(&bytes);
        bytes.extend_from_slice(&checksum);
        Ok(bytes)
    }

    /// Reads a state.
    ///
    /// # Errors
    /// `STATE_FORMAT` for what [`Self::encode`] never gives.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self> {
        Self::read(bytes).ok_or(Error::plain(Code::StateFormat))
    }

    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (content, checksum) = bytes.split_last_chunk::<HASH_BYTES>()?;
        let (head, rest) = content.split_first_chunk::<HEAD_BYTES>()?;
        let (format, size) = head.split_at(FORMAT.len());
        let size = u64::from_le_bytes(size.try_into().ok()?);
        // The length is known before anything is hashed.
        let fits = format == FORMAT && size <= MAX_COUNT && bytes.len() == state_bytes(size);
        if !fits || keccak256(content) != *checksum {
            return None;
        }
        let (roots, tail) = rest.split_at(rest.len() - tail_bytes(size));
        let nodes = roots.as_chunks().0.iter().zip(peak_heights(sectors(size)));
        Some(Self { size, nodes: nodes.map(|(&root, height)| Node { root, height }).collect(), tail })
    }
}

/// Whole sectors of so many bytes.
fn sectors(size: u64) -> u64 {
    size / SECTOR_BYTES as u64
}

/// Bytes behind them.
fn tail_bytes(size: u64) -> usize {
    (size % SECTOR_BYTES as u64) as usize
}

/// Bytes of a state after so many bytes of file.
fn state_bytes(size: u64) -> usize {
    HEAD_BYTES + sectors(size).count_ones() as usize * HASH_BYTES + tail_bytes(size) + HASH_BYTES
}
