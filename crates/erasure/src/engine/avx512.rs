//! AVX-512 with GFNI: one instruction multiplies 64 bytes.

use core::arch::x86_64::*;

use super::kernel::{self, Vector};
use super::{Block, Engine};
use crate::field::AFFINE;

pub(super) const ENGINE: Engine = |block| {
    // SAFETY: this engine is chosen where the processor has its instructions.
    unsafe { run(block) }
};

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,gfni")]
fn run(block: &mut Block) {
    kernel::run::<Bytes, 4, 2>(block);
    if block.stream {
        // Orders what was streamed before all that follows, for other threads as well.
        _mm_sfence();
    }
}

#[derive(Clone, Copy)]
struct Bytes(__m512i);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, with the instructions enabled.
        unsafe { $call }
    };
}

impl Vector for Bytes {
    type Factor = __m512i;
    type Operand = Self;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        Self(op!(_mm512_loadu_si512(from.cast())))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        op!(_mm512_storeu_si512(to.cast(), self.0));
    }

    #[inline(always)]
    unsafe fn stream(self, to: *mut u8) {
        op!(_mm512_stream_si512(to.cast(), self.0));
    }

    #[inline(always)]
    fn zero() -> Self {
        Self(op!(_mm512_setzero_si512()))
    }

    #[inline(always)]
    fn factor(factor: u8) -> __m512i {
        op!(_mm512_set1_epi64(AFFINE[factor as usize] as i64))
    }

    #[inline(always)]
    fn operand(self) -> Self {
        self
    }

    #[inline(always)]
    fn add_product(self, a: __m512i, x: Self) -> Self {
        let product = op!(_mm512_gf2p8affine_epi64_epi8(x.0, a, 0));
        Self(op!(_mm512_xor_si512(self.0, product)))
    }

    #[inline(always)]
    fn add_products<const N: usize>(self, factors: [__m512i; N], operands: [Self; N]) -> Self {
        let (pairs, single) = factors.as_chunks::<2>();
        let (operand_pairs, operand) = operands.as_chunks::<2>();
        let sum = pairs.iter().zip(operand_pairs).fold(self, |sum, ([a, b], [x, y])| {
            let ax = op!(_mm512_gf2p8affine_epi64_epi8(x.0, *a, 0));
            let by = op!(_mm512_gf2p8affine_epi64_epi8(y.0, *b, 0));
            // 0x96 is the truth table of the sum of three.
            Self(op!(_mm512_ternarylogic_epi64(sum.0, ax, by, 0x96)))
        });
        single.iter().zip(operand).fold(sum, |sum, (a, x)| sum.add_product(*a, *x))
    }
}
