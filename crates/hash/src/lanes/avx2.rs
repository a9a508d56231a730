//! Four lanes: AVX2.

use core::arch::x86_64::*;

use super::{Bytes32, Vector, Work, align_stack, drive};

#[target_feature(enable = "avx2,bmi1,bmi2")]
pub(super) fn run(work: &mut impl Work, count: usize) -> usize {
    align_stack();
    drive::<4, Words>(work, count)
}

#[derive(Clone, Copy)]
struct Words(__m256i);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, and who calls it has made sure of the instructions; addresses, where there
        // are any, are those of references to as many bytes.
        unsafe { $call }
    };
}

impl Vector<4> for Words {
    const MEMORY_OPERANDS: bool = true;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(op!(_mm256_set1_epi64x(word as i64)))
    }

    #[inline(always)]
    fn from_lanes(words: [u64; 4]) -> Self {
        Self(op!(_mm256_loadu_si256(words.as_ptr().cast())))
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 4] {
        let mut words = [0; 4];
        op!(_mm256_storeu_si256(words.as_mut_ptr().cast(), self.0));
        words
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(op!(_mm256_xor_si256(self.0, other.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(op!(_mm256_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        // Whole bytes move with one shuffle, which spares two instructions.
        let word = self.0;
        Self(match bits {
            32 => op!(_mm256_shuffle_epi32::<0b10_11_00_01>(word)),
            8 | 40 | 48 | 56 => op!(_mm256_shuffle_epi8(word, byte_rotation(bits as u8 / 8))),
            1 => {
                let doubled = op!(_mm256_add_epi64(word, word));
                let carried = op!(_mm256_srli_epi64::<63>(word));
                op!(_mm256_or_si256(doubled, carried))
            }
            _ => {
                // With constant bits these are shifts by immediates.
                let (bits, rest) =
                    (op!(_mm_cvtsi32_si128(bits as i32)), op!(_mm_cvtsi32_si128(64 - bits as i32)));
                let left = op!(_mm256_sll_epi64(word, bits));
                let right = op!(_mm256_srl_epi64(word, rest));
                op!(_mm256_or_si256(left, right))
            }
        })
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        self.xor(Self(op!(_mm256_andnot_si256(b.0, c.0))))
    }

    #[inline(always)]
    fn load(rows: [&Bytes32; 4]) -> [Self; 4] {
        transpose(rows.map(|row| op!(_mm256_loadu_si256(row.as_ptr().cast()))))
    }

    #[inline(always)]
    fn load_xor(rows: [&Bytes32; 4], masks: [&Bytes32; 4]) -> [Self; 4] {
        let load = |row: &Bytes32| op!(_mm256_loadu_si256(row.as_ptr().cast()));
        transpose(core::array::from_fn(|lane| op!(_mm256_xor_si256(load(rows[lane]), load(masks[lane])))))
    }

    #[inline(always)]
    fn store(words: [Self; 4]) -> [Bytes32; 4] {
        let mut rows = [[0; 32]; 4];
        for (row, words) in rows.iter_mut().zip(transpose(words.map(|word| word.0))) {
            op!(_mm256_storeu_si256(row.as_mut_ptr().cast(), words.0));
        }
        rows
    }
}

/// The shuffle that rotates each word left by so many bytes.
#[inline(always)]
fn byte_rotation(bytes: u8) -> __m256i {
    let table: [u8; 32] = core::array::from_fn(|i| (i as u8 & 8) + (i as u8).wrapping_sub(bytes) % 8);
    let mut words = [0; 2];
    for (word, bytes) in words.iter_mut().zip(table.as_chunks::<8>().0) {
        *word = i64::from_le_bytes(*bytes);
        // A table that the compiler knows it turns into two shuffles by immediates.
        // SAFETY: no instruction at all.
        unsafe {
            core::arch::asm!("/* {0} */", inout(reg) * word, options(pure, nomem, nostack, preserves_flags))
        };
    }
    let [low, high] = words;
    op!(_mm256_setr_epi64x(low, high, low, high))
}

/// Transposes 4 x 4 words: from a row for each lane to a word of all lanes, and back.
#[inline(always)]
fn transpose([a, b, c, d]: [__m256i; 4]) -> [Words; 4] {
    let ab0 = op!(_mm256_unpacklo_epi64(a, b));
    let ab1 = op!(_mm256_unpackhi_epi64(a, b));
    let cd0 = op!(_mm256_unpacklo_epi64(c, d));
    let cd1 = op!(_mm256_unpackhi_epi64(c, d));
    [
        Words(op!(_mm256_permute2x128_si256::<0x20>(ab0, cd0))),
        Words(op!(_mm256_permute2x128_si256::<0x20>(ab1, cd1))),
        Words(op!(_mm256_permute2x128_si256::<0x31>(ab0, cd0))),
        Words(op!(_mm256_permute2x128_si256::<0x31>(ab1, cd1))),
    ]
}
