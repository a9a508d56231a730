//! Two lanes: NEON with the SHA-3 instructions, which do three-operand XOR, XOR with rotation, and chi.

use core::arch::aarch64::*;

use super::{Bytes32, Vector, Work, drive, neon};

#[target_feature(enable = "neon,sha3")]
pub(super) fn run(work: &mut impl Work, count: usize) -> usize {
    drive::<2, Words>(work, count)
}

#[derive(Clone, Copy)]
struct Words(neon::Words);

/// Calls an intrinsic on words.
macro_rules! op {
    ($name:ident $(::<$number:literal>)? ($($word:expr),*)) => {
        // SAFETY: only `run` above leads here, and who calls it has made sure of the instructions.
        Words(neon::Words(unsafe { $name $(::<$number>)? ($($word.0.0),*) }))
    };
}

/// XOR, then rotation to the left by one of the listed numbers of bits, each with its rest to 64; others take two steps.
macro_rules! xor_rotate {
    ($a:expr, $b:expr, $bits:expr; $($left:literal $right:literal,)*) => {
        match $bits {
            $($left => op!(vxarq_u64::<$right>($a, $b)),)*
            bits => $a.xor($b).rotate_left(bits),
        }
    };
}

impl Vector<2> for Words {
    #[inline(always)]
    fn splat(word: u64) -> Self {
        Self(neon::Words::splat(word))
    }

    #[inline(always)]
    fn from_lanes(words: [u64; 2]) -> Self {
        Self(neon::Words::from_lanes(words))
    }

    #[inline(always)]
    fn to_lanes(self) -> [u64; 2] {
        self.0.to_lanes()
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        Self(self.0.xor(other.0))
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(self.0.add(other.0))
    }

    #[inline(always)]
    fn rotate_left(self, bits: u32) -> Self {
        Self(self.0.rotate_left(bits))
    }

    #[inline(always)]
    fn chi(self, b: Self, c: Self) -> Self {
        op!(vbcaxq_u64(self, c, b))
    }

    #[inline(always)]
    fn load(rows: [&Bytes32; 2]) -> [Self; 4] {
        neon::Words::load(rows).map(Self)
    }

    #[inline(always)]
    fn store(words: [Self; 4]) -> [Bytes32; 2] {
        neon::Words::store(words.map(|word| word.0))
    }

    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        op!(veor3q_u64(self, b, c))
    }

    #[inline(always)]
    fn xor_rotated(self, other: Self) -> Self {
        op!(vrax1q_u64(self, other))
    }

    #[inline(always)]
    fn xor_rotate(self, other: Self, bits: u32) -> Self {
        // Keccak's rho and BLAKE2b's four.
        xor_rotate! { self, other, bits;
            1 63, 2 62, 3 61, 6 58, 8 56, 10 54, 14 50, 15 49, 18 46, 20 44, 21 43, 25 39, 27 37, 28 36, 32 32, 36 28,
            39 25, 40 24, 41 23, 43 21, 44 20, 45 19, 48 16, 55 9, 56 8, 61 3, 62 2,
        }
    }
}
