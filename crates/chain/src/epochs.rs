//! Epochs and mine contexts (SPEC.md section 14).

use std::collections::HashMap;

use zgkit_core::limits::MAX_EPOCH_STEPS;
use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result};
use zgkit_hash::keccak256;
use zgkit_merkle::Hash;
use zgkit_pora::{EMPTY_CONTEXT, MineContext, SealRange};

use crate::history::DigestHistory;

/// How many blocks back the BLOCKHASH instruction reaches.
pub const RECENT_BLOCKS: u64 = 256;

/// How many blocks back the history contract of EIP-2935 reaches.
pub const HISTORY_BLOCKS: u64 = 8191;

/// Where the contracts have a block's hash from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockHashSource {
    /// The instruction: the only one that contracts of the older generation know.
    Instruction,
    /// The history contract.
    History,
}

impl BlockHashSource {
    /// Where the hash of block `block` is from at block `current`; `None` where the contracts take it for zero.
    pub const fn of(block: u64, current: u64) -> Option<Self> {
        match current.checked_sub(block) {
            None | Some(0) => None,
            Some(..=RECENT_BLOCKS) => Some(Self::Instruction),
            Some(distance) if distance <= HISTORY_BLOCKS => Some(Self::History),
            Some(_) => None,
        }
    }
}

/// The flow contract's context, all six fields of it. Positions and lengths are in sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowContext {
    /// Number of the epoch.
    pub epoch: u64,
    /// The block that the epoch before ended with; mining starts behind it.
    pub mine_start: u64,
    /// Root of the flow tree.
    pub flow_root: Hash,
    /// Length of the flow.
    pub flow_length: u64,
    /// Hash of the block `mine_start`, or [`EMPTY_CONTEXT`].
    pub block_digest: Hash,
    /// [`context_digest`] of the three before, or [`EMPTY_CONTEXT`]: then nothing can be mined.
    pub digest: Hash,
}

impl FlowContext {
    /// What of it an answer is checked against.
    pub fn mining(&self) -> MineContext {
        MineContext { flow_root: self.flow_root, flow_length: self.flow_length.into(), digest: self.digest }
    }
}

/// The digest of a context: Keccak-256 of its block digest, flow root and flow length.
pub fn context_digest(block_digest: &Hash, flow_root: &Hash, flow_length: u64) -> Hash {
    let mut words = [0; 3 * HASH_BYTES];
    words[..32].copy_from_slice(block_digest);
    words[32..64].copy_from_slice(flow_root);
    words[88..].copy_from_slice(&flow_length.to_be_bytes());
    keccak256(&words)
}

/// The flow at the moment of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowState {
    /// Root of the flow tree.
    pub root: Hash,
    /// Its length in sectors.
    pub length: u64,
}

/// The epochs of a flow contract: what each call of `makeContext` does to them. Every submission and every answer makes
/// that call, a submission before its data is placed. It knows no chain: block number, block hashes and the flow are the
/// caller's.
///
/// ```
/// use zgkit_chain::{Epochs, FlowState};
///
/// let mut epochs = Epochs::new(2000, 50)?;
/// let flow = FlowState { root: [7; 32], length: 36 };
/// assert_eq!(epochs.make_context(2050, &flow, |_| [0; 32])?, 0);
/// assert_eq!(epochs.make_context(2051, &flow, |_| [0; 32])?, 1);
/// assert_eq!(epochs.context().mine_start, 2050);
/// assert_eq!(epochs.range_at(35).map(|range| range.digest), Some(epochs.context().digest));
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Epochs {
    first_block: u64,
    blocks_per_epoch: u64,
    context: FlowContext,
    ranges: Vec<SealRange>,
    /// Numbers of ranges by their digests.
    by_digest: HashMap<Hash, usize>,
    roots: DigestHistory,
    /// The sector that the next range begins with.
    start: u64,
}

impl Epochs {
    /// A flow contract that works from block `first_block` on.
    ///
    /// # Errors
    /// `RANGE` for epochs without blocks.
    pub fn new(first_block: u64, blocks_per_epoch: u64) -> Result<Self> {
        if blocks_per_epoch == 0 {
            return Err(Error::mismatch(Code::Range, 1, 0));
        }
        let context = FlowContext {
            epoch: 0,
            mine_start: 0,
            flow_root: [0; HASH_BYTES],
            flow_length: 1,
            block_digest: EMPTY_CONTEXT,
            digest: EMPTY_CONTEXT,
        };
        Ok(Self {
            first_block,
            blocks_per_epoch,
            context,
            ranges: Vec::new(),
            by_digest: HashMap::new(),
            roots: DigestHistory::default(),
            start: 0,
        })
    }

    /// The current context.
    pub fn context(&self) -> &FlowContext {
        &self.context
    }

    /// Flow roots of the last 1000 epochs that ended, by their number from 0 on.
    pub fn roots(&self) -> &DigestHistory {
        &self.roots
    }

    /// The ranges of all epochs that have one, in order; each begins where the one before ends.
    pub fn ranges(&self) -> &[SealRange] {
        &self.ranges
    }

    /// The block that the current epoch ends with: calls at later blocks begin the next one.
    pub const fn next_epoch_start(&self) -> u64 {
        // Past 2^64 - 1 there is no block that would be later.
        let blocks = self.blocks_per_epoch.saturating_mul(self.context.epoch.saturating_add(1));
        self.first_block.saturating_add(blocks)
    }

    /// The blocks whose hashes [`Self::make_context`] takes at block `block`, in order: to fetch them before.
    ///
    /// # Errors
    /// `RANGE` before the first block, `LIMIT_EXCEEDED` above 65,536 epochs.
    pub fn hashes_for(&self, block: u64) -> Result<impl Iterator<Item = u64> + use<>> {
        let steps = self.steps(block, u64::MAX)?;
        let (first, blocks) = (self.next_epoch_start(), self.blocks_per_epoch);
        // Every step's start is below `block`.
        Ok((0..steps)
            .map(move |step| first + step * blocks)
            .filter(move |start| block - start <= HISTORY_BLOCKS))
    }

    /// What `makeContext` does at block `block`: ends every epoch that is over. `block_hash` gives the hash of a block, zeros
    /// where the chain has none. Returns how many epochs ended.
    ///
    /// # Errors
    /// `RANGE` before the first block and for a flow that became shorter; `LIMIT_EXCEEDED` above 65,536 epochs:
    /// [`Self::make_context_fixed_times`] goes on in parts. Nothing has changed then.
    pub fn make_context(
        &mut self,
        block: u64,
        flow: &FlowState,
        block_hash: impl FnMut(u64) -> Hash,
    ) -> Result<u64> {
        self.run(self.steps(block, u64::MAX)?, block, flow, block_hash)
    }

    /// What `makeContextFixedTimes(count)` does: ends the first `count + 1` epochs that are over.
    ///
    /// # Errors
    /// As [`Self::make_context`].
    pub fn make_context_fixed_times(
        &mut self,
        count: u64,
        block: u64,
        flow: &FlowState,
        block_hash: impl FnMut(u64) -> Hash,
    ) -> Result<u64> {
        self.run(self.steps(block, count.saturating_add(1))?, block, flow, block_hash)
    }

    /// The range of a context, `None` if it has none: the contract then says 0 to 0.
    pub fn range_of(&self, digest: &Hash) -> Option<&SealRange> {
        self.by_digest.get(digest).map(|&place| &self.ranges[place])
    }

    /// The range that a sector lies in, and with it the context that seals it: `queryContextAtPosition`. `None` where that
    /// reverts, for a sector of an epoch that goes on or of none.
    pub fn range_at(&self, position: u64) -> Option<&SealRange> {
        self.ranges.get(self.ranges.partition_point(|range| range.end <= position.into()))
    }

    /// How many epochs are over at a block, those that end before it, but at most `most`.
    fn steps(&self, block: u64, most: u64) -> Result<u64> {
        if block < self.first_block {
            return Err(Error::mismatch(Code::Range, self.first_block, block));
        }
        let over = match block.checked_sub(self.next_epoch_start()) {
            None | Some(0) => 0,
            Some(past) => (past - 1) / self.blocks_per_epoch + 1,
        };
        let steps = over.min(most);
        if steps > MAX_EPOCH_STEPS {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_EPOCH_STEPS, steps));
        }
        Ok(steps)
    }

    fn run(
        &mut self,
        steps: u64,
        block: u64,
        flow: &FlowState,
        mut block_hash: impl FnMut(u64) -> Hash,
    ) -> Result<u64> {
        if flow.length < self.context.flow_length {
            return Err(Error::mismatch(Code::Range, self.context.flow_length, flow.length));
        }
        for _ in 0..steps {
            let mine_start = self.next_epoch_start();
            // Past what the history reaches there is no context, and the data is left to the next epoch that has one.
            let hash = (block - mine_start <= HISTORY_BLOCKS).then(|| block_hash(mine_start));
            self.step(mine_start, flow, hash);
        }
        Ok(steps)
    }

    /// Ends an epoch, `block_hash` being that of its last block.
    fn step(&mut self, mine_start: u64, flow: &FlowState, block_hash: Option<Hash>) {
        let mut digest = EMPTY_CONTEXT;
        if let Some(hash) = &block_hash {
            digest = context_digest(hash, &flow.root, flow.length);
            self.by_digest.insert(digest, self.ranges.len());
            self.ranges.push(SealRange { digest, start: self.start.into(), end: flow.length.into() });
            self.start = flow.length;
        }
        self.roots.insert(flow.root);
        self.context = FlowContext {
            epoch: self.context.epoch + 1,
            mine_start,
            flow_root: flow.root,
            flow_length: flow.length,
            block_digest: block_hash.unwrap_or(EMPTY_CONTEXT),
            digest,
        };
    }
}
