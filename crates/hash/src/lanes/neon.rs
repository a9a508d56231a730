//! Two lanes: NEON.

use core::arch::aarch64::*;

use super::{Bytes32, Vector, Work, drive};

#[target_feature(enable = "neon")]
pub(super) fn run(work: &mut impl Work, count: usize) -> usize {
    drive::<2, Words>(work, count)
}

#[derive(Clone, Copy)]
pub(super) struct Words(pub(super) uint64x2_t);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above and that of `neon_sha3` lead here, and who calls them has made sure of the instructions;
        // addresses, where there are any, are those of references to as many bytes.
        unsafe { $call }
    };
}

impl Vector<2> for Words {
    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(op!(vdupq_n_u64(word)))
    }

    #[inline(always)]
    fn from_lanes(words: [u64; 2]) -> Self {
        Self(op!(vld1q_u64(words.as_ptr())))
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 2] {
        let mut words = [0; 2];
        op!(vst1q_u64(words.as_mut_ptr(), self.0));
        words
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(op!(veorq_u64(self.0, other.0)))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(op!(vaddq_u64(self.0, other.0)))
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        let bits = bits as i64;
        // With constant bits these are shifts by immediates; a negative one goes to the right.
        let (left, right) = (op!(vdupq_n_s64(bits)), op!(vdupq_n_s64(bits - 64)));
        let (left, right) = (op!(vshlq_u64(self.0, left)), op!(vshlq_u64(self.0, right)));
        Self(op!(vorrq_u64(left, right)))
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        self.xor(Self(op!(vbicq_u64(c.0, b.0))))
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
                op!(vst1q_u8(bytes.as_mut_ptr(), vreinterpretq_u8_u64(half.0)));
            }
            row
        })
    }
}

#[inline(always)]
fn half(bytes: &[u8; 16]) -> uint64x2_t {
    let bytes = op!(vld1q_u8(bytes.as_ptr()));
    op!(vreinterpretq_u64_u8(bytes))
}

/// Transposes 2 x 2 words.
#[inline(always)]
fn transpose([a, b]: [uint64x2_t; 2]) -> [Words; 2] {
    [Words(op!(vtrn1q_u64(a, b))), Words(op!(vtrn2q_u64(a, b)))]
}
