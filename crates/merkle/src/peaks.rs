use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_HEIGHT};

use crate::segment::{peak_heights, peaks};
use crate::{Hash, submission::Node, tree::parent, zero_root};

/// The perfect subtrees of the sectors seen so far, highest first: at most one for each height.
///
/// When the padded file is complete these are exactly the nodes of its submission.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peaks {
    nodes: Vec<Node>,
    sectors: u64,
    /// Roots of the full segments, if they are kept.
    segments: Option<Vec<u8>>,
}

impl Peaks {
    /// Peaks that also keep the roots of full segments.
    pub(crate) fn keeping_segments() -> Self {
        Self { segments: Some(Vec::new()), ..Self::default() }
    }

    /// Peaks that these nodes are, highest first.
    pub(crate) fn from_nodes(nodes: Vec<Node>) -> Self {
        let sectors = nodes.iter().map(|node| 1 << node.height).sum();
        Self { nodes, sectors, segments: None }
    }

    /// Sectors so far.
    pub(crate) fn sectors(&self) -> u64 {
        self.sectors
    }

    /// Appends a perfect subtree of 2^`height` sectors; the sectors so far are a multiple of that.
    pub(crate) fn push(&mut self, height: u32, root: Hash) {
        self.push_each(height, root, &mut |_| {});
    }

    /// As [`Self::push`]. `each` sees every node that is complete now: this one, then those above it.
    pub(crate) fn push_each(&mut self, height: u32, root: Hash, each: &mut impl FnMut(Node)) {
        debug_assert!(self.sectors.is_multiple_of(1 << height));
        self.sectors += 1 << height;
        let mut node = Node { root, height };
        each(node);
        self.keep(&node);
        while let Some(left) = self.nodes.pop_if(|left| left.height == node.height) {
            node = Node { root: parent(&left.root, &node.root), height: node.height + 1 };
            each(node);
            self.keep(&node);
        }
        self.nodes.push(node);
    }

    /// Keeps the root of a full segment, if they are kept.
    fn keep(&mut self, node: &Node) {
        if let Some(segments) = self.segments.as_mut().filter(|_| node.height == SEGMENT_HEIGHT) {
            segments.extend_from_slice(&node.root);
        }
    }

    /// Appends the sectors of `bytes`, the last one filled up with zeros, of the segment in progress: none of the next one.
    pub(crate) fn push_sectors(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            // A subtree is no larger than the place where it begins allows.
            let most = SECTOR_BYTES << self.sectors.trailing_zeros().min(SEGMENT_HEIGHT);
            let (now, later) = bytes.split_at(bytes.len().min(most));
            let leaves = now.len().div_ceil(SECTOR_BYTES);
            let mut roots = [0; SEGMENT_HEIGHT as usize * HASH_BYTES];
            let roots = &mut roots[..leaves.count_ones() as usize * HASH_BYTES];
            peaks(now, leaves, roots).expect("1 to 1024 leaves, one hash for each subtree");
            for (root, height) in roots.as_chunks().0.iter().zip(peak_heights(leaves as u64)) {
                self.push(height, *root);
            }
            bytes = later;
        }
    }

    /// Appends the roots of full segments.
    pub(crate) fn push_segments(&mut self, roots: &[u8]) {
        for root in roots.chunks_exact(HASH_BYTES) {
            self.push(SEGMENT_HEIGHT, root.try_into().expect("a chunk is one hash"));
        }
    }

    /// Appends zero sectors until there are `sectors`, in O(log n) steps.
    pub(crate) fn pad_to(&mut self, sectors: u64) {
        self.pad_each(sectors, &mut |_| {});
    }

    /// As [`Self::pad_to`]; `each` as in [`Self::push_each`].
    pub(crate) fn pad_each(&mut self, sectors: u64, each: &mut impl FnMut(Node)) {
        while self.sectors < sectors {
            let room = (sectors - self.sectors).ilog2();
            let height = room.min(self.sectors.trailing_zeros());
            self.push_each(height, zero_root(height).expect("heights stay below 64"), each);
        }
    }

    /// The nodes over the last sector, zero sectors behind it: from the lowest of these peaks up to `height`, the root of
    /// a tree of 2^`height` sectors. There are peaks, and no more sectors than that.
    pub(crate) fn right_edge(&self, height: u32) -> Vec<Node> {
        let mut lefts = self.nodes.iter().rev().copied().peekable();
        let mut node = lefts.next().expect("there are peaks");
        let mut edge = vec![node];
        while node.height < height {
            let root = match lefts.next_if(|left| left.height == node.height) {
                Some(left) => parent(&left.root, &node.root),
                None => parent(&node.root, &zero_root(node.height).expect("a tree is at most 64 deep")),
            };
            node = Node { root, height: node.height + 1 };
            edge.push(node);
        }
        edge
    }

    /// The nodes, highest first, and the roots of full segments if they were kept (those of larger zero subtrees are not
    /// among them).
    pub(crate) fn into_parts(self) -> (Vec<Node>, Option<Vec<u8>>) {
        (self.nodes, self.segments)
    }
}
