//! Reading of testdata/.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, de::DeserializeOwned};
use zgkit_core::U256;
use zgkit_hash::keccak256;
use zgkit_merkle::Hash;
use zgkit_pora::RecallRange;

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

/// An integer: number, decimal string, or `0x` and any number of hex digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Int(pub U256);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number = match text.strip_prefix("0x") {
            Some(digits) => {
                let word = hex::decode(format!("{digits:0>64}")).map_err(D::Error::custom)?;
                U256::from_be_bytes(word.try_into().map_err(|_| D::Error::custom("over 256 bits"))?)
            }
            None => text.parse::<u128>().map_err(D::Error::custom)?.into(),
        };
        Ok(Int(number))
    }
}

impl Int {
    pub fn u64(self) -> u64 {
        self.0.to_u64().unwrap()
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RangeVector {
    pub start_position: Int,
    pub mine_length: Int,
    pub shard_id: Int,
    pub shard_mask: Int,
}

impl RangeVector {
    pub fn range(&self) -> RecallRange {
        RecallRange {
            start_position: self.start_position.0,
            mine_length: self.mine_length.0,
            shard_id: self.shard_id.u64(),
            shard_mask: self.shard_mask.u64(),
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Pattern {
    Keccak { seed: String },
    Zero,
}

impl Pattern {
    pub fn bytes(&self, size: usize) -> Vec<u8> {
        match self {
            Pattern::Zero => vec![0; size],
            Pattern::Keccak { seed } => {
                let blocks = 0..size.div_ceil(32) as u64;
                let mut bytes: Vec<u8> =
                    blocks.flat_map(|j| keccak256(&[seed.as_bytes(), &j.to_be_bytes()].concat())).collect();
                bytes.truncate(size);
                bytes
            }
        }
    }
}

/// Our code for a text that the contract reverts with.
pub fn code_of(text: &str) -> String {
    let codes: std::collections::HashMap<String, String> = load("pora/revert_codes.json");
    codes.get(text).unwrap_or_else(|| panic!("{text}")).clone()
}
