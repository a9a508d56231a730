//! Eight lanes: AVX-512.

use core::arch::x86_64::*;

use super::{Bytes32, Vector, Work, align_stack, drive};

#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,bmi1,bmi2")]
pub(super) fn run(work: &mut impl Work, count: usize) -> usize {
    align_stack();
    drive::<8, Words>(work, count)
}

#[derive(Clone, Copy)]
struct Words(__m512i);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, and who calls it has made sure of the instructions; addresses, where there
        // are any, are those of references to as many bytes.
        unsafe { $call }
    };
}

impl Vector<8> for Words {
    const MEMORY_OPERANDS: bool = true;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(op!(_mm512_set1_epi64(word as i64)))
    }

    #[inline(always)]
    fn from_lanes(words: [u64; 8]) -> Self {
        Self(op!(_mm512_loadu_si512(words.as_ptr().cast())))
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 8] {
        let mut words = [0; 8];
        op!(_mm512_storeu_si512(words.as_mut_ptr().cast(), self.0));
        words
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(op!(_mm512_xor_si512(self.0, other.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(op!(_mm512_add_epi64(self.0, other.0)))
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        // With constant bits this is one vprolq.
        Self(op!(_mm512_rolv_epi64(self.0, Self::splat(bits.into()).0)))
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        // Bit 4a + 2b + c of the table is a ^ (!b & c).
        Self(op!(_mm512_ternarylogic_epi64::<0b1101_0010>(self.0, b.0, c.0)))
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        Self(op!(_mm512_ternarylogic_epi64::<0b1001_0110>(self.0, b.0, c.0)))
    }

    #[inline(always)]
    fn load(rows: [&Bytes32; 8]) -> [Self; 4] {
        let [r0, r1, r2, r3, r4, r5, r6, r7] = rows.map(row);
        transpose([pair(r0, r4), pair(r1, r5), pair(r2, r6), pair(r3, r7)])
    }

    #[inline(always)]
    fn load_xor(rows: [&Bytes32; 8], masks: [&Bytes32; 8]) -> [Self; 4] {
        let [m0, m1, m2, m3, m4, m5, m6, m7] = masks.map(row);
        let [r0, r1, r2, r3, r4, r5, r6, r7] = rows.map(row);
        let masked = |row, mask| op!(_mm256_xor_si256(row, mask));
        transpose([
            pair(masked(r0, m0), masked(r4, m4)),
            pair(masked(r1, m1), masked(r5, m5)),
            pair(masked(r2, m2), masked(r6, m6)),
            pair(masked(r3, m3), masked(r7, m7)),
        ])
    }

    #[inline(always)]
    fn store(words: [Self; 4]) -> [Bytes32; 8] {
        let [p0, p1, p2, p3] = transpose(words.map(|word| word.0));
        let mut rows = [[0; 32]; 8];
        for (lane, pair) in [p0, p1, p2, p3].into_iter().enumerate() {
            let low = op!(_mm512_castsi512_si256(pair.0));
            let high = op!(_mm512_extracti64x4_epi64::<1>(pair.0));
            op!(_mm256_storeu_si256(rows[lane].as_mut_ptr().cast(), low));
            op!(_mm256_storeu_si256(rows[lane + 4].as_mut_ptr().cast(), high));
        }
        rows
    }
}

#[inline(always)]
fn row(bytes: &Bytes32) -> __m256i {
    op!(_mm256_loadu_si256(bytes.as_ptr().cast()))
}

#[inline(always)]
fn pair(low: __m256i, high: __m256i) -> __m512i {
    let low = op!(_mm512_castsi256_si512(low));
    op!(_mm512_inserti64x4::<1>(low, high))
}

/// Transposes the 4 x 4 words of both halves: from rows of lanes (l and l + 4) to words of all lanes, and back.
#[inline(always)]
fn transpose([a, b, c, d]: [__m512i; 4]) -> [Words; 4] {
    let ab0 = op!(_mm512_unpacklo_epi64(a, b));
    let ab1 = op!(_mm512_unpackhi_epi64(a, b));
    let cd0 = op!(_mm512_unpacklo_epi64(c, d));
    let cd1 = op!(_mm512_unpackhi_epi64(c, d));
    // Words 0 to 3 of `low` and 8 to 11 of `high` are numbered as vpermt2q does.
    let even = op!(_mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13));
    let odd = op!(_mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15));
    [
        Words(op!(_mm512_permutex2var_epi64(ab0, even, cd0))),
        Words(op!(_mm512_permutex2var_epi64(ab1, even, cd1))),
        Words(op!(_mm512_permutex2var_epi64(ab0, odd, cd0))),
        Words(op!(_mm512_permutex2var_epi64(ab1, odd, cd1))),
    ]
}
