//! Which loads a miner mines (SPEC.md section 8).

use zgkit_core::size::{HASH_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result, U256};
use zgkit_hash::keccak256;
use zgkit_merkle::Hash;

/// Most sectors that a range may have for each partition (8 TiB).
pub const WINDOW_SECTORS: u64 = 1 << 35;

/// Ranges start at a multiple of this many sectors (8 GiB).
pub const START_SECTORS: u64 = 1 << 25;

/// Sectors of a load, as a power of two.
const LOAD_BITS: u32 = SEGMENT_SECTORS.trailing_zeros();

/// The part of the flow that a miner mines: a window, and one partition of its loads. The fields are the contract's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecallRange {
    /// First sector, a multiple of 2^25 (uint256).
    pub start_position: U256,
    /// Sectors from there on, of all partitions together (uint256).
    pub mine_length: U256,
    /// The partition: bits of a load's number that are fixed.
    pub shard_id: u64,
    /// One bits: bits of a load's number that are drawn; zero bits: bits that `shard_id` fixes.
    pub shard_mask: u64,
}

impl RecallRange {
    /// The range of partition `partition` of `partitions`, as long as a flow of `flow_length` sectors allows. It starts at
    /// `wanted`, rounded down to where a range may start.
    ///
    /// # Errors
    /// `RANGE` unless `partitions` is a power of two and `partition` below it.
    pub fn of(flow_length: u64, partitions: u64, partition: u64, wanted: u64) -> Result<Self> {
        if !partitions.is_power_of_two() {
            return Err(Error::mismatch(Code::Range, 1 << 63, partitions));
        }
        if partition >= partitions {
            return Err(Error::mismatch(Code::Range, partitions - 1, partition));
        }
        let end = flow_length >> LOAD_BITS << LOAD_BITS;
        let mine_length = end.min(WINDOW_SECTORS.saturating_mul(partitions));
        let start = wanted.min(end - mine_length);
        Ok(Self {
            start_position: (start - start % START_SECTORS).into(),
            mine_length: mine_length.into(),
            shard_id: partition,
            shard_mask: !(partitions - 1),
        })
    }

    /// Into how many partitions the range is split: 2 to the number of the mask's zero bits, from 1 to 2^64.
    pub const fn partitions(&self) -> u128 {
        1 << self.shard_mask.count_zeros()
    }

    /// Keccak-256 of the four numbers as 32-byte words, the id before the mask.
    pub fn digest(&self) -> Hash {
        let mut words = [0; 4 * HASH_BYTES];
        let numbers = [self.start_position, self.mine_length, self.shard_id.into(), self.shard_mask.into()];
        for (word, number) in words.chunks_exact_mut(HASH_BYTES).zip(numbers) {
            word.copy_from_slice(&number.to_be_bytes());
        }
        keccak256(&words)
    }

    /// Checks the range against a flow of `flow_length` sectors.
    ///
    /// # Errors
    /// The first of the contract's rules that it breaks: `RANGE_UNALIGNED`, `RANGE_OVERFLOW`, `RANGE_TOO_LONG`,
    /// `RANGE_TOO_SHORT`, `SHARD_ID_MASKED`.
    pub fn check(&self, flow_length: U256) -> Result<()> {
        let fail = |code| Err(Error::plain(code));
        let end = flow_length.shr(LOAD_BITS).checked_shl(LOAD_BITS).unwrap_or(U256::MAX);
        // At most 2^99.
        let most = U256::from(u128::from(WINDOW_SECTORS) * self.partitions());
        if !self.start_position.low_u64().is_multiple_of(START_SECTORS) {
            return fail(Code::RangeUnaligned);
        }
        if self.start_position.checked_add(self.mine_length).is_none_or(|range_end| range_end > end) {
            return fail(Code::RangeOverflow);
        }
        if self.mine_length > most {
            return fail(Code::RangeTooLong);
        }
        if self.mine_length < end.min(most) {
            return fail(Code::RangeTooShort);
        }
        if self.shard_id & self.shard_mask != 0 {
            return fail(Code::ShardIdMasked);
        }
        Ok(())
    }

    /// First sector of the load that a recall seed draws. With partitions it can lie at or past the range's end.
    ///
    /// `None` for a range shorter than a load, and past 2^256 - 1.
    pub fn load_position(&self, recall_seed: &Hash) -> Option<U256> {
        self.start_position.checked_add(self.drawn_offset(recall_seed)?)
    }

    /// As [`Self::load_position`], only where a miner mines the load: inside the range, with a position below 2^64.
    pub fn mined_position(&self, recall_seed: &Hash) -> Option<u64> {
        let offset = self.drawn_offset(recall_seed).filter(|offset| *offset < self.mine_length)?;
        self.start_position.checked_add(offset)?.to_u64()
    }

    /// Sectors from the range's start to the load that a recall seed draws.
    pub(crate) fn drawn_offset(&self, recall_seed: &Hash) -> Option<U256> {
        let loads = self.mine_length.shr(LOAD_BITS);
        let (_, drawn) = U256::from_be_bytes(*recall_seed).div_rem(loads)?;
        let load = drawn.low_u64() & self.shard_mask | self.shard_id;
        Some(U256::from(u128::from(load) << LOAD_BITS))
    }
}
