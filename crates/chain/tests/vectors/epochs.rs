//! Mine contexts as epochs follow each other.

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_core::U256;
use zgkit_hash::keccak256;
use zgkit_pora::EMPTY_CONTEXT;
use zgkit_testdata::{Bytes, Int, list, load};

use crate::context::{ContextVector, block_hash};

#[test]
fn begins_without_a_context() {
    let epochs = Epochs::new(5, 7).unwrap();
    assert_eq!((epochs.context().digest, epochs.next_epoch_start()), (EMPTY_CONTEXT, 12));
}

#[test]
fn mine_context() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct File {
        blocks_per_epoch: u64,
        first_block: u64,
        contexts: Vec<Row>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        label: String,
        block: u64,
        epoch_range: Range,
        #[serde(flatten)]
        context: ContextVector,
    }
    #[derive(Deserialize)]
    struct Range {
        start: u64,
        end: u64,
    }

    let file: File = load("storage/mine_context.json");
    let mut epochs = Epochs::new(file.first_block, file.blocks_per_epoch).unwrap();
    for (i, row) in file.contexts.iter().enumerate() {
        let due = row.context.flow_context();
        let flow = FlowState { root: due.flow_root, length: due.flow_length };
        let hash = |block| block_hash("0g-vector-block", block);
        // The last row is one step of several that are due.
        let ended = if i + 1 == file.contexts.len() {
            epochs.make_context_fixed_times(0, row.block, &flow, hash)
        } else {
            epochs.make_context(row.block, &flow, hash)
        };
        assert!(ended.unwrap() <= 6, "{}", row.label);
        assert_eq!(*epochs.context(), due, "{}", row.label);
        let range = epochs.range_of(&due.digest).map_or((U256::ZERO, U256::ZERO), |r| (r.start, r.end));
        assert_eq!(range, (row.epoch_range.start.into(), row.epoch_range.end.into()), "{}", row.label);
    }
    assert_eq!(file.contexts.len(), 6);
}

#[test]
fn epoch_runs() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Run {
        first_block: Int,
        blocks_per_epoch: Int,
        steps: Vec<Step>,
        ranges_keccak: Bytes,
        positions: Vec<Position>,
    }
    #[derive(Deserialize)]
    struct Step {
        block: Int,
        root: Bytes,
        length: Int,
        count: Option<u64>,
        ended: u64,
        context: Bytes,
        digest: Bytes,
        ranges: usize,
    }
    #[derive(Deserialize)]
    struct Position {
        position: Int,
        digest: Option<Bytes>,
    }

    let runs: Vec<Run> = list("chain/epochs.json", "runs");
    let seed = keccak256(b"zgkit block");
    let mut ran = 0;
    for run in &runs {
        let mut epochs = Epochs::new(run.first_block.u64(), run.blocks_per_epoch.u64()).unwrap();
        for step in &run.steps {
            let flow = FlowState { root: step.root.hash(), length: step.length.u64() };
            let block = step.block.u64();
            let announced: Vec<u64> = epochs.hashes_for(block).unwrap().collect();
            let mut asked = Vec::new();
            let hash = |number: u64| {
                asked.push(number);
                keccak256(&[seed, U256::from(number).to_be_bytes()].concat())
            };
            let ended = match step.count {
                None => epochs.make_context(block, &flow, hash),
                Some(count) => epochs.make_context_fixed_times(count, block, &flow, hash),
            };
            assert_eq!(ended, Ok(step.ended));
            assert!(announced.starts_with(&asked) && (step.count.is_some() || announced == asked));
            assert_eq!(keccak256(&epochs.context().to_abi()), step.context.hash());
            assert_eq!(epochs.context().digest, step.digest.hash());
            assert_eq!(epochs.ranges().len(), step.ranges);
            ran += 1;
        }
        let words = epochs
            .ranges()
            .iter()
            .flat_map(|range| [range.digest, range.start.to_be_bytes(), range.end.to_be_bytes()]);
        assert_eq!(keccak256(&words.collect::<Vec<_>>().concat()), run.ranges_keccak.hash());
        for Position { position, digest } in &run.positions {
            let range = epochs.range_at(position.u64());
            assert_eq!(range.map(|range| range.digest), digest.as_ref().map(Bytes::hash));
        }
        let context = *epochs.context();
        assert_eq!(epochs.roots().len(), context.epoch);
        assert_eq!(epochs.roots().at(context.epoch - 1), Some(&context.flow_root));
    }
    assert_eq!((runs.len(), ran), (8, 192));
}
