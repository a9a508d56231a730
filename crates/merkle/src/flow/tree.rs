use core::ops::Range;

use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

use super::range::node_form;
use super::{FlowHistory, FlowRangeProof, MARK, Placement, SEGMENT, flow_depth, place_submission};
use crate::climb::{NodePlace, check_indices, sibling_places};
use crate::multi::gather;
use crate::peaks::Peaks;
use crate::segment::hash_sectors;
use crate::tree::Levels;
use crate::{FileTree, Hash, Node, zero_root};

/// The tree over the whole flow, from the segment roots up, with its history: 64 bytes for each 256 KiB, and what
/// [`FlowHistory`] keeps for each version.
///
/// ```
/// use zgkit_merkle::{FileTree, FlowTree, verify_flow_sector};
///
/// let file = [7; 1000];
/// let mut flow = FlowTree::new();
/// let placement = flow.append(&FileTree::from_bytes(&file)?)?;
/// assert_eq!((placement.start, placement.length), (4, 8));
///
/// // The flow's bytes around the file: sectors 0 to 3 are its mark and a gap.
/// let mut segment = vec![0; 4 * 256];
/// segment.extend(file);
/// let siblings = flow.prove(4, &segment)?;
/// verify_flow_sector(&flow.root(), flow.length(), 4, &file[..256], &siblings)?;
///
/// // What follows changes nothing about the flow as it was.
/// let before = flow.root();
/// flow.append(&FileTree::from_bytes(&[8; 5000])?)?;
/// assert_eq!(flow.at(1)?.root(), before);
/// assert_eq!(flow.at(1)?.prove(4, &segment)?, siblings);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct FlowTree {
    history: FlowHistory,
    /// The complete nodes of height 10, 11 and so on. They never change: every version has the first of them.
    levels: Vec<Vec<Hash>>,
}

impl FlowTree {
    /// A flow of one sector, its mark.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lengths and roots of all versions.
    pub fn history(&self) -> &FlowHistory {
        &self.history
    }

    /// Sectors of the flow, mark and gaps included.
    pub fn length(&self) -> u64 {
        self.history.length()
    }

    /// The flow root.
    pub fn root(&self) -> Hash {
        self.history.root()
    }

    /// Places a file at the flow's end, which makes a new version.
    ///
    /// # Errors
    /// As for [`place_submission`].
    pub fn append(&mut self, file: &FileTree) -> Result<Placement> {
        let heights: Vec<u32> = file.nodes().iter().map(|node| node.height).collect();
        let placement = place_submission(self.length(), &heights)?;
        let mut peaks = self.history.current().clone();
        let mut keep = |node| keep_complete(&mut self.levels, node);
        let mut segment = 0;
        for (&Node { root, height }, &position) in file.nodes().iter().zip(&placement.positions) {
            peaks.pad_each(position, &mut keep);
            if height < SEGMENT_HEIGHT {
                peaks.push_each(height, root, &mut keep);
                continue;
            }
            for _ in 0..1 << (height - SEGMENT_HEIGHT) {
                peaks.push_each(SEGMENT_HEIGHT, file.segment_root(segment)?, &mut keep);
                segment += 1;
            }
        }
        self.history.commit(peaks);
        Ok(placement)
    }

    /// Goes back to a version: the submissions after it never were.
    ///
    /// # Errors
    /// `INDEX_RANGE` above the current version.
    pub fn revert_to(&mut self, version: u64) -> Result<()> {
        self.history.revert_to(version)?;
        for (level, height) in self.levels.iter_mut().zip(SEGMENT_HEIGHT..) {
            level.truncate((self.history.length() >> height) as usize);
        }
        Ok(())
    }

    /// The flow as it was at a version, for proofs against its root.
    ///
    /// # Errors
    /// `INDEX_RANGE` above the current version.
    pub fn at(&self, version: u64) -> Result<FlowView<'_>> {
        Ok(self.view(self.history.at(version)?))
    }

    /// The siblings of a sector, as [`FlowView::prove`] of the current version gives them.
    ///
    /// # Errors
    /// As there.
    pub fn prove(&self, sector: u64, segment: &[u8]) -> Result<Vec<Hash>> {
        self.view(self.history.current()).prove(sector, segment)
    }

    /// The multi-proof of sectors, as [`FlowView::prove_multi`] of the current version gives it.
    ///
    /// # Errors
    /// As there.
    pub fn prove_multi<B: AsRef<[u8]>>(
        &self,
        sectors: impl IntoIterator<Item = u64>,
        segment: impl FnMut(u64) -> B,
    ) -> Result<Vec<Hash>> {
        self.view(self.history.current()).prove_multi(sectors, segment)
    }

    /// The network's proof of a range, as [`FlowView::prove_range`] of the current version gives it.
    ///
    /// # Errors
    /// As there.
    pub fn prove_range<B: AsRef<[u8]>>(
        &self,
        range: Range<u64>,
        segment: impl FnMut(u64) -> B,
    ) -> Result<FlowRangeProof> {
        self.view(self.history.current()).prove_range(range, segment)
    }

    fn view(&self, peaks: &Peaks) -> FlowView<'_> {
        let length = peaks.sectors();
        let depth = flow_depth(length);
        // A flow below one segment is proven within that segment, filled up.
        let edge = peaks.right_edge(depth.max(SEGMENT_HEIGHT));
        FlowView { levels: &self.levels, length, depth, edge }
    }
}

/// Keeps a complete node that the flow has from now on, next to those of its height.
fn keep_complete(levels: &mut Vec<Vec<Hash>>, node: Node) {
    let Some(at) = node.height.checked_sub(SEGMENT_HEIGHT) else { return };
    let at = at as usize;
    levels.resize_with(levels.len().max(at + 1), Vec::new);
    levels[at].push(node.root);
    // Only zero subtrees come whole; of all others the nodes below were kept before.
    let count = levels[at].len();
    for (height, level) in (SEGMENT_HEIGHT..).zip(&mut levels[..at]) {
        level.resize(count << (node.height - height), zero_root(height).expect("below the height above"));
    }
}

/// The flow at one version.
#[derive(Clone, Debug)]
pub struct FlowView<'a> {
    levels: &'a [Vec<Hash>],
    length: u64,
    depth: u32,
    /// The nodes that hold the last sector, from the lowest complete one up; the rest of them reach past the flow's end.
    edge: Vec<Node>,
}

impl FlowView<'_> {
    /// Sectors of the flow, mark and gaps included.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The flow root.
    pub fn root(&self) -> Hash {
        self.edge_at(self.depth)
    }

    /// The siblings of a sector, bottom to top: as many as the flow is deep. `segment` is the flow's bytes of segment
    /// `sector / 1024`, zeros behind them; bytes past the flow's end are not read. Those of a seal in an answer are these
    /// without the first four.
    ///
    /// # Errors
    /// `INDEX_RANGE` past the flow's end, `CONTENT_LENGTH` above 262,144 bytes, `CONTENT_MISMATCH` if the bytes are not
    /// what was placed there.
    pub fn prove(&self, sector: u64, segment: &[u8]) -> Result<Vec<Hash>> {
        self.check_sector(sector)?;
        Ok(self.leaf_and_siblings(sector, segment)?.1)
    }

    /// The multi-proof of sectors, for [`verify_multi`](crate::verify_multi). `segment` gives the flow's bytes of a segment
    /// as [`Self::prove`] takes them; it is asked once for each segment of which some, but not all sectors are proven.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` for more than 2^20 sectors or a proof of more than 2^16 siblings, `EMPTY_INPUT`, `INDEX_ORDER`; as
    /// for [`Self::prove`].
    pub fn prove_multi<B: AsRef<[u8]>>(
        &self,
        sectors: impl IntoIterator<Item = u64>,
        mut segment: impl FnMut(u64) -> B,
    ) -> Result<Vec<Hash>> {
        let places = sibling_places(&check_indices(sectors, self.length)?, self.length)?;
        let levels = |index| self.segment_levels(index, segment(index).as_ref());
        gather(&places, |place| self.node(place), levels)
    }

    /// The network's proof of a range of sectors: the flow proofs of the first and the last of them. `segment` as in
    /// [`Self::prove_multi`], for the segments of those two.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for no sectors; as for [`Self::prove`].
    pub fn prove_range<B: AsRef<[u8]>>(
        &self,
        range: Range<u64>,
        mut segment: impl FnMut(u64) -> B,
    ) -> Result<FlowRangeProof> {
        if range.is_empty() {
            return Err(Error::plain(Code::EmptyInput));
        }
        let (first, last) = (range.start, range.end - 1);
        self.check_sector(last)?;
        let mut end = |sector: u64| {
            let (leaf, siblings) = self.leaf_and_siblings(sector, segment(sector / SEGMENT).as_ref())?;
            Ok(node_form(leaf, sector, siblings, self.root()))
        };
        Ok(FlowRangeProof { left: end(first)?, right: end(last)? })
    }

    fn check_sector(&self, sector: u64) -> Result<()> {
        if sector < self.length {
            Ok(())
        } else {
            Err(Error::mismatch(Code::IndexRange, self.length, sector))
        }
    }

    /// The hash of a sector that the flow has, and its siblings.
    fn leaf_and_siblings(&self, sector: u64, segment: &[u8]) -> Result<(Hash, Vec<Hash>)> {
        let levels = self.segment_levels(sector / SEGMENT, segment)?;
        let place = (sector % SEGMENT) as usize;
        let mut siblings = levels.siblings(place);
        siblings.extend((SEGMENT_HEIGHT..self.depth).map(|height| self.node((height, sector >> height ^ 1))));
        siblings.truncate(self.depth as usize);
        Ok((levels.node(0, place), siblings))
    }

    /// The tree of a segment, filled up with zero sectors, from its bytes.
    fn segment_levels(&self, index: u64, segment: &[u8]) -> Result<Levels> {
        if segment.len() > SEGMENT_BYTES {
            return Err(Error::mismatch(Code::ContentLength, SEGMENT_BYTES as u64, segment.len() as u64));
        }
        let sectors = (self.length - index * SEGMENT).min(SEGMENT) as usize;
        let mut hashes = vec![0; SEGMENT_SECTORS * HASH_BYTES];
        hash_sectors(&segment[..segment.len().min(sectors * SECTOR_BYTES)], &mut hashes);
        if index == 0 {
            hashes[..HASH_BYTES].copy_from_slice(&MARK);
        }
        let levels = Levels::new(hashes)?;
        if levels.root() != self.node((SEGMENT_HEIGHT, index)) {
            return Err(Error::plain(Code::ContentMismatch));
        }
        Ok(levels)
    }

    /// A node of height 10 and more: complete, or reaching past the flow's end, or wholly past it.
    fn node(&self, (height, index): NodePlace) -> Hash {
        let complete = self.length >> height;
        if index < complete {
            self.levels[(height - SEGMENT_HEIGHT) as usize][index as usize]
        } else if index << height < self.length {
            self.edge_at(height)
        } else {
            zero_root(height).expect("siblings are below the root")
        }
    }

    /// The node of this height that holds the last sector, not below the lowest complete one.
    fn edge_at(&self, height: u32) -> Hash {
        self.edge[(height - self.edge[0].height) as usize].root
    }
}
