//! WebAssembly SIMD: products of 16 bytes by two swizzles.

use core::arch::wasm32::*;

use super::Engine;
use super::kernel::{self, Vector};
use crate::field::NIBBLES;

pub(super) const ENGINE: Engine = kernel::run::<Bytes, 2, 1>;

#[derive(Clone, Copy)]
struct Bytes(v128);

impl Vector for Bytes {
    /// Products with low and with high nibbles.
    type Factor = [v128; 2];
    /// Low and high nibbles.
    type Operand = [v128; 2];

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller's; a v128 may lie anywhere.
        Self(unsafe { v128_load(from.cast()) })
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: as in `load`.
        unsafe { v128_store(to.cast(), self.0) };
    }

    #[inline(always)]
    fn zero() -> Self {
        Self(u8x16_splat(0))
    }

    #[inline(always)]
    fn factor(factor: u8) -> [v128; 2] {
        let [low, high] = &NIBBLES[factor as usize];
        // SAFETY: both have 16 bytes.
        [low, high].map(|half| unsafe { v128_load(half.as_ptr().cast()) })
    }

    #[inline(always)]
    fn operand(self) -> [v128; 2] {
        [v128_and(self.0, u8x16_splat(15)), u8x16_shr(self.0, 4)]
    }

    #[inline(always)]
    fn add_product(self, [low, high]: [v128; 2], [x, y]: [v128; 2]) -> Self {
        let sum = v128_xor(self.0, i8x16_swizzle(low, x));
        Self(v128_xor(sum, i8x16_swizzle(high, y)))
    }
}
