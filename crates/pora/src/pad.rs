//! Scratch pad and PoRA hash (SPEC.md section 10).

use zgkit_core::size::{HASH_BYTES, SEAL_BYTES};
use zgkit_hash::{blake2b512, keccak256};
use zgkit_merkle::Hash;

use crate::range::RecallRange;
use crate::seal::xor;

/// Bytes that a pad seed hashes: miner id, nonce, subtask digest, range digest.
pub const HEADER_BYTES: usize = 4 * HASH_BYTES;

/// Bytes of a pad seed and of a cell.
pub const CELL_BYTES: usize = 64;

/// Bytes of a scratch pad: four seals.
pub const PAD_BYTES: usize = 4 * SEAL_BYTES;

/// The seed of a nonce's scratch pad.
pub type PadSeed = [u8; CELL_BYTES];

/// Bytes before the mixed seal in what a PoRA hash hashes: seal offset, pad seed, 32 zero bytes.
const PORA_HEAD: usize = HASH_BYTES + CELL_BYTES + HASH_BYTES;

/// What [`pad_seed`] hashes.
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

/// BLAKE2b-512 of the header.
pub fn pad_seed(header: &[u8; HEADER_BYTES]) -> PadSeed {
    blake2b512(header)
}

/// The recall seed of a nonce, without keeping its pad.
pub fn recall_seed(seed: &PadSeed) -> Hash {
    keccak256(&run(seed, |_, _| ()))
}

/// Keccak-256 over each half in turn, 256 times; `keep` gets every cell. Returns the last.
fn run(seed: &PadSeed, mut keep: impl FnMut(usize, &PadSeed)) -> PadSeed {
    let mut cell = *seed;
    for index in 0..PAD_BYTES / CELL_BYTES {
        let low = keccak256(&cell);
        cell[..HASH_BYTES].copy_from_slice(&low);
        let high = keccak256(&cell);
        cell[HASH_BYTES..].copy_from_slice(&high);
        keep(index, &cell);
    }
    cell
}

/// A nonce's scratch pad, 16 KiB. One is made again and again: it allocates nothing.
#[derive(Clone, Debug)]
pub struct Pad {
    cells: [u8; PAD_BYTES],
    /// What a PoRA hash hashes, with this pad's seed in its place.
    message: [u8; PORA_HEAD + SEAL_BYTES],
}

impl Default for Pad {
    /// Room for a pad: of no seed until it is filled.
    fn default() -> Self {
        Self { cells: [0; PAD_BYTES], message: [0; PORA_HEAD + SEAL_BYTES] }
    }
}

impl Pad {
    /// Becomes the pad of a seed, and returns the recall seed.
    pub fn fill(&mut self, seed: &PadSeed) -> Hash {
        self.message[HASH_BYTES..HASH_BYTES + CELL_BYTES].copy_from_slice(seed);
        let cells = &mut self.cells;
        let last = run(seed, |index, cell| cells[index * CELL_BYTES..][..CELL_BYTES].copy_from_slice(cell));
        keccak256(&last)
    }

    /// The 256 cells, one after the other.
    pub fn cells(&self) -> &[u8; PAD_BYTES] {
        &self.cells
    }

    /// The last cell: the state that the recall seed is the hash of.
    pub fn last_state(&self) -> PadSeed {
        *self.cells.last_chunk().expect("a pad is longer than a cell")
    }

    /// The PoRA hash of a sealed piece with this number in its load. The number is 256 bits wide, as the contract's is;
    /// in a load it is 0 to 63.
    pub fn pora_hash(&mut self, seal_offset: &Hash, sealed: &[u8; SEAL_BYTES]) -> Hash {
        self.message[..HASH_BYTES].copy_from_slice(seal_offset);
        let quarter = usize::from(seal_offset[HASH_BYTES - 1] % 4) * SEAL_BYTES;
        let mixed = &mut self.message[PORA_HEAD..];
        mixed.copy_from_slice(sealed);
        xor(mixed, &self.cells[quarter..]);
        let digest = blake2b512(&self.message);
        *digest.first_chunk().expect("64 bytes begin with 32")
    }

    /// The bytes that the last [`Self::pora_hash`] mixed.
    pub fn mixed(&self) -> &[u8] {
        &self.message[PORA_HEAD..]
    }
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

/// Computes all of [`PoraSteps`].
pub fn pora_steps(header: &[u8; HEADER_BYTES], seal_offset: &Hash, sealed: &[u8; SEAL_BYTES]) -> PoraSteps {
    let pad_seed = pad_seed(header);
    let mut pad = Pad::default();
    let recall_seed = pad.fill(&pad_seed);
    let pora_hash = pad.pora_hash(seal_offset, sealed);
    PoraSteps {
        pad_seed,
        last_pad_state: pad.last_state(),
        recall_seed,
        pora_hash,
        mixed_data_keccak: keccak256(pad.mixed()),
        scratch_pad_keccak: keccak256(pad.cells()),
    }
}
