//! What a miner asks the chain, and what follows from the answer (SPEC.md sections 11 and 14).

use zgkit_core::size::HASH_BYTES;
use zgkit_core::{Code, Error, Result, U256};
use zgkit_hash::keccak256;
use zgkit_merkle::Hash;
use zgkit_pora::MineTask;

use crate::encoding::{Address, Reader, WORD, word};
use crate::epochs::FlowContext;

/// Who has to call `computeWorkerContext`, with `eth_call`: the contract answers no other.
pub const WORKER_CONTEXT_CALLER: Address = {
    let mut address = [0; 20];
    address[19] = 0x0a;
    address
};

/// The first four bytes of Keccak-256 over the signature of the mine contract's `computeWorkerContext`.
const COMPUTE_SELECTOR: [u8; 4] = [0x29, 0x6b, 0xeb, 0xa7];

/// Bytes of a context: six words.
const CONTEXT_BYTES: usize = 6 * WORD;

/// Bytes of a worker context: nine words.
const WORKER_BYTES: usize = CONTEXT_BYTES + 3 * WORD;

/// A miner's id: Keccak-256 of the hash of the block before the registration, the miner's address and a seed of its choice.
pub fn miner_id(block_hash: &Hash, address: &Address, seed: u64) -> Hash {
    keccak256(&[&block_hash[..], address, &seed.to_be_bytes()].concat())
}

/// Which of an epoch's `subtasks` a miner has.
///
/// # Errors
/// `RANGE` for no subtasks.
pub fn subtask_index(digest: &Hash, miner_id: &Hash, subtasks: u64) -> Result<u64> {
    let drawn = U256::from_be_bytes(keccak256(&[*digest, *miner_id].concat()));
    let (_, index) = drawn.div_rem(subtasks.into()).ok_or(Error::mismatch(Code::Range, 1, 0))?;
    Ok(index.low_u64())
}

/// The digest of a subtask: Keccak-256 of the context's digest and the hash of the block that the subtask starts at.
pub fn subtask_digest(digest: &Hash, block_hash: &Hash) -> Hash {
    keccak256(&[*digest, *block_hash].concat())
}

/// The blocks in which a subtask's answers are taken: behind `start`, up to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubtaskWindow {
    /// The block whose hash is in the subtask's digest.
    pub start: u64,
    /// The last block.
    pub end: u64,
}

impl SubtaskWindow {
    /// The window of subtask `index` of a context's. Subtasks start `interval` blocks after each other, from `mine_start` on,
    /// and are open for `target_mine_blocks`.
    ///
    /// # Errors
    /// `RANGE` past block 2^64 - 1.
    pub fn of(mine_start: u64, index: u64, interval: u64, target_mine_blocks: u64) -> Result<Self> {
        let start = index.checked_mul(interval).and_then(|offset| mine_start.checked_add(offset));
        let window =
            start.and_then(|start| Some(Self { start, end: start.checked_add(target_mine_blocks)? }));
        window.ok_or(Error::plain(Code::Range))
    }

    /// What the contract says to an answer in block `block`.
    ///
    /// # Errors
    /// `TOO_EARLY`, `DEADLINE`.
    pub fn check(&self, block: u64) -> Result<()> {
        if block <= self.start {
            return Err(Error::mismatch(Code::TooEarly, self.start, block));
        }
        if block > self.end { Err(Error::mismatch(Code::Deadline, self.end, block)) } else { Ok(()) }
    }
}

/// What `computeWorkerContext` gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkerContext {
    /// The flow's context.
    pub context: FlowContext,
    /// The target before scaling; 0 while there is nothing to mine: outside of the subtask's window, and when the epoch is full.
    pub pora_target: U256,
    /// The subtask's digest; zeros outside of the window.
    pub subtask_digest: Hash,
    /// Most partitions of a recall range.
    pub max_shards: u64,
}

/// The calldata of `computeWorkerContext(minerId)`. It answers [`WORKER_CONTEXT_CALLER`] only.
pub fn compute_worker_context(miner_id: &Hash) -> [u8; 4 + HASH_BYTES] {
    let mut data = [0; 4 + HASH_BYTES];
    data[..4].copy_from_slice(&COMPUTE_SELECTOR);
    data[4..].copy_from_slice(miner_id);
    data
}

impl WorkerContext {
    /// As the contract returns it: nine words.
    pub fn to_abi(&self) -> Vec<u8> {
        let mut words = self.context.to_abi();
        words.extend([word(self.pora_target), self.subtask_digest, word(self.max_shards)].as_flattened());
        words
    }

    /// Reads the result. Whether the context's digest is that of its fields is not asked: the chain is trusted here, and
    /// [`context_digest`](crate::context_digest) says so.
    ///
    /// # Errors
    /// `BUFFER_LENGTH` unless these are 288 bytes, `RANGE` for numbers over 64 bits but the target.
    pub fn from_abi(data: &[u8]) -> Result<Self> {
        let mut reader = exactly(data, WORKER_BYTES)?;
        Ok(Self {
            context: FlowContext::read(&mut reader)?,
            pora_target: reader.word()?,
            subtask_digest: reader.hash()?,
            max_shards: reader.word_u64()?,
        })
    }

    /// What an answer is checked against.
    pub fn task(&self) -> MineTask {
        MineTask {
            context: self.context.mining(),
            pora_target: self.pora_target,
            subtask_digest: self.subtask_digest,
            max_shards: self.max_shards,
        }
    }
}

impl FlowContext {
    /// As the contract has it: six words.
    pub fn to_abi(&self) -> Vec<u8> {
        [
            word(self.epoch),
            word(self.mine_start),
            self.flow_root,
            word(self.flow_length),
            self.block_digest,
            self.digest,
        ]
        .concat()
    }

    /// Reads the result of the flow contract's `getContext` and `makeContextWithResult`.
    ///
    /// # Errors
    /// `BUFFER_LENGTH` unless these are 192 bytes, `RANGE` for numbers over 64 bits.
    pub fn from_abi(data: &[u8]) -> Result<Self> {
        Self::read(&mut exactly(data, CONTEXT_BYTES)?)
    }

    fn read(reader: &mut Reader) -> Result<Self> {
        Ok(Self {
            epoch: reader.word_u64()?,
            mine_start: reader.word_u64()?,
            flow_root: reader.hash()?,
            flow_length: reader.word_u64()?,
            block_digest: reader.hash()?,
            digest: reader.hash()?,
        })
    }
}

fn exactly(data: &[u8], length: usize) -> Result<Reader<'_>> {
    if data.len() != length {
        return Err(Error::mismatch(Code::BufferLength, length as u64, data.len() as u64));
    }
    Ok(Reader::new(data))
}
