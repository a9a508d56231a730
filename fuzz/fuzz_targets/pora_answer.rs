//! Answers with any numbers: there is a verdict, and what strict mode accepts the contract accepts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_core::U256;
use zgkit_pora::{Answer, MineContext, MineTask, Mode, RecallRange, SealRange, verify_answer};

type Input = ([[u8; 32]; 8], [u64; 5], Vec<[u8; 32]>, u8, u8);

fuzz_target!(|input: Input| {
    let (words, [mine_length, shard_id, shard_mask, max_shards, flow_length], merkle_proof, fill, same) =
        input;
    let [digest, nonce, miner_id, position, offset, sealed_context_digest, target, start_position] = words;
    // Equal digests and numbers near each other lead past the first checks.
    let near = |flag: u8, word: [u8; 32], small: u64| {
        if same & flag == 0 { U256::from_be_bytes(word) } else { U256::from(small) }
    };
    let answer = Answer {
        context_digest: if same & 1 == 0 { nonce } else { digest },
        nonce,
        miner_id,
        range: RecallRange {
            start_position: near(2, start_position, 0),
            mine_length: near(4, target, mine_length),
            shard_id,
            shard_mask: if same & 8 == 0 { shard_mask } else { u64::MAX },
        },
        recall_position: near(16, position, mine_length & !15),
        seal_offset: near(32, offset, shard_id % 64),
        sealed_context_digest,
        sealed_data: [fill; 4096],
        merkle_proof,
    };
    let context = MineContext { flow_root: position, flow_length: near(64, offset, flow_length), digest };
    let task =
        MineTask { context, pora_target: U256::from_be_bytes(target), subtask_digest: nonce, max_shards };
    let seal_ranges = [SealRange {
        digest: sealed_context_digest,
        start: U256::from(0u64),
        end: near(128, target, u64::MAX),
    }];
    let verdict = |mode| verify_answer(&answer, &task, &seal_ranges, mode).map(|verdict| verdict.code);
    let (strict, contract) = (verdict(Mode::Strict), verdict(Mode::Contract));
    assert_eq!(strict.is_err(), contract.is_err());
    if strict == Ok(None) {
        assert_eq!(contract, Ok(None));
    }
});
