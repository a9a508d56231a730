//! Where a leaf stands in the tree: depth and directions, from index and leaf count alone.

/// The largest power of two below `leaves`, which is at least 2: the leaves of the left subtree.
pub(crate) const fn left_leaves(leaves: u64) -> u64 {
    1 << (u64::BITS - 1 - (leaves - 1).leading_zeros())
}

/// Levels between leaf `index` and the root of a tree of `leaves` leaves: the exact length of its path.
///
/// `index` must be below `leaves`.
pub const fn depth(index: u64, leaves: u64) -> u32 {
    let (mut index, mut leaves, mut depth) = (index, leaves, 0);
    while leaves > 1 {
        let left = left_leaves(leaves);
        depth += 1;
        if index < left {
            return depth + left.trailing_zeros();
        }
        index -= left;
        leaves -= left;
    }
    depth
}

/// Directions from leaf `index` up to the root: `true` where the running node is the left child.
///
/// `index` must be below `leaves`.
pub fn path(index: u64, leaves: u64) -> Vec<bool> {
    let (mut index, mut leaves) = (index, leaves);
    let mut path = Vec::new();
    while leaves > 1 {
        let left = left_leaves(leaves);
        path.push(index < left);
        if index < left {
            leaves = left;
        } else {
            index -= left;
            leaves -= left;
        }
    }
    path.reverse();
    path
}

/// The index that a path (1 = left child, bottom to top) leads to in a tree of `leaves` leaves,
/// or `None` if it does not end at a leaf.
pub(crate) fn walk(path: &[u8], leaves: u64) -> Option<u64> {
    let (mut index, mut leaves) = (0, leaves);
    for &is_left in path.iter().rev() {
        if leaves <= 1 {
            return None;
        }
        let left = left_leaves(leaves);
        if is_left == 1 {
            leaves = left;
        } else {
            index += left;
            leaves -= left;
        }
    }
    (leaves == 1).then_some(index)
}
