//! Who mines what and when, and the target.

use std::collections::HashMap;

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_core::Code;
use zgkit_testdata::{Bytes, Int, list};

use crate::context::{ContextVector, block_hash};

#[test]
fn gold_miners() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        scenario: Scenario,
        log: Vec<serde_json::Value>,
        context: ContextVector,
        miner_id: Bytes,
        submit_block: u64,
        subtask_index: u64,
        subtask_mine_start: u64,
        subtask_digest: Bytes,
        negatives: Vec<Negative>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Scenario {
        block_hash_seed: String,
        mine: Mine,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Mine {
        target_mine_blocks: u64,
        n_subtasks: u64,
        subtask_interval: u64,
    }
    #[derive(Deserialize)]
    struct Negative {
        block: Option<u64>,
        reason: String,
    }

    let cases: Vec<Case> = list("storage/pora_gold.json", "cases");
    let mut windows = [0; 2];
    for case in &cases {
        let context = case.context.flow_context();
        let (seed, mine) = (&case.scenario.block_hash_seed, &case.scenario.mine);
        assert_eq!(block_hash(seed, context.mine_start), context.block_digest);
        let digest = context_digest(&context.block_digest, &context.flow_root, context.flow_length);
        assert_eq!(digest, context.digest);

        let id = case.miner_id.hash();
        let asked = case.log.iter().find(|step| step["op"] == "requestMinerId").unwrap();
        let bytes = |name: &str| serde_json::from_value::<Bytes>(asked[name].clone()).unwrap();
        let seed_of_id = asked["seed"].as_u64().unwrap();
        assert_eq!(miner_id(&bytes("prevBlockHash").hash(), &bytes("from").array(), seed_of_id), id);

        let index = subtask_index(&digest, &id, mine.n_subtasks).unwrap();
        let window =
            SubtaskWindow::of(context.mine_start, index, mine.subtask_interval, mine.target_mine_blocks)
                .unwrap();
        assert_eq!((index, window.start), (case.subtask_index, case.subtask_mine_start));
        assert_eq!(subtask_digest(&digest, &block_hash(seed, window.start)), case.subtask_digest.hash());
        assert_eq!(window.check(case.submit_block), Ok(()));
        for Negative { block, reason } in &case.negatives {
            let due = match &reason[..] {
                "Earlier than expected subtask start block." => (0, Code::TooEarly),
                "Mine deadline exceed" => (1, Code::Deadline),
                _ => continue,
            };
            assert_eq!(window.check(block.unwrap()).unwrap_err().code, due.1);
            windows[due.0] += 1;
        }
    }
    assert_eq!((cases.len(), windows), (4, [1, 4]));
}

#[test]
fn context_cases() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        context: ContextVector,
        block_hashes: HashMap<String, Bytes>,
        subtask_digest: Bytes,
    }

    let cases: Vec<Case> = list("storage/context_cases.json", "cases");
    for case in &cases {
        let context = case.context.flow_context();
        let hash = case.block_hashes[&context.mine_start.to_string()].hash();
        assert_eq!(subtask_digest(&context.digest, &hash), case.subtask_digest.hash());
        assert_eq!(context.mining().flow_length, case.context.flow_length.0);
    }
    assert_eq!(cases.len(), 14);
}

#[test]
fn mine_state() {
    #[derive(Deserialize)]
    struct Run {
        difficulty: Int,
        fixed: bool,
        params: Params,
        steps: Vec<Step>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Params {
        target_submissions: Int,
        subtasks: Int,
        subtask_interval: Int,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "camelCase")]
    enum Step {
        Params {
            params: Params,
            target: Int,
        },
        #[serde(rename_all = "camelCase")]
        MinDifficulty {
            min_difficulty: Int,
            target: Int,
        },
        Answer {
            epoch: Int,
            accepted: bool,
            target: Int,
            submissions: Int,
            subtasks: Int,
        },
    }
    let params = |given: &Params| WorkParams {
        target_submissions: given.target_submissions.u64(),
        subtasks: given.subtasks.u64(),
        subtask_interval: given.subtask_interval.u64(),
    };

    let runs: Vec<Run> = list("chain/mine_state.json", "runs");
    let mut ran = 0;
    for run in &runs {
        let mut state = MineState::new(run.difficulty.0, params(&run.params), run.fixed).unwrap();
        for step in &run.steps {
            let target = match step {
                Step::Params { params: given, target } => {
                    state.set_params(params(given));
                    target
                }
                Step::MinDifficulty { min_difficulty, target } => {
                    state.set_min_difficulty(min_difficulty.0);
                    target
                }
                Step::Answer { epoch, accepted, target, submissions, subtasks } => {
                    assert_eq!(state.accept(epoch.u64()).is_ok(), *accepted);
                    assert_eq!(state.submissions, submissions.u64());
                    assert_eq!(state.params.subtasks, subtasks.u64());
                    target
                }
            };
            assert_eq!(state.target, target.0);
            ran += 1;
        }
    }
    assert_eq!((runs.len(), ran), (10, 600));
}
