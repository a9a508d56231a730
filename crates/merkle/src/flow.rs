//! The flow: one row of sectors that all submissions enter (SPEC.md section 7).

mod history;
mod range;
mod segment;
mod tree;

use zgkit_core::limits::{MAX_DEPTH, MAX_NODE_HEIGHT};
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256;

pub use self::history::FlowHistory;
pub use self::range::{FlowRangeProof, verify_flow_range};
pub use self::segment::segment_proof_of_flow;
pub use self::tree::{FlowTree, FlowView};
use crate::tree::parent;
use crate::verify::{reject, reject_hash};
use crate::{Hash, Verdict};

/// Sectors of a segment, as a count.
const SEGMENT: u64 = SEGMENT_SECTORS as u64;

/// The leaf of sector 0: the flow's mark, the hash of nothing.
const MARK: Hash = [0; HASH_BYTES];

/// Where the flow puts a submission; everything in sectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Position of the first node, `startIndex` on the chain.
    pub start: u64,
    /// Position of each node.
    pub positions: Vec<u64>,
    /// The flow's length afterwards.
    pub length: u64,
}

/// Where a flow of `length` sectors (1 for a new one) puts a submission with nodes of these heights: each node at a
/// multiple of its size, the whole not across a segment's end if it would begin within that segment.
///
/// # Errors
/// `EMPTY_INPUT` without nodes, `LIMIT_EXCEEDED` above 64 nodes, `RANGE` for a height of 64 and more and for a flow of
/// 2^64 sectors and more.
pub fn place_submission(length: u64, heights: &[u32]) -> Result<Placement> {
    let limit = u64::from(MAX_NODE_HEIGHT);
    let &first = heights.first().ok_or(Error::plain(Code::EmptyInput))?;
    if heights.len() > MAX_NODE_HEIGHT as usize {
        return Err(Error::mismatch(Code::LimitExceeded, limit, heights.len() as u64));
    }
    if let Some(&height) = heights.iter().find(|&&height| height >= MAX_NODE_HEIGHT) {
        return Err(Error::mismatch(Code::Range, limit - 1, height.into()));
    }

    // 64 nodes below 2^64 sectors each stay far below 2^128.
    let size = |height: u32| 1u128 << height;
    let segment = u128::from(SEGMENT);
    let sectors: u128 = heights.iter().map(|&height| size(height)).sum();
    let mut end = u128::from(length);
    let start = end.next_multiple_of(size(first));
    if start % segment != 0 && start / segment != (start + sectors - 1) / segment {
        end = start.next_multiple_of(segment);
    }
    let mut positions = Vec::with_capacity(heights.len());
    for &height in heights {
        let position = end.next_multiple_of(size(height));
        end = position + size(height);
        // What does not fit is refused below, with the length that it leads to.
        positions.push(position as u64);
    }
    let length = u64::try_from(end).map_err(|_| Error::mismatch(Code::Range, u64::MAX, end as u64))?;
    Ok(Placement { start: positions[0], positions, length })
}

/// Levels of the flow tree above its leaves: the smallest `d` with 2^`d` >= `length`.
pub const fn flow_depth(length: u64) -> u32 {
    if length <= 1 { 0 } else { u64::BITS - (length - 1).leading_zeros() }
}

/// The root that node `index` of its level and its siblings, bottom to top, lead to. In the flow tree no node is ever
/// alone, so that the index alone says on which side each sibling is.
pub fn flow_root(node: Hash, index: u64, siblings: &[Hash]) -> Hash {
    let climb = |(node, index): (Hash, u64), sibling: &Hash| {
        let up = if index & 1 == 0 { parent(&node, sibling) } else { parent(sibling, &node) };
        (up, index >> 1)
    };
    siblings.iter().fold((node, index), climb).0
}

/// Verifies that sector `index` of the flow with this root and `length` (sectors) has these 256 bytes. Sector 0 is a
/// mark without bytes: none are right.
///
/// # Errors
/// The first check that failed: `LIMIT_EXCEEDED` above 64 siblings, `INDEX_RANGE`, `CONTENT_LENGTH`, `PROOF_DEPTH`,
/// `ROOT_MISMATCH`.
pub fn verify_flow_sector(
    root: &Hash,
    length: u64,
    index: u64,
    content: &[u8],
    siblings: &[Hash],
) -> Verdict {
    if siblings.len() > MAX_DEPTH {
        return reject(Code::LimitExceeded, MAX_DEPTH as u64, siblings.len() as u64);
    }
    if index >= length {
        return reject(Code::IndexRange, length, index);
    }
    if content.len() != SECTOR_BYTES {
        return reject(Code::ContentLength, SECTOR_BYTES as u64, content.len() as u64);
    }
    let depth = flow_depth(length);
    if siblings.len() != depth as usize {
        return reject(Code::ProofDepth, depth.into(), siblings.len() as u64);
    }
    let got = flow_root(keccak256(content), index, siblings);
    if index == 0 || got != *root {
        return reject_hash(Code::RootMismatch, *root, got);
    }
    Ok(())
}
