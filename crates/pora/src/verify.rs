//! The mine contract's checks of an answer, without the chain (SPEC.md section 11).

use zgkit_core::size::{HASH_BYTES, LOAD_SEALS, SEAL_BYTES, SEAL_SECTORS, SECTOR_BYTES};
use zgkit_core::{Code, Result, U256};
use zgkit_hash::keccak256_many;
use zgkit_merkle::{Hash, flow_depth, flow_root, levels_bytes, merkle_levels};

use crate::answer::Answer;
use crate::mix::{PoraSteps, pora_steps};
use crate::pad::header;
use crate::seal::{SealKey, first_mask, unseal_words};
use crate::target::{scale_x64, threshold};

/// Keccak-256 of nothing: the digest of no context.
pub const EMPTY_CONTEXT: Hash = [
    0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c, 0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0, 0xe5,
    0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b, 0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70,
];

/// Tree height of a seal.
const SEAL_HEIGHT: u32 = SEAL_SECTORS.trailing_zeros();

/// The mine context: what of the chain's fields an answer is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MineContext {
    /// Root of the flow tree.
    pub flow_root: Hash,
    /// Sectors of the flow (uint256).
    pub flow_length: U256,
    /// The context's digest.
    pub digest: Hash,
}

/// What there is to mine, from the chain: the result of the mine contract's `computeWorkerContext`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MineTask {
    /// The context.
    pub context: MineContext,
    /// The target before scaling; 0 while there is nothing to mine.
    pub pora_target: U256,
    /// The subtask's digest.
    pub subtask_digest: Hash,
    /// Most partitions of a recall range.
    pub max_shards: u64,
}

/// The sectors that a context's epoch added to the flow: from `start` to below `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealRange {
    /// The context's digest.
    pub digest: Hash,
    /// First sector.
    pub start: U256,
    /// Sector behind the last.
    pub end: U256,
}

/// Which rules hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The contract's and two of ours: a proof has exactly the tree's depth, and a seal lies in the load that was drawn.
    #[default]
    Strict,
    /// The contract's alone.
    Contract,
}

/// Every value on the way to a verdict, also past the check that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Keccak-256 of the recall range.
    pub range_digest: Hash,
    /// Pad, seal and PoRA hash.
    pub pora: PoraSteps,
    /// First sector of the load that the nonce draws; none in a range shorter than a load.
    pub load_position: Option<U256>,
    /// 2^64 times the scale of the target; none where the flow has fewer sectors than there are partitions.
    pub scale_x64: Option<u128>,
    /// The highest PoRA hash that wins.
    pub threshold: Option<U256>,
}

/// What came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerVerdict {
    /// The first check that failed; `None` for an answer that is accepted.
    pub code: Option<Code>,
    /// The values on the way.
    pub steps: Steps,
}

/// Checks an answer against a task and the epoch ranges of contexts that sealed, all of them trusted. A context that is not
/// among `seal_ranges` has an empty range, as on the chain.
///
/// The code is that of the first check that fails, in the contract's order: `MINER_ID_ZERO`, `CONTEXT_MISMATCH`,
/// `CONTEXT_EMPTY`, those of [`RecallRange::check`](crate::RecallRange::check), `SEAL_CONTEXT`, `SHARDS_EXCEEDED`,
/// `SEAL_CONTEXT` for the context of nothing, `FLOW_ROOT_MISMATCH`, `RECALL_POSITION`, `SEAL_OFFSET` (strict mode),
/// `TARGET_MISSED`. Where the contract divides by zero, a range shorter than a load is `RECALL_POSITION` and a flow of
/// fewer sectors than partitions `TARGET_MISSED`.
///
/// What takes the chain's state is not checked: the miner's registration, the block window, how many answers there were
/// and whether this was one of them.
///
/// # Errors
/// `LIMIT_EXCEEDED` above 64 siblings: no answer at all.
pub fn verify_answer(
    answer: &Answer,
    task: &MineTask,
    seal_ranges: &[SealRange],
    mode: Mode,
) -> Result<AnswerVerdict> {
    answer.check_siblings()?;
    let header = header(&answer.miner_id, &answer.nonce, &task.subtask_digest, &answer.range);
    let pora = pora_steps(&header, &answer.seal_offset.to_be_bytes(), &answer.sealed_data);
    let scale_x64 = scale_x64(task.context.flow_length, answer.range.partitions());
    let steps = Steps {
        range_digest: *header.last_chunk().expect("the header ends with the range's digest"),
        pora,
        load_position: answer.range.load_position(&pora.recall_seed),
        scale_x64,
        threshold: scale_x64.and_then(|scale| threshold(task.pora_target, scale).ok()),
    };
    Ok(AnswerVerdict { code: judge(answer, task, seal_ranges, mode, &steps).err(), steps })
}

/// The checks in their order.
fn judge(
    answer: &Answer,
    task: &MineTask,
    seal_ranges: &[SealRange],
    mode: Mode,
    steps: &Steps,
) -> core::result::Result<(), Code> {
    let context = &task.context;
    if answer.miner_id == [0; HASH_BYTES] {
        return Err(Code::MinerIdZero);
    }
    if answer.context_digest != context.digest {
        return Err(Code::ContextMismatch);
    }
    if context.digest == EMPTY_CONTEXT {
        return Err(Code::ContextEmpty);
    }
    if let Err(error) = answer.range.check(context.flow_length) {
        return Err(error.code);
    }
    if !sealed_in_epoch(answer, seal_ranges) {
        return Err(Code::SealContext);
    }
    if answer.range.partitions() > task.max_shards.into() {
        return Err(Code::ShardsExceeded);
    }
    if answer.sealed_context_digest == EMPTY_CONTEXT {
        return Err(Code::SealContext);
    }
    if mode == Mode::Strict && !has_exact_depth(answer, context.flow_length)
        || answer_root(answer) != context.flow_root
    {
        return Err(Code::FlowRootMismatch);
    }
    if !is_recalled(answer, steps) {
        return Err(Code::RecallPosition);
    }
    if mode == Mode::Strict && answer.seal_offset >= U256::from(LOAD_SEALS as u64) {
        return Err(Code::SealOffset);
    }
    let pora_hash = U256::from_be_bytes(steps.pora.pora_hash);
    if steps.threshold.is_none_or(|threshold| pora_hash > threshold) {
        return Err(Code::TargetMissed);
    }
    Ok(())
}

/// Whether the seal's last sector lies in the epoch of its context.
fn sealed_in_epoch(answer: &Answer, seal_ranges: &[SealRange]) -> bool {
    let Some(seal_end) = answer.recall_position.checked_add((SEAL_SECTORS as u64).into()) else {
        // No epoch reaches past 2^256.
        return false;
    };
    seal_ranges
        .iter()
        .find(|range| range.digest == answer.sealed_context_digest)
        .is_some_and(|range| range.start < seal_end && range.end >= seal_end)
}

/// Whether there are as many siblings as levels between a seal and the root.
fn has_exact_depth(answer: &Answer, flow_length: U256) -> bool {
    let depth = match flow_length.to_u64() {
        Some(length) => flow_depth(length),
        // Deeper than any proof that is admitted.
        None => return false,
    };
    depth.checked_sub(SEAL_HEIGHT).is_some_and(|levels| levels as usize == answer.merkle_proof.len())
}

/// The flow root that an answer's data and siblings lead to.
fn answer_root(answer: &Answer) -> Hash {
    let key = SealKey { miner_id: answer.miner_id, context_digest: answer.sealed_context_digest };
    let mut plain = [0; SEAL_BYTES];
    unseal_words(&first_mask(&key, answer.recall_position), &answer.sealed_data, &mut plain)
        .expect("a seal is whole words");
    let mut leaves = [0; SEAL_SECTORS * HASH_BYTES];
    keccak256_many(&plain, SECTOR_BYTES, &mut leaves).expect("one hash for each sector");
    let mut levels = [0; levels_bytes(SEAL_SECTORS)];
    merkle_levels(&leaves, &mut levels).expect("room for every level");
    let root = *levels.last_chunk().expect("the levels end with the root");
    // 64 siblings at most: higher bits of the index decide nothing.
    let index = answer.recall_position.shr(SEAL_HEIGHT).low_u64();
    flow_root(root, index, &answer.merkle_proof)
}

/// Whether the seal is where the drawn load and its offset put it. A load that begins right at the range's end passes, as
/// in the contract.
fn is_recalled(answer: &Answer, steps: &Steps) -> bool {
    let range = &answer.range;
    let in_range =
        range.drawn_offset(&steps.pora.recall_seed).is_some_and(|offset| offset <= range.mine_length);
    let due = steps
        .load_position
        .zip(answer.seal_offset.checked_shl(SEAL_HEIGHT))
        .and_then(|(load, sectors)| load.checked_add(sectors));
    in_range && due == Some(answer.recall_position)
}
