//! Values as the files write them.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use zgkit_core::U256;

/// Bytes, from `0x` and hex digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("0x").ok_or(D::Error::custom("no 0x"))?;
        hex::decode(digits).map(Bytes).map_err(D::Error::custom)
    }
}

impl Bytes {
    /// As an array, which must have their length.
    pub fn array<const N: usize>(&self) -> [u8; N] {
        self.0[..].try_into().unwrap()
    }

    /// As a hash, which they must be as long as.
    pub fn hash(&self) -> [u8; 32] {
        self.array()
    }
}

/// An integer: number, decimal text of any length, or `0x` and any number of hex digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Int(pub U256);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (digits, base) = text.strip_prefix("0x").map_or((&text[..], 10), |digits| (digits, 16));
        let number = digits.chars().try_fold(U256::ZERO, |number, digit| {
            let digit = digit.to_digit(base)?;
            number.checked_mul(u64::from(base).into())?.checked_add(u64::from(digit).into())
        });
        number.map(Int).ok_or(D::Error::custom("no 256-bit integer"))
    }
}

impl Int {
    /// As a number of 64 bits, which it must fit in.
    pub fn u64(self) -> u64 {
        self.0.to_u64().unwrap()
    }

    /// As a number of 128 bits, which it must fit in.
    pub fn u128(self) -> u128 {
        self.0.to_u128().unwrap()
    }
}
