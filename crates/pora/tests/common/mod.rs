//! What several files of testdata/ have: a range, and the texts that the contract reverts with.

use serde::Deserialize;
use zgkit_pora::RecallRange;
use zgkit_testdata::{Int, load};

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

/// Our code for a text that the contract reverts with.
pub fn code_of(text: &str) -> String {
    let codes: std::collections::HashMap<String, String> = load("pora/revert_codes.json");
    codes.get(text).unwrap_or_else(|| panic!("{text}")).clone()
}
