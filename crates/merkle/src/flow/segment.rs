use zgkit_core::limits::{MAX_DEPTH, MAX_NODE_HEIGHT};
use zgkit_core::size::SEGMENT_HEIGHT;
use zgkit_core::{Code, Error, Result};

use super::{SEGMENT, flow_root};
use crate::submission::{capacity, file_root};
use crate::{Hash, Node, Proof};

/// The proof of a segment of a file, from the flow proof of one of its sectors and the nodes of the file's submission;
/// the file is not needed. Index of the segment in the file, and the proof as [`verify_segment`](crate::verify_segment)
/// takes it.
///
/// `start` is the submission's start in the flow, `sector` the sector's index there, `leaf` its hash; `siblings` are those
/// of the flow proof, of which the ones above the submission's node are not used. Leaf and siblings must lead to the node,
/// and the nodes are the caller's: the chain has them.
///
/// # Errors
/// `EMPTY_INPUT` without nodes, `LIMIT_EXCEEDED` above 64 nodes or siblings, `RANGE` for heights that do not strictly
/// descend from below 64, `INDEX_RANGE` if the sector is not the submission's, `PROOF_DEPTH` for fewer siblings than the
/// node is high, `CONTENT_MISMATCH` if they do not lead to the node.
pub fn segment_proof_of_flow(
    nodes: &[Node],
    start: u64,
    sector: u64,
    leaf: Hash,
    siblings: &[Hash],
) -> Result<(u64, Proof)> {
    let heights: Vec<u32> = nodes.iter().map(|node| node.height).collect();
    let &highest = heights.first().ok_or(Error::plain(Code::EmptyInput))?;
    let sectors = capacity(&heights)?;
    if highest >= MAX_NODE_HEIGHT {
        return Err(Error::mismatch(Code::Range, u64::from(MAX_NODE_HEIGHT) - 1, highest.into()));
    }
    if let Some(pair) = heights.windows(2).find(|pair| pair[0] <= pair[1]) {
        return Err(Error::mismatch(Code::Range, u64::from(pair[0]).saturating_sub(1), pair[1].into()));
    }
    if siblings.len() > MAX_DEPTH {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_DEPTH as u64, siblings.len() as u64));
    }
    let place = sector.checked_sub(start).filter(|&place| u128::from(place) < sectors);
    let place = place.ok_or(Error::mismatch(Code::IndexRange, start, sector))?;

    // Heights descend, so that each node begins at a multiple of its size, in the file as in the flow.
    let number =
        heights.iter().scan(0u64, |end, height| Some(*end + (1 << height)).inspect(|&next| *end = next));
    let number = number.take_while(|&end| end <= place).count();
    let (befores, rest) = nodes.split_at(number);
    let node = rest[0];
    let height = node.height as usize;
    let Some(below) = siblings.get(..height) else {
        return Err(Error::mismatch(Code::ProofDepth, height as u64, siblings.len() as u64));
    };
    if flow_root(leaf, place, below) != node.root {
        return Err(Error::plain(Code::ContentMismatch));
    }

    let index = place / SEGMENT;
    let mut proof = Proof::default();
    let befores = if let Some((within, above)) = below.split_at_checked(SEGMENT_HEIGHT as usize) {
        proof.lemma.push(flow_root(leaf, place, within));
        for (level, sibling) in above.iter().enumerate() {
            push(&mut proof, index >> level & 1 == 0, *sibling);
        }
        if let Some(after) = file_root(&rest[1..]) {
            push(&mut proof, true, after);
        }
        befores
    } else {
        // The small nodes make up one segment, whichever of them the sector is in.
        let small = nodes.partition_point(|node| node.height >= SEGMENT_HEIGHT);
        proof.lemma.extend(file_root(&nodes[small..]));
        &nodes[..small]
    };
    for before in befores.iter().rev() {
        push(&mut proof, false, before.root);
    }
    if !proof.path.is_empty() {
        proof.lemma.extend(file_root(nodes));
    }
    Ok((index, proof))
}

/// Adds a level: whether the running node is the left child, and its sibling.
fn push(proof: &mut Proof, is_left: bool, sibling: Hash) {
    proof.path.push(is_left);
    proof.lemma.push(sibling);
}
