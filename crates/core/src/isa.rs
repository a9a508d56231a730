//! Which instruction set computes (one for the process).

use core::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::{Code, Error, Result};

/// Declares [`Level`] once: variant, name, what it takes, what it includes besides itself and `Portable`.
macro_rules! levels {
    ($($(#[$doc:meta])* $variant:ident $name:literal $available:expr, [$($includes:ident)*],)*) => {
        /// A set of instructions that kernels are written for, in ascending order on each architecture.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Level {
            $($(#[$doc])* $variant,)*
        }

        impl Level {
            const ALL: &'static [Level] = &[$(Level::$variant,)*];

            const fn name(self) -> &'static str {
                match self { $(Level::$variant => $name,)* }
            }

            /// Whether this processor has it.
            fn is_available(self) -> bool {
                match self { $(Level::$variant => $available,)* }
            }

            fn includes(self, other: Level) -> bool {
                self == other || other == Level::Portable || match self {
                    $(Level::$variant => matches!(other, Level::Portable $(| Level::$includes)*),)*
                }
            }
        }
    };
}

/// Whether this x86-64 processor has every one of these features; `false` on other architectures.
macro_rules! x86 {
    ($($feature:tt)*) => {{
        #[cfg(target_arch = "x86_64")]
        let has = true $(&& std::arch::is_x86_feature_detected!($feature))*;
        #[cfg(not(target_arch = "x86_64"))]
        let has = false;
        has
    }};
}

/// As `x86`, for 64-bit Arm.
macro_rules! arm {
    ($($feature:tt)*) => {{
        #[cfg(target_arch = "aarch64")]
        let has = true $(&& std::arch::is_aarch64_feature_detected!($feature))*;
        #[cfg(not(target_arch = "aarch64"))]
        let has = false;
        has
    }};
}

levels! {
    /// Plain Rust.
    Portable "portable" true, [],
    /// x86-64 with SSSE3: 16-byte shuffles.
    Ssse3 "ssse3" x86!("ssse3"), [],
    /// x86-64 with AVX2, BMI1 and BMI2.
    Avx2 "avx2" x86!("avx2" "bmi1" "bmi2"), [Ssse3],
    /// AVX2 with GFNI: products in GF(2^8).
    Avx2Gfni "avx2-gfni" x86!("avx2" "bmi1" "bmi2" "gfni"), [Ssse3 Avx2],
    /// AVX-512 (F, BW, DQ, VL).
    Avx512 "avx512" x86!("avx2" "bmi1" "bmi2" "avx512f" "avx512bw" "avx512dq" "avx512vl"), [Ssse3 Avx2],
    /// AVX-512 with GFNI.
    Avx512Gfni "avx512-gfni" x86!("avx2" "bmi1" "bmi2" "avx512f" "avx512bw" "avx512dq" "avx512vl" "gfni"),
        [Ssse3 Avx2 Avx2Gfni Avx512],
    /// 64-bit Arm with NEON.
    Neon "neon" arm!("neon"), [],
    /// NEON with the SHA-3 instructions.
    NeonSha3 "neon-sha3" arm!("neon" "sha3"), [Neon],
    /// WebAssembly SIMD; chosen when the module is built.
    Simd128 "simd128" cfg!(all(target_arch = "wasm32", target_feature = "simd128")), [],
}

/// A [`Level`] that this processor has. There is no other way to one than to ask, so it is proof that the instructions
/// can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(Level);

/// What kernels use: a level, or this while nobody asked.
static CURRENT: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = u8::MAX;

impl Isa {
    /// Plain Rust, on every processor.
    pub const PORTABLE: Isa = Isa(Level::Portable);

    /// Every instruction set of this processor, [`Level::Portable`] first.
    pub fn available() -> impl Iterator<Item = Isa> {
        Level::ALL.iter().copied().filter(|level| level.is_available()).map(Isa)
    }

    /// The best instruction set of this processor.
    pub fn best() -> Isa {
        Self::available().last().unwrap_or(Self::PORTABLE)
    }

    /// The instruction set of this name.
    ///
    /// # Errors
    /// `ISA_UNAVAILABLE` for a name that there is not, and for what this processor lacks.
    pub fn named(name: &str) -> Result<Isa> {
        Self::available().find(|isa| isa.name() == name).ok_or(Error::plain(Code::IsaUnavailable))
    }

    /// What kernels use: the best, or what was last made current.
    pub fn current() -> Isa {
        match Level::ALL.get(usize::from(CURRENT.load(Ordering::Relaxed))) {
            Some(&level) => Isa(level),
            None => {
                let best = Self::best();
                // Lost against `make_current` of another thread, not the other way round.
                let _ = CURRENT.compare_exchange(UNKNOWN, best.0 as u8, Ordering::Relaxed, Ordering::Relaxed);
                Self::current()
            }
        }
    }

    /// Makes kernels use this from their next call on, in the whole process: to compare, test and measure.
    pub fn make_current(self) {
        CURRENT.store(self.0 as u8, Ordering::Relaxed);
    }

    /// Calls `with` once for every instruction set of this processor while it is current, one caller at a time: for tests and
    /// measurements. The best is current afterwards.
    pub fn with_each(mut with: impl FnMut(Isa)) {
        static TURN: Mutex<()> = Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        for isa in Self::available() {
            isa.make_current();
            with(isa);
        }
    }

    /// Its name, as `ZGKIT_ISA` and `backend()` have it.
    pub const fn name(self) -> &'static str {
        self.0.name()
    }

    /// Whether the instructions of `level` are among these.
    pub fn includes(self, level: Level) -> bool {
        self.0.includes(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for isa in Isa::available() {
            assert_eq!(Isa::named(isa.name()), Ok(isa));
        }
        for name in ["", "AVX2", "avx9000"] {
            assert_eq!(Isa::named(name).unwrap_err().code, Code::IsaUnavailable);
        }
    }

    #[test]
    fn the_best_is_current_until_another_is_chosen() {
        assert_eq!(Isa::current(), Isa::best());
        Isa::with_each(|isa| assert_eq!(Isa::current(), isa));
        assert_eq!(Isa::current(), Isa::best());
    }

    #[test]
    fn what_is_included_is_available() {
        for isa in Isa::available() {
            for &level in Level::ALL {
                assert!(!isa.includes(level) || level.is_available(), "{} {}", isa.name(), level.name());
            }
        }
        assert!(!Level::Avx512.includes(Level::Avx2Gfni));
        assert!(Level::Avx512Gfni.includes(Level::Avx2Gfni));
    }
}
