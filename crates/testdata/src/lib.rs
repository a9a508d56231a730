//! What the Rust tests read testdata/ with: its files, their values and the patterns that their files are made of.
//!
//! Keccak-256 is another's here, so that a fault of ours cannot hide in what our results are compared with.

mod pattern;
mod values;

use serde::de::DeserializeOwned;

pub use pattern::{Pattern, keccak, keccak_pattern};
pub use values::{Bytes, Int};

/// The content of a file, named by its path below testdata/.
///
/// # Panics
///
/// With the path, if there is no such file or it has another form.
pub fn load<T: DeserializeOwned>(name: &str) -> T {
    let path = format!("{}/../../testdata/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The list that a file has under a key.
///
/// # Panics
///
/// As [`load`]; with the name and the key, if there is no such list.
pub fn list<T: DeserializeOwned>(name: &str, key: &str) -> Vec<T> {
    let mut file: serde_json::Value = load(name);
    serde_json::from_value(file[key].take()).unwrap_or_else(|e| panic!("{name}, {key}: {e}"))
}
