//! Two lanes: WebAssembly SIMD.

use core::arch::wasm32::*;

use super::{Bytes32, RowsInMemory, Vector, Work, drive};

pub(super) fn run(work: &mut impl Work, count: usize) -> usize {
    drive::<2, Words>(work, count)
}

#[derive(Clone, Copy)]
struct Words(v128);

impl Vector<2> for Words {
    const ROWS_IN_MEMORY: RowsInMemory = RowsInMemory::First;

    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(u64x2_splat(word))
    }

    #[inline(always)]
    fn from_lanes([low, high]: [u64; 2]) -> Self {
        Self(u64x2(low, high))
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 2] {
        [u64x2_extract_lane::<0>(self.0), u64x2_extract_lane::<1>(self.0)]
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(v128_xor(self.0, other.0))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(u64x2_add(self.0, other.0))
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        // Engines have one instruction for the first and two for the second; for other whole bytes they first make a table.
        let word = self.0;
        Self(match bits {
            32 => i8x16_shuffle::<4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11>(word, word),
            48 => i8x16_shuffle::<2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9>(word, word),
            _ => v128_or(u64x2_shl(word, bits), u64x2_shr(word, 64 - bits)),
        })
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        Self(v128_xor(self.0, v128_andnot(c.0, b.0)))
    }

    #[inline(always)]
    fn load(rows: [&Bytes32; 2]) -> [Self; 4] {
        let [[a0, a1], [b0, b1]] = rows.map(|row| {
            let (halves, _) = row.as_chunks::<16>();
            [half(&halves[0]), half(&halves[1])]
        });
        let ([w0, w1], [w2, w3]) = (transpose([a0, b0]), transpose([a1, b1]));
        [w0, w1, w2, w3]
    }

    #[inline(always)]
    fn store([w0, w1, w2, w3]: [Self; 4]) -> [Bytes32; 2] {
        let ([a0, b0], [a1, b1]) = (transpose([w0.0, w1.0]), transpose([w2.0, w3.0]));
        [[a0, a1], [b0, b1]].map(|halves| {
            let mut row = [0; 32];
            for (bytes, half) in row.as_chunks_mut::<16>().0.iter_mut().zip(halves) {
                // SAFETY: the address is that of 16 bytes.
                unsafe { v128_store(bytes.as_mut_ptr().cast(), half.0) };
            }
            row
        })
    }
}

#[inline(always)]
fn half(bytes: &[u8; 16]) -> v128 {
    // SAFETY: the address is that of 16 bytes.
    unsafe { v128_load(bytes.as_ptr().cast()) }
}

/// Transposes 2 x 2 words.
#[inline(always)]
fn transpose([a, b]: [v128; 2]) -> [Words; 2] {
    [Words(i64x2_shuffle::<0, 2>(a, b)), Words(i64x2_shuffle::<1, 3>(a, b))]
}
