//! What joins is what was split.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_erasure::{join, split};

fuzz_target!(|shards: Vec<Vec<u8>>| {
    if let Ok(data) = join(&shards) {
        assert_eq!(split(&data, shards.len()), Ok(shards));
    }
});
