//! Answers as the mine contract takes them (SPEC.md section 11).

use zgkit_core::limits::MAX_DEPTH;
use zgkit_core::size::{HASH_BYTES, SEAL_BYTES};
use zgkit_core::{Code, Error, Result, U256};
use zgkit_merkle::Hash;

use crate::range::RecallRange;

/// Selector of the mine contract's `submit`.
const SUBMIT_SELECTOR: [u8; 4] = [0xae, 0x72, 0x2e, 0x82];

/// Words of an answer before its siblings, their offset and number included.
const HEAD_WORDS: usize = 140;

/// An answer: the fields of the contract's `PoraAnswer`, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The context that was mined in.
    pub context_digest: Hash,
    /// 32 bytes of the miner's choice.
    pub nonce: Hash,
    /// The miner's id.
    pub miner_id: Hash,
    /// Which loads are mined.
    pub range: RecallRange,
    /// Flow sector at which the seal begins (uint256).
    pub recall_position: U256,
    /// Number of the seal in its load, 0 to 63 (uint256: the type admits more).
    pub seal_offset: U256,
    /// The context that the seal was sealed with.
    pub sealed_context_digest: Hash,
    /// The seal as stored: sealed, not mixed.
    pub sealed_data: [u8; SEAL_BYTES],
    /// Siblings in the flow tree from height 4 up, the root not included.
    pub merkle_proof: Vec<Hash>,
}

impl Answer {
    /// The calldata of the contract's `submit(answer)`: 4 + 32 * (141 + siblings) bytes.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` above 64 siblings.
    pub fn to_calldata(&self) -> Result<Vec<u8>> {
        self.check_siblings()?;
        let word = |number: usize| U256::from(number as u64).to_be_bytes();
        let range = &self.range;
        let siblings = self.merkle_proof.len();
        let mut data = Vec::with_capacity(SUBMIT_SELECTOR.len() + HASH_BYTES * (1 + HEAD_WORDS + siblings));
        data.extend(SUBMIT_SELECTOR);
        data.extend(word(HASH_BYTES));
        data.extend([self.context_digest, self.nonce, self.miner_id].as_flattened());
        for number in [
            range.start_position,
            range.mine_length,
            range.shard_id.into(),
            range.shard_mask.into(),
            self.recall_position,
            self.seal_offset,
        ] {
            data.extend(number.to_be_bytes());
        }
        data.extend(self.sealed_context_digest);
        data.extend(self.sealed_data);
        // The siblings' offset points at their number, the last word of the head.
        data.extend(word((HEAD_WORDS - 1) * HASH_BYTES));
        data.extend(word(siblings));
        data.extend(self.merkle_proof.as_flattened());
        Ok(data)
    }

    /// # Errors
    /// `LIMIT_EXCEEDED` above 64 siblings.
    pub(crate) fn check_siblings(&self) -> Result<()> {
        if self.merkle_proof.len() > MAX_DEPTH {
            return Err(Error::mismatch(
                Code::LimitExceeded,
                MAX_DEPTH as u64,
                self.merkle_proof.len() as u64,
            ));
        }
        Ok(())
    }
}
