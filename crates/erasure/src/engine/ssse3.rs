//! SSSE3: products of 16 bytes by two shuffles.

use core::arch::x86_64::*;

use super::kernel::{self, Vector};
use super::{Block, Engine};
use crate::field::NIBBLES;

pub(super) const ENGINE: Engine = |block| {
    // SAFETY: this engine is chosen where the processor has its instructions.
    unsafe { run(block) }
};

#[target_feature(enable = "ssse3")]
fn run(block: &mut Block) {
    kernel::run::<Bytes, 2, 1>(block);
}

#[derive(Clone, Copy)]
struct Bytes(__m128i);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, with the instructions enabled; tables have the 16 bytes that are read.
        unsafe { $call }
    };
}

impl Vector for Bytes {
    /// Products with low and with high nibbles.
    type Factor = [__m128i; 2];
    /// Low and high nibbles.
    type Operand = [__m128i; 2];

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        Self(op!(_mm_loadu_si128(from.cast())))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        op!(_mm_storeu_si128(to.cast(), self.0));
    }

    #[inline(always)]
    fn zero() -> Self {
        Self(op!(_mm_setzero_si128()))
    }

    #[inline(always)]
    fn factor(factor: u8) -> [__m128i; 2] {
        let [low, high] = &NIBBLES[factor as usize];
        [low, high].map(|half| op!(_mm_loadu_si128(half.as_ptr().cast())))
    }

    #[inline(always)]
    fn operand(self) -> [__m128i; 2] {
        let mask = op!(_mm_set1_epi8(15));
        let high = op!(_mm_srli_epi64(self.0, 4));
        [self.0, high].map(|bytes| op!(_mm_and_si128(bytes, mask)))
    }

    #[inline(always)]
    fn add_product(self, [low, high]: [__m128i; 2], [x, y]: [__m128i; 2]) -> Self {
        let low = op!(_mm_shuffle_epi8(low, x));
        let high = op!(_mm_shuffle_epi8(high, y));
        let sum = op!(_mm_xor_si128(self.0, low));
        Self(op!(_mm_xor_si128(sum, high)))
    }
}
