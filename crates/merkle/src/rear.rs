use zgkit_core::Code;
use zgkit_core::limits::MAX_DEPTH;
use zgkit_core::size::{SEGMENT_HEIGHT, SEGMENT_SECTORS};

use crate::path::left_leaves;
use crate::verify::{reject, reject_hash};
use crate::{FileLayout, Proof, Verdict, depth, zero_root};

/// Verifies the storage node's rule of rear padding: in the proof of segment `index` of a file of `size` bytes, every right
/// sibling that lies wholly past the file's data is the zero root of its height.
///
/// This is a rule beside [`verify_segment`](crate::verify_segment), not instead: root, directions and content are not
/// looked at.
///
/// # Errors
/// The first check that failed: `EMPTY_INPUT` for size 0, then `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `INDEX_RANGE`,
/// `PROOF_DEPTH`, and from the root down `PADDING_NONZERO` with the two hashes.
pub fn verify_rear_padding(size: u64, index: u64, proof: &Proof) -> Verdict {
    let layout = FileLayout::new(size)?;
    let (lemma, siblings) = (proof.lemma.len(), proof.path.len());
    if siblings > MAX_DEPTH {
        return reject(Code::LimitExceeded, MAX_DEPTH as u64, siblings as u64);
    }
    let entries = if siblings == 0 { 1 } else { siblings + 2 };
    if lemma != entries {
        return reject(Code::ProofFormat, entries as u64, lemma as u64);
    }
    if index >= layout.segments {
        return reject(Code::IndexRange, layout.segments, index);
    }
    let depth = depth(index, layout.segments);
    if siblings != depth as usize {
        return reject(Code::ProofDepth, depth.into(), siblings as u64);
    }

    let data_segments = layout.sectors.div_ceil(SEGMENT_SECTORS as u64);
    let (mut first, mut leaves) = (0, layout.segments);
    for sibling in proof.lemma[1..].iter().take(siblings).rev() {
        let left = left_leaves(leaves);
        let right = leaves - left;
        if index >= first + left {
            (first, leaves) = (first + left, right);
            continue;
        }
        leaves = left;
        if first + left < data_segments {
            continue;
        }
        // Padding is less than the unit that files are padded to, so that a subtree within it is a perfect one.
        let zero = zero_root(SEGMENT_HEIGHT + right.ilog2())?;
        if *sibling != zero {
            return reject_hash(Code::PaddingNonzero, zero, *sibling);
        }
    }
    Ok(())
}
