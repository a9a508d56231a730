//! File roots, submissions, Merkle proofs and their strict verification, byte-exact for the 0G storage network.
//!
//! A file is cut into 256-byte sectors, padded with zero sectors to a size the flow accepts, and hashed with
//! Keccak-256 into a tree in which an unpaired node goes up unchanged (SPEC.md sections 2 to 5). The flow that
//! all files enter is section 7, proofs of many leaves section 13.
//!
//! | module item | what it does |
//! |---|---|
//! | [`FileLayout`] | sizes that follow from a file's length: sectors, padding, segments |
//! | [`segment_roots`], [`peaks`], [`merkle_levels`] | the kernels: bytes in, hashes out |
//! | [`FileHasher`] | streaming file root in O(log n) memory, with the submission's nodes |
//! | [`FileTree`] | segment roots kept, so that proofs can be made |
//! | [`verify_segment`], [`verify_sector`], [`verify_inclusion`] | strict verification; the first failed check is the verdict |
//! | [`verify_multi`], [`prove_leaves`] | proofs of many leaves at once, ranges among them, of files and of the flow |
//! | [`verify_rear_padding`] | the storage node's rule on siblings past a file's data |
//! | [`place_submission`], [`FlowTree`], [`verify_flow_sector`] | the flow that all submissions enter: placement, root, proofs of its sectors |
//! | [`FlowHistory`] | placements and roots from submissions alone, at every version; rollback |
//! | [`verify_flow_range`], [`segment_proof_of_flow`] | the network's proof of a range of the flow; a file's segment proof from a flow proof |
//! | [`submission`] | the flow contract's digest, capacity and validity of a submission |
//!
//! ```
//! use zgkit_merkle::{FileTree, verify_sector};
//!
//! let file = b"hello, 0G".repeat(100);
//! let tree = FileTree::from_bytes(&file)?;
//! let proof = tree.prove_sector(2, &file)?;
//! let (root, size) = (tree.root(), file.len() as u64);
//! verify_sector(&root, size, 2, &file[512..768], &proof)?;
//!
//! // The same proof says nothing about other bytes.
//! let rejection = verify_sector(&root, size, 2, &file[..256], &proof).unwrap_err();
//! assert_eq!(rejection.error.code.as_str(), "CONTENT_MISMATCH");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod climb;
mod file;
mod flow;
mod layout;
mod multi;
mod path;
mod peaks;
mod proof;
mod rear;
mod record;
mod segment;
pub mod submission;
mod tree;
mod verify;
mod zero;

pub use climb::Shape;
pub use file::{FileHasher, FileSummary};
pub use flow::{
    FlowHistory, FlowRangeProof, FlowTree, FlowView, Placement, flow_depth, flow_root, place_submission,
    segment_proof_of_flow, verify_flow_range, verify_flow_sector,
};
pub use layout::{FileLayout, next_pow2, padded_sectors};
pub use multi::{Tree, prove_leaves, verify_multi};
pub use path::{depth, path};
pub use proof::{FileTree, Proof};
pub use rear::verify_rear_padding;
pub use record::{VERDICT_BYTES, verify_inclusion_record};
#[cfg(feature = "parallel")]
pub use segment::par_segment_roots;
pub use segment::{peaks, segment_roots};
pub use submission::Node;
pub use tree::{levels_bytes, merkle_levels};
pub use verify::{Place, Rejection, Verdict, verify_inclusion, verify_sector, verify_segment};
pub use zero::zero_root;

/// A Keccak-256 digest: leaf, inner node or root.
pub type Hash = [u8; zgkit_core::size::HASH_BYTES];
