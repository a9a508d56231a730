//! One lane: plain Rust.

use super::{Bytes32, RowsInMemory, Vector, Work};

/// Does items `first` to `count - 1`.
#[inline(always)]
pub(super) fn run(work: &mut impl Work, first: usize, count: usize) {
    for item in first..count {
        work.group::<1, u64>(item, 1);
    }
}

/// As [`run`], with AND-NOT and rotations of the extensions BMI1 and BMI2. Without vectors: the compiler would make slow ones
/// of single words.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "bmi1,bmi2")]
pub(super) fn run_bmi(work: &mut impl Work, first: usize, count: usize) {
    run(work, first, count);
}

impl Vector<1> for u64 {
    const ROWS_IN_MEMORY: RowsInMemory =
        if cfg!(target_arch = "wasm32") { RowsInMemory::All } else { RowsInMemory::None };

    #[inline(always)]
    fn splat(word: u64) -> Self {
        word
    }

    #[inline(always)]
    fn from_lanes([word]: [u64; 1]) -> Self {
        word
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 1] {
        [self]
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        self.rotate_left(bits)
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        self ^ (!b & c)
    }

    #[inline(always)]
    fn load([row]: [&Bytes32; 1]) -> [Self; 4] {
        let (words, _) = row.as_chunks::<8>();
        core::array::from_fn(|i| u64::from_le_bytes(words[i]))
    }

    #[inline(always)]
    fn store(words: [Self; 4]) -> [Bytes32; 1] {
        let mut row = [0; 32];
        for (bytes, word) in row.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *bytes = word.to_le_bytes();
        }
        [row]
    }
}
