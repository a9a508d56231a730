//! What the contracts of the 0G storage network compute, to the integer: submissions, epochs and mine contexts, targets,
//! rewards, and the KV streams that are submitted (SPEC.md sections 5 and 14 to 16).
//!
//! Everything is a pure function or a plain state. There is no I/O, no clock and no randomness: blocks, times and block hashes
//! are the caller's.
//!
//! | module item | what it does |
//! |---|---|
//! | [`UploadPlan`] | segments, padding, fragments and fee of an upload, from its size |
//! | [`SubmitCall`], [`SubmitEvent`] | calldata and event of a submission, both generations, strictly read |
//! | [`Epochs`], [`DigestHistory`] | epochs, mine contexts and the ranges of sectors they seal |
//! | [`SubtaskWindow`], [`subtask_index`], [`subtask_digest`], [`miner_id`] | what a miner has to do, and when |
//! | [`WorkerContext`], [`compute_worker_context`] | the same as the contract says it |
//! | [`Adjustment`], [`MineState`] | the target, and how it follows the number of answers |
//! | [`FeeParts`], [`fee_shares`], [`split_service_fee`] | where a fee goes |
//! | [`Reward`], [`RewardSchedule`], [`RewardBook`] | how rewards are released and paid |
//! | [`pow_two_x96`], [`pow_half_x96`] | the contracts' powers of two |
//! | [`StreamData`], [`stream_ids`] | KV data and its tags |
//!
//! ```
//! use zgkit_chain::{UploadPlan, UploadTerms};
//!
//! // A file of 1,025 sectors in one piece is padded to 1,152; in fragments of 256 KiB it is not.
//! let plan = UploadPlan::of(1025 * 256, &UploadTerms { max_fragments: Some(2), ..UploadTerms::default() })?;
//! assert_eq!((plan.fragment_size, plan.fragments, plan.padding_sectors()), (262_144, 2, 0));
//! # Ok::<(), zgkit_core::Error>(())
//! ```
#![forbid(unsafe_code)]

mod book;
mod difficulty;
mod encoding;
mod epochs;
mod exponent;
mod fee;
mod history;
mod kv;
mod plan;
mod reward;
mod submission_abi;
mod worker;

pub use book::{RewardBook, RewardPayment, RewardRules};
pub use difficulty::{ADJUST_RATIO, Adjustment, MineState, WorkParams, capped_target};
pub use encoding::Address;
pub use epochs::{
    BlockHashSource, Epochs, FlowContext, FlowState, HISTORY_BLOCKS, RECENT_BLOCKS, context_digest,
};
pub use exponent::{pow_half_x96, pow_two_x96};
pub use fee::{FeeParts, FeeShare, PRICING_SECTORS, fee, fee_shares, split_service_fee};
pub use history::{DigestHistory, ROOT_WINDOW};
pub use kv::{Access, STREAM_DOMAIN, StreamControl, StreamData, StreamRead, StreamWrite, stream_ids};
pub use plan::{FRAGMENT_BYTES, USUAL_FRAGMENTS, UploadPlan, UploadTerms, fragment_size};
pub use reward::{Reward, RewardSchedule};
pub use submission_abi::{SubmissionData, SubmitCall, SubmitEvent};
pub use worker::{
    SubtaskWindow, WORKER_CONTEXT_CALLER, WorkerContext, compute_worker_context, miner_id, subtask_digest,
    subtask_index,
};
