//! Many messages side by side: one 64-bit word of each in the lanes of a vector.
//!
//! A [`Work`] is written once, over [`Vector`], and [`run`] runs it with the vectors of an instruction set. Plain Rust is the
//! case of one lane: a `u64` is a vector.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "aarch64")]
mod neon_sha3;
mod scalar;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;

use zgkit_core::Isa;
#[allow(unused_imports, reason = "some architectures have one level")]
use zgkit_core::Level;

/// 32 bytes: a hash, a word of a seal, four 64-bit words of a lane.
pub type Bytes32 = [u8; 32];

/// `L` words of 64 bits, one for each lane, little-endian in memory.
///
/// Every method is `#[inline(always)]` and so is all code over vectors: only inside the function that [`run`] enters are the
/// instructions allowed.
pub trait Vector<const L: usize>: Copy {
    /// Whether instructions take an operand straight from memory, so that words used once in a while are best left there.
    const MEMORY_OPERANDS: bool = false;
    /// What of Keccak's state is to lie in memory between rounds.
    const ROWS_IN_MEMORY: RowsInMemory = RowsInMemory::None;

    /// The same word in each lane.
    fn splat(word: u64) -> Self;
    /// A word for each lane.
    fn from_lanes(words: [u64; L]) -> Self;
    /// The word of each lane.
    fn to_lanes(self) -> [u64; L];
    /// `self ^ other`.
    fn xor(self, other: Self) -> Self;
    /// `self + other` modulo 2^64.
    fn add(self, other: Self) -> Self;
    /// Each word rotated left by `bits`, a constant from 1 to 63.
    fn rotate_left(self, bits: u32) -> Self;
    /// `self ^ (!b & c)`: Keccak's chi.
    fn chi(self, b: Self, c: Self) -> Self;
    /// Four words of each lane from its 32 bytes.
    fn load(rows: [&Bytes32; L]) -> [Self; 4];
    /// Each lane's 32 bytes from its four words.
    fn store(words: [Self; 4]) -> [Bytes32; L];

    /// `self ^ b ^ c`.
    #[inline(always)]
    fn xor3(self, b: Self, c: Self) -> Self {
        self.xor(b).xor(c)
    }

    /// `self ^ rotate_left(other, 1)`: Keccak's theta.
    #[inline(always)]
    fn xor_rotated(self, other: Self) -> Self {
        self.xor(other.rotate_left(1))
    }

    /// `rotate_left(self ^ other, bits)`.
    #[inline(always)]
    fn xor_rotate(self, other: Self, bits: u32) -> Self {
        self.xor(other).rotate_left(bits)
    }

    /// As [`Self::load`], each row XORed with its mask.
    #[inline(always)]
    fn load_xor(rows: [&Bytes32; L], masks: [&Bytes32; L]) -> [Self; 4] {
        let (rows, masks) = (Self::load(rows), Self::load(masks));
        core::array::from_fn(|i| rows[i].xor(masks[i]))
    }
}

/// Rows of Keccak's state that are put into memory between rounds. Who compiles WebAssembly for the processor is better off so
/// than with many more values than registers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum RowsInMemory {
    /// None: the compiler has its way.
    None,
    /// The first three: the last two are needed first in the next round, and memory written just before is slow to read.
    First,
    /// All.
    All,
}

/// Work on items that do not depend on each other, so that as many as there are lanes are done at once.
pub trait Work {
    /// Does `active` items (1 to `L`) from item `first` on. Lanes behind the last item have nothing to do: whatever they
    /// compute is dropped. Must be `#[inline(always)]`.
    fn group<const L: usize, V: Vector<L>>(&mut self, first: usize, active: usize);
}

/// Does items 0 to `count - 1` with the current instruction set: in lanes, and a single one that is left without, which is
/// faster.
pub fn run(work: &mut impl Work, count: usize) {
    let isa = Isa::current();
    let in_lanes = if count > 1 { run_in_lanes(work, count, isa) } else { 0 };
    #[cfg(target_arch = "x86_64")]
    if isa.includes(Level::Avx2) {
        // SAFETY: an `Isa` exists only for what this processor has, and this one has BMI1 and BMI2.
        return unsafe { scalar::run_bmi(work, in_lanes, count) };
    }
    scalar::run(work, in_lanes, count);
}

/// Does most items, from 0 on, and returns how many.
fn run_in_lanes(work: &mut impl Work, count: usize, isa: Isa) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        if isa.includes(Level::Avx512) {
            // SAFETY: an `Isa` exists only for what this processor has.
            return unsafe { avx512::run(work, count) };
        }
        if isa.includes(Level::Avx2) {
            // SAFETY: as above.
            return unsafe { avx2::run(work, count) };
        }
    }
    #[cfg(target_arch = "aarch64")]
    {
        if isa.includes(Level::NeonSha3) {
            // SAFETY: an `Isa` exists only for what this processor has.
            return unsafe { neon_sha3::run(work, count) };
        }
        if isa.includes(Level::Neon) {
            // SAFETY: as above.
            return unsafe { neon::run(work, count) };
        }
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    if isa.includes(Level::Simd128) {
        return simd128::run(work, count);
    }
    let _ = (work, count, isa);
    0
}

/// Does work in full groups. What is left at the end makes one more group, with lanes to spare, unless it is a single item.
/// Returns how many items were done.
#[inline(always)]
fn drive<const L: usize, V: Vector<L>>(work: &mut impl Work, count: usize) -> usize {
    let mut done = 0;
    while count - done >= L {
        work.group::<L, V>(done, L);
        done += L;
    }
    if count - done > 1 {
        work.group::<L, V>(done, count - done);
        done = count;
    }
    done
}

/// Makes the caller's frame, into which vectors are spilled, begin at a whole cache line: the compiler aligns it for
/// variables but not for spills, and those that straddle two lines cost twice.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn align_stack() {
    #[repr(align(64))]
    struct Line(#[allow(dead_code, reason = "only its place matters")] [u8; 64]);
    let mut line = Line([0; 64]);
    core::hint::black_box(&mut line);
}

/// For each lane of a group its item: lanes to spare repeat the last one.
#[inline(always)]
pub fn items<const L: usize>(first: usize, active: usize) -> [usize; L] {
    core::array::from_fn(|lane| first + if lane < active { lane } else { active - 1 })
}

/// Makes the compiler forget what it knows of these words, so that it reads them again from memory where they are needed.
#[inline(always)]
pub(crate) fn keep_in_memory<V>(words: &mut [V]) {
    core::hint::black_box(words);
}

/// Makes the compiler have these words ready here. It would rather make each where it is used, and until then keep all that it is
/// made of.
#[inline(always)]
pub(crate) fn have_ready<V>(words: V) {
    static NEVER: bool = false;
    // SAFETY: the address is that of a `bool`.
    if unsafe { core::ptr::read_volatile(&raw const NEVER) } {
        core::hint::black_box(words);
    }
}
