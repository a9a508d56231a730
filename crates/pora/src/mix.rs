//! PoRA hashes: seals mixed with a scratch pad (SPEC.md section 10).

use zgkit_core::size::{HASH_BYTES, LOAD_SEALS, SEAL_BYTES, SEGMENT_BYTES};
use zgkit_hash::lanes::{Bytes32, Vector, Work, items, prefetch, run};
use zgkit_hash::{BLOCK_WORDS, Blake2b, blake2b512, keccak256};
use zgkit_merkle::Hash;

use crate::pad::{CELL_BYTES, HEADER_BYTES, Pad, PadSeed, fill};
use crate::seal::xor;

/// Bytes before the mixed seal in what a PoRA hash hashes: seal offset, pad seed, 32 zero bytes. One block of BLAKE2b.
const HEAD_BYTES: usize = HASH_BYTES + CELL_BYTES + HASH_BYTES;

/// Bytes of a block of BLAKE2b.
const BLOCK_BYTES: usize = 8 * BLOCK_WORDS;

/// The seals of a load whose PoRA hash is not above the threshold, as a bitmap, of those that `available` has.
pub fn winning_seals(pad: &Pad, load: &[u8; SEGMENT_BYTES], available: u64, threshold: &Hash) -> u64 {
    let mut mix = Mix { pad, seals: load.as_chunks().0, available, threshold, wins: 0 };
    run(&mut mix, LOAD_SEALS);
    mix.wins
}

struct Mix<'a> {
    pad: &'a Pad,
    seals: &'a [[u8; SEAL_BYTES]],
    available: u64,
    threshold: &'a Hash,
    wins: u64,
}

impl Work for Mix<'_> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        if self.available >> first & ((1 << active) - 1) == 0 {
            return;
        }
        let items = items::<L>(first, active);
        let zero = V::splat(0);
        let mut head = [zero; BLOCK_WORDS];
        // The offset is a number of 32 bytes, the lowest last.
        head[HASH_BYTES / 8 - 1] = V::from_lanes(items.map(|seal| (seal as u64) << 56));
        for (vector, word) in head[HASH_BYTES / 8..].iter_mut().zip(self.pad.seed().as_chunks().0) {
            *vector = V::splat(u64::from_le_bytes(*word));
        }
        let mut state = Blake2b::new();
        state.update(head);

        let seals = items.map(|seal| &self.seals[seal]);
        let masks = items.map(|seal| self.pad.quarter(seal));
        let behind = self.seals.get(first + L..).unwrap_or(&[]);
        for block in 0..SEAL_BYTES / BLOCK_BYTES - 1 {
            for seal in behind.iter().take(L) {
                prefetch(&seal[block * BLOCK_BYTES..][..BLOCK_BYTES]);
            }
            state.update(mixed(seals, masks, block));
        }
        let last = mixed(seals, masks, SEAL_BYTES / BLOCK_BYTES - 1);
        let [h0, h1, h2, h3, ..] = state.finish(last, BLOCK_BYTES as u64);

        // Nearly every hash fails by its first eight bytes.
        let (limit, _) = self.threshold.split_first_chunk().expect("a hash is longer than a word");
        let limit = u64::from_be_bytes(*limit);
        let firsts = h0.to_lanes();
        if firsts[..active].iter().any(|first| first.swap_bytes() <= limit) {
            for (lane, hash) in V::store([h0, h1, h2, h3])[..active].iter().enumerate() {
                // Big-endian numbers compare as their bytes do.
                self.wins |= u64::from(hash <= self.threshold) << (first + lane);
            }
            self.wins &= self.available;
        }
    }
}

/// A block of each lane's mixed seal.
#[inline(always)]
fn mixed<const L: usize, V: Vector<L>>(
    seals: [&[u8; SEAL_BYTES]; L],
    masks: [&[u8; SEAL_BYTES]; L],
    block: usize,
) -> [V; BLOCK_WORDS] {
    let mut words = [V::splat(0); BLOCK_WORDS];
    for (part, four) in words.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let row = block * BLOCK_BYTES / HASH_BYTES + part;
        *four = V::load_xor(seals.map(|seal| nth(seal, row)), masks.map(|mask| nth(mask, row)));
    }
    words
}

#[inline(always)]
fn nth(bytes: &[u8; SEAL_BYTES], row: usize) -> &Bytes32 {
    &bytes.as_chunks().0[row]
}

/// Every value on the way from a header and a sealed piece to its PoRA hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoraSteps {
    /// BLAKE2b-512 of the header.
    pub pad_seed: PadSeed,
    /// The pad's last cell.
    pub last_pad_state: PadSeed,
    /// Keccak-256 of that: draws the load.
    pub recall_seed: Hash,
    /// What is compared with the threshold.
    pub pora_hash: Hash,
    /// Keccak-256 of the mixed seal.
    pub mixed_data_keccak: Hash,
    /// Keccak-256 of the pad.
    pub scratch_pad_keccak: Hash,
}

/// Computes all of [`PoraSteps`] of one sealed piece. Its number in the load is 256 bits wide, as the contract's is; in a load
/// it is 0 to 63.
pub fn pora_steps(header: &[u8; HEADER_BYTES], seal_offset: &Hash, sealed: &[u8; SEAL_BYTES]) -> PoraSteps {
    let mut pad = [Pad::default()];
    fill(header, 0, &mut pad);
    let [pad] = pad;

    let mut message = [0; HEAD_BYTES + SEAL_BYTES];
    let (head, mixed) = message.split_at_mut(HEAD_BYTES);
    head[..HASH_BYTES].copy_from_slice(seal_offset);
    head[HASH_BYTES..][..CELL_BYTES].copy_from_slice(pad.seed());
    mixed.copy_from_slice(sealed);
    xor(mixed, pad.quarter(seal_offset[HASH_BYTES - 1].into()));
    let mixed_data_keccak = keccak256(mixed);
    PoraSteps {
        pad_seed: *pad.seed(),
        last_pad_state: *pad.last_state(),
        recall_seed: *pad.recall_seed(),
        pora_hash: *blake2b512(&message).first_chunk().expect("64 bytes begin with 32"),
        mixed_data_keccak,
        scratch_pad_keccak: keccak256(pad.cells()),
    }
}
