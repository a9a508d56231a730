//! What several files have: a mine context, and the blocks that it comes from.

use serde::Deserialize;
use zgkit_chain::FlowContext;
use zgkit_merkle::Hash;
use zgkit_testdata::{Bytes, Int, keccak};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextVector {
    epoch: Int,
    mine_start: Int,
    flow_root: Bytes,
    pub flow_length: Int,
    block_digest: Bytes,
    digest: Bytes,
}

impl ContextVector {
    pub fn flow_context(&self) -> FlowContext {
        FlowContext {
            epoch: self.epoch.u64(),
            mine_start: self.mine_start.u64(),
            flow_root: self.flow_root.hash(),
            flow_length: self.flow_length.u64(),
            block_digest: self.block_digest.hash(),
            digest: self.digest.hash(),
        }
    }
}

/// The hash of a block of a vector's chain.
pub fn block_hash(seed: &str, block: u64) -> Hash {
    keccak(&[seed.as_bytes(), &block.to_be_bytes()])
}
