//! Scratch pads (SPEC.md section 10).

use zgkit_core::size::{HASH_BYTES, SEAL_BYTES};
use zgkit_hash::lanes::{Vector, Work, items, run};
use zgkit_hash::{Blake2b, keccak256_words};
use zgkit_merkle::Hash;

use crate::range::RecallRange;

/// Bytes that a pad seed hashes: miner id, nonce, subtask digest, range digest.
pub const HEADER_BYTES: usize = 4 * HASH_BYTES;

/// Bytes of a pad seed and of a cell.
pub const CELL_BYTES: usize = 64;

/// Bytes of a scratch pad: four seals.
pub const PAD_BYTES: usize = 4 * SEAL_BYTES;

/// The seed of a nonce's scratch pad.
pub type PadSeed = [u8; CELL_BYTES];

/// The two hashes that a cell is made of, and a seed can be cut into.
type Cell = [Hash; 2];

/// What the pad seed of a nonce is the BLAKE2b-512 of.
pub fn header(
    miner_id: &Hash,
    nonce: &Hash,
    subtask_digest: &Hash,
    range: &RecallRange,
) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let parts = [*miner_id, *nonce, *subtask_digest, range.digest()];
    header.copy_from_slice(parts.as_flattened());
    header
}

/// A nonce's scratch pad with the hashes before and behind it, 16,480 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pad {
    seed: Cell,
    recall_seed: Hash,
    cells: [Cell; PAD_BYTES / CELL_BYTES],
}

impl Default for Pad {
    /// Room for a pad: of no nonce until it is filled.
    fn default() -> Self {
        Self {
            seed: Cell::default(),
            recall_seed: Hash::default(),
            cells: [Cell::default(); PAD_BYTES / CELL_BYTES],
        }
    }
}

impl Pad {
    /// A pad that was made before, from its parts.
    pub fn copy_from(&mut self, seed: &PadSeed, recall_seed: &Hash, cells: &[u8; PAD_BYTES]) {
        self.seed.as_flattened_mut().copy_from_slice(seed);
        self.recall_seed = *recall_seed;
        self.cells.as_flattened_mut().as_flattened_mut().copy_from_slice(cells);
    }

    /// BLAKE2b-512 of the header.
    pub fn seed(&self) -> &PadSeed {
        self.seed.as_flattened().try_into().expect("two hashes")
    }

    /// Keccak-256 of the last cell: draws the load.
    pub fn recall_seed(&self) -> &Hash {
        &self.recall_seed
    }

    /// The 256 cells, one after the other.
    pub fn cells(&self) -> &[u8; PAD_BYTES] {
        self.cells.as_flattened().as_flattened().try_into().expect("256 cells")
    }

    /// The last cell.
    pub fn last_state(&self) -> &PadSeed {
        self.cells().last_chunk().expect("a pad is longer than a cell")
    }

    /// The quarter of the pad that a seal is mixed with, by the low bits of the seal's number in its load.
    pub fn quarter(&self, seal: usize) -> &[u8; SEAL_BYTES] {
        &self.cells().as_chunks().0[seal % (PAD_BYTES / SEAL_BYTES)]
    }
}

/// Makes the pads of consecutive nonces: that of `pads[i]` has the header's nonce with its bytes 0 to 7 XORed with `first + i`
/// (little-endian). 513 Keccak permutations in a row each, as many pads at once as there are lanes.
pub fn fill(header: &[u8; HEADER_BYTES], first: u64, pads: &mut [Pad]) {
    let count = pads.len();
    run(&mut Fill { header, first, pads }, count);
}

struct Fill<'a> {
    header: &'a [u8; HEADER_BYTES],
    first: u64,
    pads: &'a mut [Pad],
}

/// The word of a header that differs between nonces: the first of the nonce.
const COUNTER_WORD: usize = HASH_BYTES / 8;

impl Work for Fill<'_> {
    #[inline(always)]
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize) {
        let mut block = [V::splat(0); HEADER_BYTES / 8];
        for (vector, word) in block.iter_mut().zip(self.header.as_chunks().0) {
            *vector = V::splat(u64::from_le_bytes(*word));
        }
        let numbers = items::<L>(first, active).map(|item| self.first.wrapping_add(item as u64));
        block[COUNTER_WORD] = block[COUNTER_WORD].xor(V::from_lanes(numbers));
        let [s0, s1, s2, s3, s4, s5, s6, s7] = Blake2b::new().finish(block, HEADER_BYTES as u64);

        let pads = &mut self.pads[first..][..active];
        let (mut low, mut high) = ([s0, s1, s2, s3], [s4, s5, s6, s7]);
        for (pad, (low, high)) in pads.iter_mut().zip(V::store(low).into_iter().zip(V::store(high))) {
            pad.seed = [low, high];
        }
        for index in 0..PAD_BYTES / CELL_BYTES {
            low = keccak256_words(cell(low, high));
            high = keccak256_words(cell(low, high));
            for (pad, (low, high)) in pads.iter_mut().zip(V::store(low).into_iter().zip(V::store(high))) {
                pad.cells[index] = [low, high];
            }
        }
        for (pad, hash) in pads.iter_mut().zip(V::store(keccak256_words(cell(low, high)))) {
            pad.recall_seed = hash;
        }
    }
}

#[inline(always)]
fn cell<V: Copy>(low: [V; 4], high: [V; 4]) -> [V; 8] {
    [low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]]
}
