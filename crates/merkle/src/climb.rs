//! The climb from a set of leaves to the root, level by level: which siblings it takes, and where it ends
//! (SPEC.md section 13).

use zgkit_core::limits::{MAX_LEAVES, MAX_SIBLINGS};
use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256_many;

use crate::{Hash, flow_depth, zero_root};

/// What stands beside the last node of a level if nothing is on its right. Both trees have as many nodes on each level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing: the node goes up unchanged. Files are such trees.
    File,
    /// The zero root of that height. The flow is such a tree.
    Flow,
}

/// How a known node gets its parent.
enum Step {
    /// With the known node on its right.
    Pair,
    /// With this unknown node on its left.
    Left(u64),
    /// With this unknown node on its right.
    Right(u64),
    /// As the last of its level, by the tree's [`Shape`].
    Last,
}

/// The steps from one level of `width` nodes to the next, each with the number of the known node that it is about.
/// `places` are the indices of the known nodes, ascending.
fn steps(places: &[u64], width: u64) -> impl Iterator<Item = (usize, Step)> {
    let mut next = 0;
    core::iter::from_fn(move || {
        let known = next;
        let &place = places.get(known)?;
        next += 1;
        let step = if place & 1 == 1 {
            Step::Left(place - 1)
        } else if places.get(next) == Some(&(place + 1)) {
            next += 1;
            Step::Pair
        } else if place + 1 < width {
            Step::Right(place + 1)
        } else {
            Step::Last
        };
        Some((known, step))
    })
}

/// Turns indices of a level into those of the parents.
fn ascend(places: &mut Vec<u64>) {
    places.iter_mut().for_each(|place| *place /= 2);
    places.dedup();
}

/// The indices of leaves in a tree of `leaves` leaves, at least one and strictly ascending.
///
/// # Errors
/// `LIMIT_EXCEEDED` for more than [`MAX_LEAVES`], `EMPTY_INPUT` for none, `INDEX_ORDER`, `INDEX_RANGE`.
pub(crate) fn check_indices(indices: impl IntoIterator<Item = u64>, leaves: u64) -> Result<Vec<u64>> {
    let mut checked = Vec::new();
    for index in indices {
        if checked.len() == MAX_LEAVES {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_LEAVES as u64, MAX_LEAVES as u64 + 1));
        }
        checked.push(index);
    }
    let &last = checked.last().ok_or(Error::plain(Code::EmptyInput))?;
    if let Some(pair) = checked.windows(2).find(|pair| pair[0] >= pair[1]) {
        return Err(Error::mismatch(Code::IndexOrder, pair[0].saturating_add(1), pair[1]));
    }
    if last >= leaves {
        return Err(Error::mismatch(Code::IndexRange, leaves, last));
    }
    Ok(checked)
}

/// A node's height above the leaves, and its index on that level.
pub(crate) type NodePlace = (u32, u64);

/// Calls `each` for every sibling that the climb from `indices` takes, bottom to top, left to right.
fn each_sibling(indices: &[u64], leaves: u64, mut each: impl FnMut(NodePlace)) {
    let mut places = indices.to_vec();
    for height in 0..flow_depth(leaves) {
        for (_, step) in steps(&places, leaves.div_ceil(1 << height)) {
            if let Step::Left(sibling) | Step::Right(sibling) = step {
                each((height, sibling));
            }
        }
        ascend(&mut places);
    }
}

/// How many siblings the climb from these checked indices takes.
pub(crate) fn count_siblings(indices: &[u64], leaves: u64) -> u64 {
    let mut count = 0;
    each_sibling(indices, leaves, |_| count += 1);
    count
}

/// The siblings that a proof of these checked indices consists of, in its order.
///
/// # Errors
/// `LIMIT_EXCEEDED` for more than [`MAX_SIBLINGS`].
pub(crate) fn sibling_places(indices: &[u64], leaves: u64) -> Result<Vec<NodePlace>> {
    let count = count_siblings(indices, leaves);
    if count > MAX_SIBLINGS as u64 {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_SIBLINGS as u64, count));
    }
    let mut places = Vec::with_capacity(count as usize);
    each_sibling(indices, leaves, |place| places.push(place));
    Ok(places)
}

/// The root that the leaves at these checked indices, one hash after the other, and as many siblings as
/// [`count_siblings`] says lead to.
pub(crate) fn climb(shape: Shape, leaves: u64, indices: &[u64], hashes: Vec<u8>, siblings: &[Hash]) -> Hash {
    let (mut places, mut nodes) = (indices.to_vec(), hashes);
    let mut siblings = siblings.iter();
    for height in 0..flow_depth(leaves) {
        let mut pairs = Vec::with_capacity(2 * nodes.len());
        let mut alone = &[][..];
        for (known, step) in steps(&places, leaves.div_ceil(1 << height)) {
            let node = &nodes[known * HASH_BYTES..][..HASH_BYTES];
            match step {
                Step::Pair => pairs.extend_from_slice(&nodes[known * HASH_BYTES..][..2 * HASH_BYTES]),
                Step::Left(_) => {
                    pairs.extend_from_slice(siblings.next().expect("they were counted"));
                    pairs.extend_from_slice(node);
                }
                Step::Right(_) => {
                    pairs.extend_from_slice(node);
                    pairs.extend_from_slice(siblings.next().expect("they were counted"));
                }
                Step::Last if shape == Shape::Flow => {
                    pairs.extend_from_slice(node);
                    pairs.extend_from_slice(&zero_root(height).expect("a tree is at most 64 deep"));
                }
                Step::Last => alone = node,
            }
        }
        let mut above = vec![0; pairs.len() / 2];
        keccak256_many(&pairs, 2 * HASH_BYTES, &mut above).expect("one hash for each pair");
        above.extend_from_slice(alone);
        nodes = above;
        ascend(&mut places);
    }
    nodes[..].try_into().expect("all levels lead to one node")
}
