use core::fmt;

/// A 256-bit unsigned integer, as the contracts have them: positions, lengths, targets, hashes as numbers.
///
/// Only what the rules take. Nothing wraps and nothing panics.
///
/// ```
/// use zgkit_core::U256;
///
/// let target = U256::MAX.div_rem(3000u64.into()).map(|(quotient, _)| quotient);
/// assert!(target.is_some_and(|target| U256::from_be_bytes([0; 32]) < target));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct U256 {
    // In this order the derived comparison is the numbers'.
    high: u128,
    low: u128,
}

impl U256 {
    /// 0.
    pub const ZERO: Self = Self { high: 0, low: 0 };

    /// 2^256 - 1.
    pub const MAX: Self = Self { high: u128::MAX, low: u128::MAX };

    /// The number that 32 big-endian bytes are.
    pub fn from_be_bytes(bytes: [u8; 32]) -> Self {
        let [high, low] = [&bytes[..16], &bytes[16..]]
            .map(|half| u128::from_be_bytes(half.try_into().expect("half of 32 bytes")));
        Self { high, low }
    }

    /// As 32 big-endian bytes.
    pub fn to_be_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(&self.high.to_be_bytes());
        bytes[16..].copy_from_slice(&self.low.to_be_bytes());
        bytes
    }

    /// As a `u64`, `None` above 2^64 - 1.
    pub fn to_u64(self) -> Option<u64> {
        if self.high == 0 { self.low.try_into().ok() } else { None }
    }

    /// As a `u128`, `None` above 2^128 - 1.
    pub const fn to_u128(self) -> Option<u128> {
        if self.high == 0 { Some(self.low) } else { None }
    }

    /// The lowest 64 bits.
    pub const fn low_u64(self) -> u64 {
        self.low as u64
    }

    /// The sum, `None` past 2^256 - 1.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (low, carry) = self.low.overflowing_add(other.low);
        let high = self.high.checked_add(other.high)?.checked_add(carry.into())?;
        Some(Self { high, low })
    }

    /// The product, `None` past 2^256 - 1.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let low = wide_mul(self.low, other.low);
        // Of the upper halves one is zero, or the product is too long.
        let crossed = match (self.high, other.high) {
            (0, high) => high.checked_mul(self.low)?,
            (high, 0) => high.checked_mul(other.low)?,
            _ => return None,
        };
        Some(Self { high: low.high.checked_add(crossed)?, low: low.low })
    }

    /// `self * 2^bits`, `None` past 2^256 - 1.
    pub fn checked_shl(self, bits: u32) -> Option<Self> {
        let shifted = match bits {
            0 => self,
            1..128 => Self { high: self.high << bits | self.low >> (128 - bits), low: self.low << bits },
            128..256 => Self { high: self.low << (bits - 128), low: 0 },
            _ => Self::ZERO,
        };
        (shifted.shr(bits) == self).then_some(shifted)
    }

    /// `self / 2^bits`, rounded down.
    pub const fn shr(self, bits: u32) -> Self {
        match bits {
            0 => self,
            1..128 => Self { high: self.high >> bits, low: self.low >> bits | self.high << (128 - bits) },
            128..256 => Self { high: 0, low: self.high >> (bits - 128) },
            _ => Self::ZERO,
        }
    }

    /// Quotient, rounded down, and remainder; `None` for a divisor of 0.
    pub fn div_rem(self, divisor: Self) -> Option<(Self, Self)> {
        if divisor == Self::ZERO {
            return None;
        }
        if self.high == 0 && divisor.high == 0 {
            return Some(((self.low / divisor.low).into(), (self.low % divisor.low).into()));
        }
        // Bit by bit, a microsecond: mining divides once for each nonce's 513 hashes.
        let (mut quotient, mut remainder) = (Self::ZERO, Self::ZERO);
        for place in (0..256).rev() {
            let carry = remainder.high >> 127 == 1;
            remainder.high = remainder.high << 1 | remainder.low >> 127;
            remainder.low = remainder.low << 1 | self.shr(place).low & 1;
            quotient = Self { high: quotient.high << 1 | quotient.low >> 127, low: quotient.low << 1 };
            if carry || remainder >= divisor {
                let (low, borrow) = remainder.low.overflowing_sub(divisor.low);
                // With a carry the true remainder is 2^256 more, and the difference fits again.
                let high = remainder.high.wrapping_sub(divisor.high).wrapping_sub(borrow.into());
                remainder = Self { high, low };
                quotient.low |= 1;
            }
        }
        Some((quotient, remainder))
    }
}

/// The product of two halves: it always fits.
const fn wide_mul(a: u128, b: u128) -> U256 {
    const MASK: u128 = u64::MAX as u128;
    let (a_high, a_low, b_high, b_low) = (a >> 64, a & MASK, b >> 64, b & MASK);
    let lowest = a_low * b_low;
    // At most 2^128 - 1: the product of two words leaves room for two more.
    let middle = a_high * b_low + (lowest >> 64);
    let other = a_low * b_high + (middle & MASK);
    U256 { high: a_high * b_high + (middle >> 64) + (other >> 64), low: other << 64 | lowest & MASK }
}

impl From<u64> for U256 {
    fn from(value: u64) -> Self {
        u128::from(value).into()
    }
}

impl From<u128> for U256 {
    fn from(low: u128) -> Self {
        Self { high: 0, low }
    }
}

impl fmt::Debug for U256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:032x}{:032x}", self.high, self.low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn big(value: U256) -> BigUint {
        BigUint::from_bytes_be(&value.to_be_bytes())
    }

    fn small(value: &BigUint) -> Option<U256> {
        let bytes = value.to_bytes_be();
        let mut word = [0; 32];
        word.get_mut(32usize.checked_sub(bytes.len())?..)?.copy_from_slice(&bytes);
        Some(U256::from_be_bytes(word))
    }

    /// Numbers of every length, not only long ones, and those next to a power of two.
    fn any_u256() -> impl Strategy<Value = U256> {
        let word = any::<[u8; 32]>().prop_map(U256::from_be_bytes);
        let near = (0u32..256, -1i8..=1).prop_map(|(bits, step)| {
            let power = BigUint::from(1u8) << bits;
            small(&if step < 0 { power - 1u8 } else { power + step as u8 }).unwrap_or(U256::MAX)
        });
        prop_oneof![(word, 0u32..256).prop_map(|(word, bits)| word.shr(bits)), near]
    }

    #[test]
    fn edges() {
        assert_eq!(U256::MAX.checked_add(1u64.into()), None);
        assert_eq!(U256::MAX.div_rem(U256::ZERO), None);
        assert_eq!(U256::MAX.div_rem(U256::MAX), Some((1u64.into(), U256::ZERO)));
        assert_eq!(U256::ZERO.checked_shl(u32::MAX), Some(U256::ZERO));
        assert_eq!(U256::MAX.checked_shl(1), None);
        assert_eq!(U256::MAX.shr(256), U256::ZERO);
        assert_eq!(U256::from(u128::from(u64::MAX) + 1).to_u64(), None);
        assert_eq!(U256::MAX.to_u64(), None);
        assert_eq!((U256::MAX.to_u128(), U256::from(7u64).to_u128()), (None, Some(7)));
        assert_eq!(format!("{:?}", U256::from(255u64)), format!("0x{}ff", "0".repeat(62)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn equals_big_integers(a in any_u256(), b in any_u256(), bits in 0u32..300) {
            prop_assert_eq!(small(&big(a)), Some(a));
            prop_assert_eq!(a.cmp(&b), big(a).cmp(&big(b)));
            prop_assert_eq!(a.checked_add(b), small(&(big(a) + big(b))));
            prop_assert_eq!(a.checked_mul(b), small(&(big(a) * big(b))));
            prop_assert_eq!(a.checked_shl(bits), small(&(big(a) << bits)));
            prop_assert_eq!(Some(a.shr(bits)), small(&(big(a) >> bits)));
            prop_assert_eq!(a.to_u64(), u64::try_from(big(a)).ok());
            prop_assert_eq!(u128::from(a.low_u64()), a.low & u128::from(u64::MAX));
            if b != U256::ZERO {
                let expected = (small(&(big(a) / big(b))).unwrap(), small(&(big(a) % big(b))).unwrap());
                prop_assert_eq!(a.div_rem(b), Some(expected));
            }
        }
    }
}
