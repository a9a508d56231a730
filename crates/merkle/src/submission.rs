//! Submissions as the flow contract sees them (SPEC.md section 5).

use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES};
use zgkit_core::{Code, Error, Result, limits::MAX_NODE_HEIGHT};
use zgkit_hash::keccak256;

use crate::{Hash, tree::parent};

/// Heights of one submission span less than this.
const MAX_HEIGHT_SPREAD: u32 = 4;

/// A node of a submission: a perfect subtree of the padded file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Root of the subtree.
    pub root: Hash,
    /// Its height: it covers 2^`height` sectors.
    pub height: u32,
}

/// The submission's identity: Keccak-256 over the node roots, one after the other.
pub fn digest(nodes: &[Node]) -> Hash {
    let mut roots = Vec::with_capacity(nodes.len() * HASH_BYTES);
    for node in nodes {
        roots.extend_from_slice(&node.root);
    }
    keccak256(&roots)
}

/// The file root that a submission's nodes fold to, from the right; `None` without nodes.
pub fn file_root(nodes: &[Node]) -> Option<Hash> {
    nodes.iter().map(|node| node.root).rev().reduce(|right, left| parent(&left, &right))
}

/// Sectors that nodes of these heights take up.
///
/// # Errors
/// `RANGE` for a height above 64 (the contract's own arithmetic ends far above; nothing valid reaches it),
/// `LIMIT_EXCEEDED` above 64 nodes.
pub fn capacity(heights: &[u32]) -> Result<u128> {
    if heights.len() > MAX_NODE_HEIGHT as usize {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_NODE_HEIGHT.into(), heights.len() as u64));
    }
    heights.iter().try_fold(0, |sum, &height| {
        if height > MAX_NODE_HEIGHT {
            return Err(Error::mismatch(Code::Range, MAX_NODE_HEIGHT.into(), height.into()));
        }
        Ok(sum + (1u128 << height))
    })
}

/// Whether the flow contract accepts a submission of `length` bytes with nodes of these heights.
///
/// # Errors
/// `RANGE` where the contract's subtraction reverts: the last node is higher than the first.
pub fn is_valid(length: u64, heights: &[u32]) -> Result<bool> {
    let (Some(&first), Some(&last)) = (heights.first(), heights.last()) else {
        return Ok(false);
    };
    let Some(spread) = first.checked_sub(last) else {
        return Err(Error::mismatch(Code::Range, first.into(), last.into()));
    };
    if spread >= MAX_HEIGHT_SPREAD
        || first >= MAX_NODE_HEIGHT
        || !heights.windows(2).all(|pair| pair[0] > pair[1])
    {
        return Ok(false);
    }
    let capacity = capacity(heights)?;
    // The capacity that the next smaller padded file would have had.
    let smaller = if capacity < 16 {
        capacity - 1
    } else if heights.len() == 1 {
        capacity - capacity / 16
    } else {
        capacity - (1 << (first - 3))
    };
    let sector = SECTOR_BYTES as u128;
    Ok((smaller * sector < length.into()) && (u128::from(length) <= capacity * sector))
}
