use core::ops::Range;

use zgkit_core::limits::MAX_DEPTH;
use zgkit_core::size::{HASH_BYTES, SECTOR_BYTES};
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256_many;

use super::{flow_depth, flow_root};
use crate::climb::{Shape, check_indices, climb, sibling_places};
use crate::verify::{reject, reject_hash};
use crate::{Hash, Proof, Verdict};

/// The network's proof of a range of sectors of the flow: that of its first and that of its last sector, each with leaf,
/// siblings and root as `lemma`, also in a flow of one sector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowRangeProof {
    /// The flow proof of the first sector.
    pub left: Proof,
    /// The flow proof of the last sector.
    pub right: Proof,
}

/// A flow proof in the storage node's form.
pub(super) fn node_form(leaf: Hash, sector: u64, siblings: Vec<Hash>, root: Hash) -> Proof {
    let path = directions(sector, siblings.len() as u32).collect();
    let mut lemma = vec![leaf];
    lemma.extend(siblings);
    lemma.push(root);
    Proof { lemma, path }
}

/// The path to a sector in a flow of this depth.
fn directions(sector: u64, depth: u32) -> impl Iterator<Item = bool> {
    (0..depth).map(move |height| sector >> height & 1 == 0)
}

/// Verifies that a range of sectors of the flow with this root and `length` (sectors) has these bytes, 256 for each.
///
/// # Errors
/// The first check that failed: `LIMIT_EXCEEDED`, `PROOF_FORMAT`, `EMPTY_INPUT` for no sectors, `INDEX_RANGE`,
/// `CONTENT_LENGTH`, `PROOF_DEPTH`, `INDEX_MISMATCH`, `CONTENT_MISMATCH`, `ROOT_MISMATCH` (always with sector 0, a mark
/// without content). The left proof comes before the right one.
pub fn verify_flow_range(
    root: &Hash,
    length: u64,
    range: Range<u64>,
    data: &[u8],
    proof: &FlowRangeProof,
) -> Verdict {
    let proofs = [&proof.left, &proof.right];
    check_form(proofs)?;
    let indices = check_indices(range, length)?;
    if data.len() != indices.len() * SECTOR_BYTES {
        return reject(Code::ContentLength, (indices.len() * SECTOR_BYTES) as u64, data.len() as u64);
    }
    let depth = flow_depth(length);
    let ends = [indices[0], indices[indices.len() - 1]];
    for Proof { path, .. } in proofs {
        if path.len() != depth as usize {
            return reject(Code::ProofDepth, depth.into(), path.len() as u64);
        }
    }
    for (Proof { path, .. }, index) in proofs.into_iter().zip(ends) {
        let got = path.iter().rev().fold(0, |index, &is_left| index << 1 | u64::from(!is_left));
        if got != index {
            return reject(Code::IndexMismatch, index, got);
        }
    }

    let mut leaves = vec![0; indices.len() * HASH_BYTES];
    keccak256_many(data, SECTOR_BYTES, &mut leaves).expect("one sector for each hash");
    let (hashes, _) = leaves.as_chunks::<HASH_BYTES>();
    for (Proof { lemma, .. }, leaf) in proofs.into_iter().zip([hashes[0], hashes[hashes.len() - 1]]) {
        if lemma[0] != leaf {
            return reject_hash(Code::ContentMismatch, lemma[0], leaf);
        }
    }
    for (Proof { lemma, .. }, index) in proofs.into_iter().zip(ends) {
        let (claimed, siblings) = lemma[1..].split_last().expect("at least leaf and root");
        for got in [*claimed, flow_root(lemma[0], index, siblings)] {
            if got != *root {
                return reject_hash(Code::RootMismatch, *root, got);
            }
        }
    }
    let siblings = outer_siblings(&indices, length, proof)?;
    let got = climb(Shape::Flow, length, &indices, leaves, &siblings);
    if indices[0] == 0 || got != *root {
        return reject_hash(Code::RootMismatch, *root, got);
    }
    Ok(())
}

/// Limits, then the form: a leaf, one sibling for each direction, a root.
fn check_form(proofs: [&Proof; 2]) -> Result<()> {
    for Proof { lemma, path } in proofs {
        if path.len() > MAX_DEPTH {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_DEPTH as u64, path.len() as u64));
        }
        if lemma.len() > MAX_DEPTH + 2 {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_DEPTH as u64 + 2, lemma.len() as u64));
        }
        if lemma.len() != path.len() + 2 {
            return Err(Error::mismatch(Code::ProofFormat, path.len() as u64 + 2, lemma.len() as u64));
        }
    }
    Ok(())
}

/// The siblings outside of the range, as a multi-proof has them: those on the left from the left proof, the others from
/// the right one. The rest of both was computed above already, up to the root.
fn outer_siblings(indices: &[u64], length: u64, proof: &FlowRangeProof) -> Result<Vec<Hash>> {
    let places = sibling_places(indices, length)?;
    let from = |&(height, index): &(u32, u64)| {
        let side = if index < indices[0] >> height { &proof.left } else { &proof.right };
        side.lemma[height as usize + 1]
    };
    Ok(places.iter().map(from).collect())
}
