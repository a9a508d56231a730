//! Mining on the 0G storage network: sealing, proofs of random access (PoRA), and their verification, byte-exact.
//!
//! A miner stores the flow sealed for itself. A nonce draws a load of 256 KiB from its recall range, through a scratch pad
//! of 16 KiB that takes 512 hashes in a row; each of the load's 64 seals, mixed with the pad, is one try to hash below the
//! threshold. What wins is an answer: the seal, and its proof in the flow tree (SPEC.md sections 8 to 11).
//!
//! | module item | what it does |
//! |---|---|
//! | [`seal`], [`unseal`], [`unseal_words`] | sealed bytes from plain ones and back, whole or from any word on |
//! | [`RecallRange`] | which loads are mined: digest, rules, partitions, load position |
//! | [`target_of`], [`scale_x64`], [`threshold`] | how low a hash must be |
//! | [`Pad`], [`fill`], [`winning_seals`], [`pora_steps`] | scratch pads, PoRA hashes |
//! | [`Job`], [`Miner`], [`Loader`] | mining: where nonces lead, and which seals win there |
//! | [`Answer`], [`verify_answer`] | an answer, its calldata, and the contract's verdict on it without the chain |
//! | [`seal_record`], [`unseal_record`], [`seek_record`], [`mix_record`], [`pora_steps_record`] | the kernels as bindings call them |
//!
//! With the feature `parallel` those of a batch have a form `par_…` that uses all threads of the current rayon pool.
//!
//! ```
//! use zgkit_merkle::{FileTree, FlowTree};
//! use zgkit_pora::*;
//! use std::ops::ControlFlow;
//!
//! // A flow with one file: sectors 1024 to 2047.
//! let file = b"hello, 0G!".repeat(26_214);
//! let mut flow = FlowTree::new();
//! let start = flow.append(&FileTree::from_bytes(&file)?)?.start;
//! let mut segment = file.clone();
//! segment.resize(262_144, 0);
//!
//! // What the chain would say. A difficulty of 1: every hash wins, or nearly.
//! let context = MineContext { flow_root: flow.root(), flow_length: flow.length().into(), digest: [1; 32] };
//! let task = MineTask { context, pora_target: target_of(1u64.into())?, subtask_digest: [2; 32], max_shards: 1 };
//! let epoch = SealRange { digest: [1; 32], start: 0u64.into(), end: flow.length().into() };
//!
//! // The miner has the file's segment, sealed, and nothing else.
//! let key = SealKey { miner_id: [3; 32], context_digest: [1; 32] };
//! let mut sealed = vec![0; 262_144];
//! seal(&segment, &key, start, &mut sealed)?;
//! let loader = |load: u64, into: &mut [u8; 262_144]| {
//!     into.copy_from_slice(&sealed);
//!     if load == start / 1024 { u64::MAX } else { 0 }
//! };
//! let range = RecallRange::of(flow.length(), 1, 0, 0)?;
//! let mut miner = Miner::new(&task, key.miner_id, range, [4; 32], loader)?;
//! let mut found = None;
//! miner.run(0..100, || false, |win| {
//!     found = Some(win);
//!     ControlFlow::Break(())
//! });
//!
//! // The proof of a seal is that of any of its sectors without the first four siblings.
//! let win = found.ok_or("no win in 100 nonces")?;
//! let sector = win.recall_position().low_u64();
//! let siblings = flow.prove(sector, &segment)?[4..].to_vec();
//! let answer = win.into_answer(key.context_digest, siblings);
//! assert_eq!(verify_answer(&answer, &task, &[epoch], Mode::Strict)?.code, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

mod answer;
mod job;
mod mine;
mod mix;
mod pad;
mod range;
mod record;
mod seal;
mod share;
mod target;
mod verify;

pub use answer::Answer;
pub use job::Job;
pub use mine::{Counters, Loader, Miner, Win};
pub use mix::{PoraSteps, pora_steps, winning_seals};
pub use pad::{CELL_BYTES, HEADER_BYTES, PAD_BYTES, Pad, PadSeed, fill, header};
pub use range::{RecallRange, START_SECTORS, WINDOW_SECTORS};
pub use record::{JOB_BYTES, SEEK_BYTES, STEPS_BYTES};
pub use record::{mix_record, pora_steps_record, seal_record, seek_record, unseal_record};
#[cfg(feature = "parallel")]
pub use record::{par_mix_record, par_seal_record, par_seek_record, par_unseal_record};
pub use seal::{SealKey, first_mask, seal, unseal, unseal_words};
#[cfg(feature = "parallel")]
pub use seal::{par_seal, par_unseal};
pub use target::{scale_x64, target_of, threshold};
pub use verify::{
    AnswerVerdict, EMPTY_CONTEXT, MineContext, MineTask, Mode, SealRange, Steps, verify_answer,
};
