//! AVX2 with GFNI: one instruction multiplies 32 bytes.

use core::arch::x86_64::*;

use super::kernel::{self, Vector};
use super::{Block, Engine};
use crate::field::AFFINE;

pub(super) const ENGINE: Engine = |block| {
    // SAFETY: this engine is chosen where the processor has its instructions.
    unsafe { run(block) }
};

#[target_feature(enable = "avx2,gfni")]
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
        // SAFETY: only `run` above leads here, with the instructions enabled.
        unsafe { $call }
    };
}

impl Vector for Bytes {
    type Factor = __m256i;
    type Operand = Self;

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
    fn factor(factor: u8) -> __m256i {
        op!(_mm256_set1_epi64x(AFFINE[factor as usize] as i64))
    }

    #[inline(always)]
    fn operand(self) -> Self {
        self
    }

    #[inline(always)]
    fn add_product(self, a: __m256i, x: Self) -> Self {
        let product = op!(_mm256_gf2p8affine_epi64_epi8(x.0, a, 0));
        Self(op!(_mm256_xor_si256(self.0, product)))
    }
}
