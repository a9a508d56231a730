use zgkit_core::{Code, Error, Result};

use super::{MARK, Placement, flow_depth, place_submission};
use crate::peaks::Peaks;
use crate::{Hash, Node};

/// The flow as the contract keeps it, and as it was after each submission: placement and root from the nodes of the
/// submissions alone, without proofs.
///
/// Version 0 is the new flow, version `n` the flow after `n` submissions; submission `k` (the chain's index) makes version
/// `k + 1`. The history is complete, since a version is only its right-most complete nodes: at most one for each height,
/// 40 bytes each.
///
/// ```
/// use zgkit_merkle::{FlowHistory, Node};
///
/// let mut flow = FlowHistory::new();
/// flow.append(&[Node { root: [7; 32], height: 2 }])?;
/// let root = flow.root();
/// flow.append(&[Node { root: [8; 32], height: 0 }])?;
/// assert_eq!((flow.version(), flow.length(), flow.root_at(1)?), (2, 9, root));
///
/// // The chain took the last submission back.
/// flow.revert_to(1)?;
/// assert_eq!((flow.length(), flow.root()), (8, root));
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FlowHistory {
    /// One for each version, never none.
    versions: Vec<Peaks>,
}

impl Default for FlowHistory {
    fn default() -> Self {
        Self::new()
    }
}

impl FlowHistory {
    /// A flow of one sector, its mark.
    pub fn new() -> Self {
        let mut peaks = Peaks::default();
        peaks.push(0, MARK);
        Self { versions: vec![peaks] }
    }

    /// How many submissions the flow has: its current version.
    pub fn version(&self) -> u64 {
        self.versions.len() as u64 - 1
    }

    /// Sectors of the flow, mark and gaps included.
    pub fn length(&self) -> u64 {
        self.current().sectors()
    }

    /// The flow root.
    pub fn root(&self) -> Hash {
        root_of(self.current())
    }

    /// Sectors of the flow at a version.
    ///
    /// # Errors
    /// `INDEX_RANGE` above the current version.
    pub fn length_at(&self, version: u64) -> Result<u64> {
        Ok(self.at(version)?.sectors())
    }

    /// The flow root at a version.
    ///
    /// # Errors
    /// `INDEX_RANGE` above the current version.
    pub fn root_at(&self, version: u64) -> Result<Hash> {
        Ok(root_of(self.at(version)?))
    }

    /// Places a submission at the flow's end.
    ///
    /// # Errors
    /// As for [`place_submission`].
    pub fn append(&mut self, nodes: &[Node]) -> Result<Placement> {
        let heights: Vec<u32> = nodes.iter().map(|node| node.height).collect();
        let placement = place_submission(self.length(), &heights)?;
        let mut peaks = self.current().clone();
        for (node, &position) in nodes.iter().zip(&placement.positions) {
            peaks.pad_to(position);
            peaks.push(node.height, node.root);
        }
        self.commit(peaks);
        Ok(placement)
    }

    /// Goes back to a version: the submissions after it never were.
    ///
    /// # Errors
    /// `INDEX_RANGE` above the current version.
    pub fn revert_to(&mut self, version: u64) -> Result<()> {
        self.at(version)?;
        self.versions.truncate(version as usize + 1);
        Ok(())
    }

    /// The nodes of the current version.
    pub(super) fn current(&self) -> &Peaks {
        self.versions.last().expect("there is a version 0")
    }

    /// The nodes of a version.
    pub(super) fn at(&self, version: u64) -> Result<&Peaks> {
        let known = usize::try_from(version).ok().and_then(|version| self.versions.get(version));
        known.ok_or(Error::mismatch(Code::IndexRange, self.versions.len() as u64, version))
    }

    /// Makes a new version of these nodes.
    pub(super) fn commit(&mut self, peaks: Peaks) {
        self.versions.push(peaks);
    }
}

fn root_of(peaks: &Peaks) -> Hash {
    peaks.right_edge(flow_depth(peaks.sectors())).last().expect("an edge ends at a root").root
}
