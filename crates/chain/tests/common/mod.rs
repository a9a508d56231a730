//! Reading of testdata/.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de::DeserializeOwned};
use zgkit_core::U256;
use zgkit_merkle::{Hash, Node};

pub fn load<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/../../testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

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
    pub fn array<const N: usize>(&self) -> [u8; N] {
        self.0[..].try_into().unwrap()
    }

    pub fn hash(&self) -> Hash {
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
    pub fn u64(self) -> u64 {
        self.0.to_u64().unwrap()
    }

    pub fn u128(self) -> u128 {
        self.0.to_u128().unwrap()
    }
}

#[derive(Deserialize)]
pub struct NodeVector {
    pub root: Bytes,
    pub height: u32,
}

impl NodeVector {
    pub fn node(&self) -> Node {
        Node { root: self.root.hash(), height: self.height }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextVector {
    pub epoch: Int,
    pub mine_start: Int,
    pub flow_root: Bytes,
    pub flow_length: Int,
    pub block_digest: Bytes,
    pub digest: Bytes,
}
