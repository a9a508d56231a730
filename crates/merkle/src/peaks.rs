use zgkit_core::size::{HASH_BYTES, SEGMENT_HEIGHT};

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

    /// Appends a perfect subtree of 2^`height` sectors; the sectors so far are a multiple of that.
    pub(crate) fn push(&mut self, height: u32, root: Hash) {
        self.push_each(height, root, &mut |_| {});
    }

    /// As [`Self::push`]. `each` sees every node that is complete now: this one, then those above it.
    pub(crate) fn push_each(&mut self, height: u32, root: Hash, each: &mut impl FnMut(Node)) {
        debug_assert!(self.sectors.is_multiple_of(1 << height));
        self.sectors += 1 << height;
        if let Some(segments) = self.segments.as_mut().filter(|_| height == SEGMENT_HEIGHT) {
            segments.extend_from_slice(&root);
        }
        let mut node = Node { root, height };
        each(node);
        while let Some(left) = self.nodes.pop_if(|left| left.height == node.height) {
            node = Node { root: parent(&left.root, &node.root), height: node.height + 1 };
            each(node);
        }
        self.nodes.push(node);
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

    /// Sectors so far.
    pub(crate) fn sectors(&self) -> u64 {
        self.sectors
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
