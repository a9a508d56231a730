//! The flow: one row of sectors that all submissions enter (SPEC.md section 7).

use zgkit_core::limits::{MAX_DEPTH, MAX_NODE_HEIGHT};
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES, SEGMENT_BYTES, SEGMENT_HEIGHT, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256;

use crate::peaks::Peaks;
use crate::segment::hash_sectors;
use crate::tree::{levels_bytes, merkle_levels, parent};
use crate::verify::{reject, reject_hash};
use crate::{FileTree, Hash, Node, Verdict, zero_root};

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

/// The tree over the whole flow, from the segment roots up: 64 bytes for each 256 KiB.
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
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FlowTree {
    length: u64,
    /// The nodes of the last segment so far, if it holds parts of a segment; whole ones are in `levels` alone.
    last: Peaks,
    /// Hashes of height 10, 11 and so on up to a single one. What is missing to the right is zero.
    levels: Vec<Vec<Hash>>,
}

impl Default for FlowTree {
    fn default() -> Self {
        Self::new()
    }
}

impl FlowTree {
    /// A flow of one sector, its mark.
    pub fn new() -> Self {
        let mut flow = Self { length: 1, last: Peaks::default(), levels: Vec::new() };
        flow.last.push(0, MARK);
        flow.set(0, flow.last.padded_root(SEGMENT_HEIGHT));
        flow
    }

    /// Sectors of the flow, mark and gaps included.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The flow root.
    pub fn root(&self) -> Hash {
        let depth = flow_depth(self.length);
        if depth < SEGMENT_HEIGHT {
            return self.last.padded_root(depth);
        }
        self.levels.last().map_or(MARK, |top| top[0])
    }

    /// Places a file at the flow's end.
    ///
    /// # Errors
    /// As for [`place_submission`].
    pub fn append(&mut self, file: &FileTree) -> Result<Placement> {
        let heights: Vec<u32> = file.nodes().iter().map(|node| node.height).collect();
        let placement = place_submission(self.length, &heights)?;
        let mut segment_of_file = 0;
        for (&Node { root, height }, &position) in file.nodes().iter().zip(&placement.positions) {
            let segment = (position / SEGMENT) as usize;
            if height < SEGMENT_HEIGHT {
                self.push_small(segment, position % SEGMENT, height, root);
                continue;
            }
            for segment in segment..segment + (1 << (height - SEGMENT_HEIGHT)) {
                self.set(segment, file.segment_root(segment_of_file)?);
                segment_of_file += 1;
            }
        }
        self.length = placement.length;
        Ok(placement)
    }

    /// The siblings of a sector, bottom to top: as many as the flow is deep. `segment` is the flow's bytes of segment
    /// `sector / 1024`, zeros behind them. Those of a seal in an answer are these without the first four.
    ///
    /// # Errors
    /// `INDEX_RANGE` past the flow's end, `CONTENT_LENGTH` above 262,144 bytes, `CONTENT_MISMATCH` if the bytes are not
    /// what was placed there.
    pub fn prove(&self, sector: u64, segment: &[u8]) -> Result<Vec<Hash>> {
        if sector >= self.length {
            return Err(Error::mismatch(Code::IndexRange, self.length, sector));
        }
        if segment.len() > SEGMENT_BYTES {
            return Err(Error::mismatch(Code::ContentLength, SEGMENT_BYTES as u64, segment.len() as u64));
        }
        let index = (sector / SEGMENT) as usize;
        let mut leaves = vec![0; SEGMENT_SECTORS * HASH_BYTES];
        hash_sectors(segment, &mut leaves);
        if index == 0 {
            leaves[..HASH_BYTES].copy_from_slice(&MARK);
        }
        let mut above = vec![0; levels_bytes(SEGMENT_SECTORS)];
        merkle_levels(&leaves, &mut above)?;
        if above[above.len() - HASH_BYTES..] != self.levels[0][index] {
            return Err(Error::plain(Code::ContentMismatch));
        }

        let mut siblings = crate::proof::siblings(&leaves, &above, sector as usize % SEGMENT_SECTORS);
        for (level, height) in self.levels.iter().zip(SEGMENT_HEIGHT..) {
            let place = index >> (height - SEGMENT_HEIGHT);
            siblings.push(sibling(level, place, height));
        }
        siblings.truncate(flow_depth(self.length) as usize);
        Ok(siblings)
    }

    /// Places a node that is smaller than a segment.
    fn push_small(&mut self, segment: usize, position: u64, height: u32, root: Hash) {
        if segment >= self.levels[0].len() {
            self.last = Peaks::default();
        }
        self.last.pad_to(position);
        self.last.push(height, root);
        self.set(segment, self.last.padded_root(SEGMENT_HEIGHT));
    }

    /// Sets the root of a segment, with zero segments before it where there are none, and all that follows above it.
    fn set(&mut self, segment: usize, root: Hash) {
        let (mut index, mut node) = (segment, root);
        for height in SEGMENT_HEIGHT.. {
            let at = (height - SEGMENT_HEIGHT) as usize;
            let zero = zero_root(height).expect("a flow in memory is far below 2^63 sectors");
            if self.levels.len() == at {
                // A new top: so far its only node was that of the level below.
                let first = self.levels.last().map_or(zero, |below| below[0]);
                let below = zero_root(height.saturating_sub(1)).expect("below the height above");
                self.levels.push(vec![if at == 0 { zero } else { parent(&first, &below) }]);
            }
            let level = &mut self.levels[at];
            level.resize(level.len().max(index + 1), zero);
            level[index] = node;
            if level.len() == 1 {
                return;
            }
            let other = sibling(level, index, height);
            node = if index & 1 == 0 { parent(&node, &other) } else { parent(&other, &node) };
            index /= 2;
        }
    }
}

/// The sibling of node `index` of a level, a zero root past its end.
fn sibling(level: &[Hash], index: usize, height: u32) -> Hash {
    let zero = || zero_root(height).expect("a flow in memory is far below 2^63 sectors");
    level.get(index ^ 1).copied().unwrap_or_else(zero)
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
