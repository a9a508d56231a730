//! The tree in which an unpaired last node goes up unchanged, level by level.

use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};
use zgkit_hash::{keccak256, keccak256_many};

use crate::Hash;

/// Bytes that an inner node hashes: its two children.
const PAIR: usize = 2 * HASH_BYTES;

pub(crate) fn parent(left: &Hash, right: &Hash) -> Hash {
    let mut children = [0u8; PAIR];
    children[..HASH_BYTES].copy_from_slice(left);
    children[HASH_BYTES..].copy_from_slice(right);
    keccak256(&children)
}

/// Hashes `nodes` pairwise into the front of `above` and returns how many bytes the level above has.
fn level_up(nodes: &[u8], above: &mut [u8]) -> usize {
    let pairs = nodes.len() / PAIR;
    let hashed = pairs * HASH_BYTES;
    keccak256_many(&nodes[..pairs * PAIR], PAIR, &mut above[..hashed])
        .expect("one 64-byte message for each 32-byte digest");
    let unpaired = &nodes[pairs * PAIR..];
    above[hashed..][..unpaired.len()].copy_from_slice(unpaired);
    hashed + unpaired.len()
}

/// Root over the hashes in `nodes`, which must not be empty. Both buffers are overwritten;
/// `spare` has at least half of `nodes`' hashes, rounded up.
pub(crate) fn reduce(nodes: &mut [u8], spare: &mut [u8]) -> Hash {
    let (mut below, mut above) = (nodes, spare);
    let mut length = below.len();
    while length > HASH_BYTES {
        length = level_up(&below[..length], above);
        (below, above) = (above, below);
    }
    below[..HASH_BYTES].try_into().expect("one hash is left")
}

/// Bytes of all levels above `leaves` leaves: `ceil(leaves / 2) + ceil(leaves / 4) + ... + 1` hashes; 0 for one leaf.
pub const fn levels_bytes(leaves: usize) -> usize {
    let mut nodes = 0;
    let mut level = leaves;
    while level > 1 {
        level = level.div_ceil(2);
        nodes += level;
    }
    nodes * HASH_BYTES
}

/// Every level above `leaves` (32-byte hashes, one after the other), bottom to top, into `out`; the last hash is the root.
///
/// An unpaired node is repeated on the level above, so that node `i` of a level has parent `i / 2` on the next.
///
/// # Errors
/// `EMPTY_INPUT` without leaves; `BUFFER_LENGTH` unless `leaves` is whole hashes and `out` has [`levels_bytes`].
pub fn merkle_levels(leaves: &[u8], out: &mut [u8]) -> Result<()> {
    if leaves.is_empty() {
        return Err(Error::plain(Code::EmptyInput));
    }
    if !leaves.len().is_multiple_of(HASH_BYTES) {
        let whole = leaves.len() - leaves.len() % HASH_BYTES;
        return Err(Error::mismatch(Code::BufferLength, whole as u64, leaves.len() as u64));
    }
    let expected = levels_bytes(leaves.len() / HASH_BYTES);
    if out.len() != expected {
        return Err(Error::mismatch(Code::BufferLength, expected as u64, out.len() as u64));
    }
    let mut rest = out;
    let mut below = leaves;
    while below.len() > HASH_BYTES {
        let length = level_up(below, rest);
        let (level, above) = rest.split_at_mut(length);
        (below, rest) = (level, above);
    }
    Ok(())
}

/// A tree with all its levels.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    leaves: Vec<u8>,
    /// The levels above them, as [`merkle_levels`] lays them out.
    above: Vec<u8>,
}

impl Levels {
    /// The tree over these hashes, one after the other.
    ///
    /// # Errors
    /// As for [`merkle_levels`].
    pub(crate) fn new(leaves: Vec<u8>) -> Result<Self> {
        let mut above = vec![0; levels_bytes(leaves.len() / HASH_BYTES)];
        merkle_levels(&leaves, &mut above)?;
        Ok(Self { leaves, above })
    }

    /// The root.
    pub(crate) fn root(&self) -> Hash {
        let last = if self.above.is_empty() { &self.leaves } else { &self.above };
        hash_at(last, last.len() / HASH_BYTES - 1)
    }

    /// Node `index` of the level at this height, which has it.
    pub(crate) fn node(&self, height: u32, index: usize) -> Hash {
        let (mut level, mut above) = (&self.leaves[..], &self.above[..]);
        for _ in 0..height {
            (level, above) = split_level(level, above);
        }
        hash_at(level, index)
    }

    /// Siblings of leaf `index`, bottom to top. Levels on which its node is alone add nothing.
    pub(crate) fn siblings(&self, mut index: usize) -> Vec<Hash> {
        let mut siblings = Vec::new();
        let (mut level, mut above) = (&self.leaves[..], &self.above[..]);
        while level.len() > HASH_BYTES {
            let sibling = index ^ 1;
            if sibling * HASH_BYTES < level.len() {
                siblings.push(hash_at(level, sibling));
            }
            (level, above) = split_level(level, above);
            index /= 2;
        }
        siblings
    }
}

/// The level above `level`, and those above that.
fn split_level<'a>(level: &[u8], above: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let nodes = (level.len() / HASH_BYTES).div_ceil(2);
    above.split_at(nodes * HASH_BYTES)
}

fn hash_at(hashes: &[u8], index: usize) -> Hash {
    hashes[index * HASH_BYTES..][..HASH_BYTES].try_into().expect("a slice of one hash")
}
