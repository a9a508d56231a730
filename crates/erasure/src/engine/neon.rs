//! NEON: products of 16 bytes by two table look-ups.

use core::arch::aarch64::*;

use super::kernel::{self, Vector};
use super::{Block, Engine};
use crate::field::NIBBLES;

pub(super) const ENGINE: Engine = |block| {
    // SAFETY: this engine is chosen where the processor has its instructions.
    unsafe { run(block) }
};

#[target_feature(enable = "neon")]
fn run(block: &mut Block) {
    kernel::run::<Bytes, 2, 1>(block);
}

#[derive(Clone, Copy)]
struct Bytes(uint8x16_t);

/// Calls an intrinsic.
macro_rules! op {
    ($call:expr) => {
        // SAFETY: only `run` above leads here, with the instructions enabled; tables have the 16 bytes that are read.
        unsafe { $call }
    };
}

impl Vector for Bytes {
    /// Products with low and with high nibbles.
    type Factor = [uint8x16_t; 2];
    /// Low and high nibbles.
    type Operand = [uint8x16_t; 2];

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        Self(op!(vld1q_u8(from)))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        op!(vst1q_u8(to, self.0));
    }

    #[inline(always)]
    fn zero() -> Self {
        Self(op!(vdupq_n_u8(0)))
    }

    #[inline(always)]
    fn factor(factor: u8) -> [uint8x16_t; 2] {
        let [low, high] = &NIBBLES[factor as usize];
        [low, high].map(|half| op!(vld1q_u8(half.as_ptr())))
    }

    #[inline(always)]
    fn operand(self) -> [uint8x16_t; 2] {
        let mask = op!(vdupq_n_u8(15));
        [op!(vandq_u8(self.0, mask)), op!(vshrq_n_u8(self.0, 4))]
    }

    #[inline(always)]
    fn add_product(self, [low, high]: [uint8x16_t; 2], [x, y]: [uint8x16_t; 2]) -> Self {
        let low = op!(vqtbl1q_u8(low, x));
        let high = op!(vqtbl1q_u8(high, y));
        let sum = op!(veorq_u8(self.0, low));
        Self(op!(veorq_u8(sum, high)))
    }
}
