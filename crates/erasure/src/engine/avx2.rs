//! AVX2: products of 32 bytes by two shuffles.

use core::arch::x86_64::*;

use super::kernel::{self, Vector};
use super::{Block, Engine};
use crate::field::NIBBLES;

pub(super) const ENGINE: Engine = |block| {
    // SAFETY: this engine is chosen where the processor has its instructions.
    unsafe { run(block) }
};

#[target_feature(enable = "avx2")]
fn run(block: &mut Block) {
    kernel::run::<Bytes, 2, 1>(block);
    if block.stream {
        // Orders what was streamed before all that follows, for other threads as well.
        _mm_sfence();
    }
}

#[derive(Clone, Copy)]
struct Bytes(__m256i);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, with the instructions enabled; tables have the 16 bytes that are read.
        unsafe { $call }
    };
}

impl Vector for Bytes {
    /// Products with low and with high nibbles.
    type Factor = [__m256i; 2];
    /// Low and high nibbles.
    type Operand = [__m256i; 2];

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        Self(op!(_mm256_loadu_si256(from.cast())))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        op!(_mm256_storeu_si256(to.cast(), self.0));
    }

    #[inline(always)]
    unsafe fn stream(self, to: *mut u8) {
        op!(_mm256_stream_si256(to.cast(), self.0));
    }

    #[inline(always)]
    fn zero() -> Self {
        Self(op!(_mm256_setzero_si256()))
    }

    #[inline(always)]
    fn factor(factor: u8) -> [__m256i; 2] {
        let [low, high] = &NIBBLES[factor as usize];
        [low, high].map(|half| {
            let half = op!(_mm_loadu_si128(half.as_ptr().cast()));
            op!(_mm256_broadcastsi128_si256(half))
        })
    }

    #[inline(always)]
    fn operand(self) -> [__m256i; 2] {
        let mask = op!(_mm256_set1_epi8(15));
        let high = op!(_mm256_srli_epi64(self.0, 4));
        [self.0, high].map(|bytes| op!(_mm256_and_si256(bytes, mask)))
    }

    #[inline(always)]
    fn add_product(self, [low, high]: [__m256i; 2], [x, y]: [__m256i; 2]) -> Self {
        let low = op!(_mm256_shuffle_epi8(low, x));
        let high = op!(_mm256_shuffle_epi8(high, y));
        let sum = op!(_mm256_xor_si256(self.0, low));
        Self(op!(_mm256_xor_si256(sum, high)))
    }
}
