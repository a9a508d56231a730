//! The two halves of mining: where a nonce leads, and which seals win there (SPEC.md section 10).

use zgkit_core::U256;
use zgkit_core::size::SEGMENT_BYTES;
use zgkit_merkle::Hash;

use crate::mix::winning_seals;
use crate::pad::{Pad, fill, header};
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

impl Job {
    /// Nonce `index` of the job's batch.
    pub fn nonce(&self, index: u64) -> Hash {
        let mut nonce = self.base_nonce;
        for (byte, count) in nonce.iter_mut().zip(index.to_le_bytes()) {
            *byte ^= count;
        }
        nonce
    }

    /// Makes the pads of nonces `first` and up, one for each of `pads`; best many at once.
    pub fn seek(&self, first: u64, pads: &mut [Pad]) {
        fill(&header(&self.miner_id, &self.base_nonce, &self.subtask_digest, &self.range), first, pads);
    }

    /// First sector of the load that a pad draws; `None` where a miner discards the nonce.
    pub fn load_position(&self, pad: &Pad) -> Option<u64> {
        self.range.mined_position(pad.recall_seed())
    }

    /// Tries the seals of a load, as `available` has them (bit `s` for seal `s`), with the pad that drew it. Returns the bitmap
    /// of those that win.
    pub fn try_load(&self, pad: &Pad, load: &[u8; SEGMENT_BYTES], available: u64) -> u64 {
        winning_seals(pad, load, available, &self.threshold.to_be_bytes())
    }
}
