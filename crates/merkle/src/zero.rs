use std::sync::LazyLock;

use zgkit_core::{Code, Error, Result, limits::MAX_NODE_HEIGHT, size::SECTOR_BYTES};
use zgkit_hash::keccak256;

use crate::{Hash, tree::parent};

static ZERO_ROOTS: LazyLock<[Hash; MAX_NODE_HEIGHT as usize]> = LazyLock::new(|| {
    let mut roots = [keccak256(&[0; SECTOR_BYTES]); MAX_NODE_HEIGHT as usize];
    for height in 1..roots.len() {
        roots[height] = parent(&roots[height - 1], &roots[height - 1]);
    }
    roots
});

/// Root of a perfect tree over 2^`height` zero sectors, `height` from 0 to 63 as in the flow contract.
///
/// # Errors
/// `RANGE` above 63.
pub fn zero_root(height: u32) -> Result<Hash> {
    ZERO_ROOTS.get(height as usize).copied().ok_or(Error::mismatch(
        Code::Range,
        MAX_NODE_HEIGHT.into(),
        height.into(),
    ))
}
