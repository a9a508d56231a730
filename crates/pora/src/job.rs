//! The two halves of mining: where a nonce leads, and which seals win there (SPEC.md section 10).

use zgkit_core::U256;
use zgkit_core::size::{HASH_BYTES, SEAL_BYTES, SEGMENT_BYTES};
use zgkit_merkle::Hash;

use crate::pad::{Pad, PadSeed, header, pad_seed, recall_seed};
use crate::range::RecallRange;

/// What a miner mines: everything of a nonce's work but the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// The miner's id.
    pub miner_id: Hash,
    /// The subtask's digest.
    pub subtask_digest: Hash,
    /// Nonce `i` is this with its bytes 0 to 7 XORed with `i` (little-endian).
    pub base_nonce: Hash,
    /// The highest PoRA hash that wins.
    pub threshold: U256,
    /// Which loads are mined.
    pub range: RecallRange,
}

/// Where a nonce leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seek {
    /// The seed of its scratch pad.
    pub pad_seed: PadSeed,
    /// First sector of its load; `None` where a miner discards the nonce.
    pub load_position: Option<u64>,
}

impl Job {
    /// Nonce `index` of the job's batch.
    pub fn nonce(&self, index: u64) -> Hash {
        let mut nonce = self.base_nonce;
        for (byte, count) in nonce.iter_mut().zip(index.to_le_bytes()) {
            *byte ^= count;
        }
        nonce
    }

    /// The pad seed of nonce `index`.
    pub fn pad_seed(&self, index: u64) -> PadSeed {
        pad_seed(&header(&self.miner_id, &self.nonce(index), &self.subtask_digest, &self.range))
    }

    /// Where nonce `index` leads: 513 hashes in a row.
    pub fn seek(&self, index: u64) -> Seek {
        let pad_seed = self.pad_seed(index);
        Seek { pad_seed, load_position: self.range.mined_position(&recall_seed(&pad_seed)) }
    }

    /// Tries the seals of a load, as `available` has them (bit `s` for seal `s`), with the pad of the nonce that drew it.
    /// Returns the bitmap of those that win.
    pub fn try_load(&self, pad: &mut Pad, load: &[u8; SEGMENT_BYTES], available: u64) -> u64 {
        let threshold = self.threshold.to_be_bytes();
        let (seals, _) = load.as_chunks::<SEAL_BYTES>();
        let mut wins = 0;
        for (offset, seal) in seals.iter().enumerate() {
            if available >> offset & 1 == 1 {
                let mut number = [0; HASH_BYTES];
                number[HASH_BYTES - 1] = offset as u8;
                // Big-endian numbers compare as their bytes do.
                wins |= u64::from(pad.pora_hash(&number, seal) <= threshold) << offset;
            }
        }
        wins
    }
}
