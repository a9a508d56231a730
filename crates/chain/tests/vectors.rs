//! The vectors of testdata/, each with the number of cases that it must have run.

mod common;

use std::collections::HashMap;

use common::{Bytes, ContextVector, Int, NodeVector, load};
use serde::Deserialize;
use zgkit_chain::*;
use zgkit_core::{Code, U256};
use zgkit_hash::keccak256;
use zgkit_merkle::{FileHasher, FileLayout, Hash, submission};
use zgkit_pora::EMPTY_CONTEXT;

fn context_of(vector: &ContextVector) -> FlowContext {
    FlowContext {
        epoch: vector.epoch.u64(),
        mine_start: vector.mine_start.u64(),
        flow_root: vector.flow_root.hash(),
        flow_length: vector.flow_length.u64(),
        block_digest: vector.block_digest.hash(),
        digest: vector.digest.hash(),
    }
}

/// The hash of a block of a vector's chain.
fn block_hash(seed: &str, block: u64) -> Hash {
    keccak256(&[seed.as_bytes(), &block.to_be_bytes()].concat())
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
        let due = context_of(&row.context);
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
    struct File {
        runs: Vec<Run>,
    }
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

    let File { runs } = load("chain/epochs.json");
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DifficultyFile {
    adjust: Vec<AdjustRow>,
    min_difficulty: Vec<BoundRow>,
    linear_release: Vec<LinearRow>,
    exp_decay_release: Vec<DecayRow>,
    claim: Vec<ClaimRow>,
    exponent: Vec<ExponentRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdjustRow {
    target: Int,
    ratio: u64,
    submissions: u64,
    target_submissions: u64,
    scaled_expected: Int,
    new_target: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoundRow {
    min_difficulty: Int,
    target_after_from_max: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinearRow {
    locked: Int,
    claimable: Int,
    distributed: Int,
    seconds_since_start: Int,
    release_seconds: Int,
    released: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DecayRow {
    locked: Int,
    seconds_since_update: Int,
    annual_milli_decay_rate: u16,
    released: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimRow {
    claimable: Int,
    distributed: Int,
    paid: Int,
    new_claimable: Int,
    new_distributed: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExponentRow {
    #[serde(rename = "exponentX64")]
    exponent: Int,
    #[serde(rename = "powTwoX96")]
    two: Int,
    #[serde(rename = "powHalfX96")]
    half: Int,
}

#[test]
fn difficulty_reward() {
    let file: DifficultyFile = load("storage/difficulty_reward.json");
    for row in &file.adjust {
        let adjustment = Adjustment {
            target: row.target.0,
            submissions: row.submissions,
            target_submissions: row.target_submissions,
            ratio: row.ratio,
            min_difficulty: U256::ZERO,
        };
        assert_eq!(adjustment.expected_target(), Ok(row.scaled_expected.0));
        assert_eq!(adjustment.adjusted_target(), Ok(row.new_target.0));
    }
    for row in &file.min_difficulty {
        assert_eq!(capped_target(U256::MAX, row.min_difficulty.0), row.target_after_from_max.0);
    }

    let start = 1_700_000_000;
    let filled = Reward { start_time: start, last_update: start, ..Reward::default() };
    for row in &file.linear_release {
        let schedule = RewardSchedule::Linear { release_seconds: row.release_seconds.u64() };
        let now = start + row.seconds_since_start.u64();
        let reward = Reward {
            locked: row.locked.u128(),
            claimable: row.claimable.u128(),
            distributed: row.distributed.u128(),
            ..filled
        };
        assert_eq!(reward.released(&schedule, now), Ok(row.released.u128()));
        assert_eq!(Reward { start_time: 0, ..reward }.released(&schedule, now), Ok(0));
    }
    for row in &file.exp_decay_release {
        let schedule = RewardSchedule::Decay { annual_milli_rate: row.annual_milli_decay_rate };
        let reward = Reward { locked: row.locked.u128(), ..filled };
        let now = start + row.seconds_since_update.u64();
        assert_eq!(reward.released(&schedule, now), Ok(row.released.u128()));
    }
    for row in &file.claim {
        let before =
            Reward { claimable: row.claimable.u128(), distributed: row.distributed.u128(), ..filled };
        let (after, paid) = before.claimed(&RewardSchedule::Linear { release_seconds: 1 }, start).unwrap();
        assert_eq!(paid, row.paid.u128());
        assert_eq!(after.claimable, row.new_claimable.u128());
        assert_eq!(after.distributed, row.new_distributed.u128());
    }
    for row in &file.exponent {
        assert_eq!(pow_two_x96(row.exponent.0), row.two.0);
        assert_eq!(pow_half_x96(row.exponent.0), row.half.u128());
    }
    let ran = [
        file.adjust.len(),
        file.min_difficulty.len(),
        file.linear_release.len(),
        file.exp_decay_release.len(),
        file.claim.len(),
        file.exponent.len(),
    ];
    assert_eq!(ran, [30, 3, 8, 7, 4, 12]);
}

#[test]
fn mine_state() {
    #[derive(Deserialize)]
    struct File {
        runs: Vec<Run>,
    }
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

    let File { runs } = load("chain/mine_state.json");
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

#[test]
fn rewards() {
    #[derive(Deserialize)]
    struct File {
        runs: Vec<Run>,
    }
    #[derive(Deserialize)]
    struct Run {
        rules: Rules,
        price: Int,
        steps: Vec<Step>,
        rewards: Vec<Item>,
        pot: Int,
        service: Int,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Rules {
        release_seconds: Int,
        base_reward: Int,
        service_fee_bps: Int,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "camelCase")]
    enum Step {
        Donate {
            amount: Int,
            pot: Int,
        },
        #[serde(rename_all = "camelCase")]
        Submit {
            now: Int,
            before: Int,
            padding: Int,
            upload: Int,
            paid: Int,
            for_padding: Int,
            service: Int,
        },
        Claim {
            now: Int,
            chunk: Int,
            reward: Int,
            base: Int,
        },
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Item {
        chunk: Int,
        locked: Int,
        claimable: Int,
        distributed: Int,
        start_time: Int,
        last_update: Int,
    }

    let File { runs } = load("chain/rewards.json");
    let mut ran = 0;
    for run in &runs {
        let schedule = RewardSchedule::Linear { release_seconds: run.rules.release_seconds.u64() };
        let mut book = RewardBook::new(RewardRules {
            schedule,
            base_reward: run.rules.base_reward.u128(),
            service_fee_bps: run.rules.service_fee_bps.u64(),
        });
        for step in &run.steps {
            match step {
                Step::Donate { amount, pot } => {
                    book.donate(amount.u128()).unwrap();
                    assert_eq!(book.pot(), pot.u128());
                }
                Step::Submit { now, before, padding, upload, paid, for_padding, service } => {
                    let [before, padding, upload, now] = [before, padding, upload, now].map(|n| n.u64());
                    let parts = FeeParts::of(run.price.u128(), upload, padding, paid.u128()).unwrap();
                    assert_eq!(parts.padding, for_padding.u128());
                    if padding > 0 {
                        book.fill(before, padding, parts.padding, now).unwrap();
                    }
                    book.fill(before + padding, upload, parts.upload, now).unwrap();
                    assert_eq!(book.service(), service.u128());
                }
                Step::Claim { now, chunk, reward, base } => {
                    let due = RewardPayment { reward: reward.u128(), base: base.u128() };
                    assert_eq!(book.claim(chunk.u64(), now.u64()), Ok(due));
                }
            }
            ran += 1;
        }
        for item in &run.rewards {
            let due = Reward {
                locked: item.locked.u128(),
                claimable: item.claimable.u128(),
                distributed: item.distributed.u128(),
                start_time: item.start_time.u64(),
                last_update: item.last_update.u64(),
            };
            assert_eq!(book.reward(item.chunk.u64()), due);
        }
        assert_eq!((book.pot(), book.service()), (run.pot.u128(), run.service.u128()));
    }
    assert_eq!((runs.len(), ran), (6, 240));
}

#[test]
fn gold_miners() {
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Case>,
    }
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

    let File { cases } = load("storage/pora_gold.json");
    let mut windows = [0; 2];
    for case in &cases {
        let context = context_of(&case.context);
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
    struct File {
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        context: ContextVector,
        block_hashes: HashMap<String, Bytes>,
        subtask_digest: Bytes,
    }

    let File { cases } = load("storage/context_cases.json");
    for case in &cases {
        let context = context_of(&case.context);
        let hash = case.block_hashes[&context.mine_start.to_string()].hash();
        assert_eq!(subtask_digest(&context.digest, &hash), case.subtask_digest.hash());
        assert_eq!(context.mining().flow_length, case.context.flow_length.0);
    }
    assert_eq!(cases.len(), 14);
}

#[test]
fn worker_context() {
    #[derive(Deserialize)]
    struct File {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        context: ContextVector,
        pora_target: Int,
        subtask_digest: Bytes,
        max_shards: Int,
        miner_id: Bytes,
        call: Bytes,
        encoded_context: Bytes,
        encoded: Bytes,
    }

    let File { rows } = load("chain/worker_context.json");
    for row in &rows {
        let context = context_of(&row.context);
        let worker = WorkerContext {
            context,
            pora_target: row.pora_target.0,
            subtask_digest: row.subtask_digest.hash(),
            max_shards: row.max_shards.u64(),
        };
        assert_eq!(compute_worker_context(&row.miner_id.hash())[..], row.call.0);
        assert_eq!(
            (context.to_abi(), worker.to_abi()),
            (row.encoded_context.0.clone(), row.encoded.0.clone())
        );
        assert_eq!(FlowContext::from_abi(&row.encoded_context.0), Ok(context));
        assert_eq!(WorkerContext::from_abi(&row.encoded.0), Ok(worker));
        assert_eq!(worker.task().context.digest, context.digest);
    }
    assert_eq!(rows.len(), 12);
}

#[test]
fn submission_abi() {
    #[derive(Deserialize)]
    struct File {
        calls: Vec<Call>,
        events: Vec<Event>,
        malformed: Vec<Malformed>,
    }
    #[derive(Deserialize)]
    struct Data {
        length: Int,
        tags: Bytes,
        nodes: Vec<NodeVector>,
    }
    #[derive(Deserialize)]
    struct Call {
        #[serde(flatten)]
        data: Data,
        submitter: Option<Bytes>,
        calldata: Bytes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Event {
        sender: Bytes,
        identity: Bytes,
        submission_index: Int,
        start_pos: Int,
        length: Int,
        submission: Data,
        topics: Vec<Bytes>,
        data: Bytes,
    }
    #[derive(Deserialize)]
    struct Malformed {
        about: String,
        calldata: Bytes,
        code: String,
    }
    let data = |given: &Data| SubmissionData {
        length: given.length.u64(),
        tags: given.tags.0.clone(),
        nodes: given.nodes.iter().map(NodeVector::node).collect(),
    };

    let File { calls, events, malformed } = load("chain/submission_abi.json");
    for row in &calls {
        let call = SubmitCall { data: data(&row.data), submitter: row.submitter.as_ref().map(Bytes::array) };
        assert_eq!(call.to_calldata().as_deref(), Ok(&row.calldata.0[..]));
        assert_eq!(SubmitCall::from_calldata(&row.calldata.0), Ok(call));
    }
    for row in &events {
        let event = SubmitEvent {
            sender: row.sender.array(),
            identity: row.identity.hash(),
            submission_index: row.submission_index.u64(),
            start_pos: row.start_pos.u64(),
            length: row.length.u64(),
            submission: data(&row.submission),
        };
        let topics: Vec<Hash> = row.topics.iter().map(Bytes::hash).collect();
        let (ours, bytes) = event.to_log().unwrap();
        assert_eq!((&ours[..], &bytes), (&topics[..], &row.data.0));
        assert_eq!(SubmitEvent::from_log(&topics, &bytes), Ok(event));
    }
    for row in &malformed {
        let error = SubmitCall::from_calldata(&row.calldata.0).expect_err(&row.about);
        assert_eq!(error.code.as_str(), row.code, "{}", row.about);
    }
    assert_eq!((calls.len(), events.len(), malformed.len()), (72, 36, 15));
}

#[test]
fn plans() {
    #[derive(Deserialize)]
    struct File {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    struct Row {
        size: Int,
        terms: Terms,
        plan: Option<Plan>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Terms {
        min_fragment: Int,
        max_fragment: Int,
        max_fragments: Int,
        price_per_sector: Int,
        submission_cost: Int,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Plan {
        fragment_size: Int,
        fragments: Int,
        segments: Int,
        nodes: Int,
        sectors: Int,
        padded_sectors: Int,
        fee: Int,
        cost: Int,
    }

    let File { rows } = load("chain/plans.json");
    for Row { size, terms, plan } in &rows {
        let terms = UploadTerms {
            min_fragment: terms.min_fragment.u64(),
            max_fragment: terms.max_fragment.u64(),
            max_fragments: Some(terms.max_fragments.u64()),
            price_per_sector: terms.price_per_sector.u128(),
            submission_cost: terms.submission_cost.u128(),
        };
        let due = plan.as_ref().map(|plan| UploadPlan {
            size: size.u64(),
            fragment_size: plan.fragment_size.u64(),
            fragments: plan.fragments.u64(),
            segments: plan.segments.u64(),
            nodes: plan.nodes.u64(),
            sectors: plan.sectors.u64(),
            padded_sectors: plan.padded_sectors.u64(),
            fee: plan.fee.u128(),
            cost: plan.cost.u128(),
        });
        assert_eq!(UploadPlan::of(size.u64(), &terms).ok(), due);
    }
    assert_eq!(rows.len(), 60);
}

/// Every size up to 4 MiB: the plan in one piece has the segments of the layout, the chain takes it, and it would not take
/// what is one step of padding smaller.
#[test]
fn plans_of_all_sizes() {
    let whole = UploadTerms { min_fragment: FRAGMENT_BYTES, ..UploadTerms::default() };
    for size in 1..=1 << 22 {
        let plan = UploadPlan::of(size, &whole).unwrap();
        let layout = FileLayout::new(size).unwrap();
        assert_eq!((plan.segments, plan.padded_sectors), (layout.segments, layout.padded_sectors));
        let heights = |sectors: u64| -> Vec<u32> {
            (0..64).rev().filter(|height| sectors >> height & 1 == 1).collect()
        };
        assert_eq!(submission::is_valid(size, &heights(plan.padded_sectors)), Ok(true), "{size}");
        let unit = (plan.padded_sectors.next_power_of_two() / 16).max(1);
        assert_ne!(submission::is_valid(size, &heights(plan.padded_sectors - unit)), Ok(true), "{size}");
    }
}

#[test]
fn fragments() {
    #[derive(Deserialize)]
    struct File {
        fragments: Vec<Row>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        size: usize,
        pattern: Pattern,
        requested_fragment: u64,
        aligned_fragment: u64,
        fragments: Vec<Fragment>,
    }
    #[derive(Deserialize)]
    struct Pattern {
        seed: String,
    }
    #[derive(Deserialize)]
    struct Fragment {
        offset: usize,
        size: usize,
        root: Bytes,
    }

    let File { fragments: files } = load("storage/client_features.json");
    for row in &files {
        assert_eq!(fragment_size(row.requested_fragment), Ok(row.aligned_fragment));
        let mut file: Vec<u8> = (0..row.size.div_ceil(32) as u64)
            .flat_map(|block| block_hash(&row.pattern.seed, block))
            .collect();
        file.truncate(row.size);
        for (fragment, bytes) in row.fragments.iter().zip(file.chunks(row.aligned_fragment as usize)) {
            assert_eq!(bytes.len(), fragment.size);
            assert_eq!(file[fragment.offset..][..fragment.size], *bytes);
            let mut hasher = FileHasher::new();
            hasher.update(bytes);
            assert_eq!(hasher.finish().unwrap().root, fragment.root.hash());
        }
    }
    let pieces: usize = files.iter().map(|row| row.fragments.len()).sum();
    assert_eq!((files.len(), pieces), (4, 27));
}

#[test]
fn kv_of_the_published_sdks() {
    #[derive(Deserialize)]
    struct File {
        kv: Vec<Row>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        unsorted: Bytes,
        sorted: Bytes,
        tags: Bytes,
        tags_sorted: Bytes,
        id1: Bytes,
        id2: Bytes,
    }

    let File { kv } = load("storage/client_features.json");
    assert_eq!(kv.len(), 1);
    for row in &kv {
        let write = |id: &Bytes, key: &str, data: &[u8]| StreamWrite {
            stream_id: id.hash(),
            key: key.into(),
            data: data.to_vec(),
        };
        let value = &keccak256(b"miscv")[..20];
        let writes = vec![
            write(&row.id2, "key-b", b"value-b"),
            write(&row.id1, "key-a", value),
            write(&row.id1, "k", b""),
        ];
        let mut data = StreamData { version: 1, writes, ..StreamData::default() };
        assert_eq!(data.encode(), Ok(row.unsorted.0.clone()));
        assert_eq!(StreamData::decode(&row.unsorted.0), Ok(data.clone()));
        assert_eq!((data.tags(), data.sorted_tags()), (row.tags.0.clone(), row.tags_sorted.0.clone()));
        assert_eq!(stream_ids(&row.tags.0), Some(vec![row.id2.hash(), row.id1.hash()]));
        data.sort();
        assert_eq!(data.encode(), Ok(row.sorted.0.clone()));
    }
}

#[test]
fn kv() {
    #[derive(Deserialize)]
    struct File {
        rows: Vec<Row>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        version: Int,
        reads: Vec<Entry>,
        writes: Vec<Entry>,
        controls: Vec<Control>,
        encoded: Bytes,
        sorted: Bytes,
        tags: Bytes,
        sorted_tags: Bytes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Entry {
        stream_id: Bytes,
        key: Bytes,
        data: Option<Bytes>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Control {
        kind: String,
        stream_id: Bytes,
        key: Option<Bytes>,
        account: Option<Bytes>,
    }
    let access = |control: &Control| {
        let key = || control.key.clone().unwrap().0;
        let account = || control.account.as_ref().unwrap().array();
        match &control.kind[..] {
            "grantAdmin" => Access::GrantAdmin(account()),
            "renounceAdmin" => Access::RenounceAdmin,
            "setKeySpecial" => Access::SetKeySpecial(key()),
            "setKeyNormal" => Access::SetKeyNormal(key()),
            "grantWrite" => Access::GrantWrite(account()),
            "revokeWrite" => Access::RevokeWrite(account()),
            "renounceWrite" => Access::RenounceWrite,
            "grantSpecialWrite" => Access::GrantSpecialWrite(key(), account()),
            "revokeSpecialWrite" => Access::RevokeSpecialWrite(key(), account()),
            "renounceSpecialWrite" => Access::RenounceSpecialWrite(key()),
            kind => panic!("unknown kind {kind}"),
        }
    };

    let File { rows } = load("chain/kv.json");
    let mut controls = 0;
    for row in &rows {
        let read = |entry: &Entry| StreamRead { stream_id: entry.stream_id.hash(), key: entry.key.0.clone() };
        let write = |entry: &Entry| StreamWrite {
            stream_id: entry.stream_id.hash(),
            key: entry.key.0.clone(),
            data: entry.data.clone().unwrap().0,
        };
        let control = |control: &Control| StreamControl {
            stream_id: control.stream_id.hash(),
            access: access(control),
        };
        let mut data = StreamData {
            version: row.version.u64(),
            reads: row.reads.iter().map(read).collect(),
            writes: row.writes.iter().map(write).collect(),
            controls: row.controls.iter().map(control).collect(),
        };
        assert_eq!(data.encode(), Ok(row.encoded.0.clone()));
        assert_eq!(StreamData::decode(&row.encoded.0), Ok(data.clone()));
        assert_eq!((data.tags(), data.sorted_tags()), (row.tags.0.clone(), row.sorted_tags.0.clone()));
        data.sort();
        assert_eq!(data.encode(), Ok(row.sorted.0.clone()));
        controls += data.controls.len();
    }
    assert_eq!((rows.len(), controls), (10, 90));
}

#[test]
fn begins_without_a_context() {
    let epochs = Epochs::new(5, 7).unwrap();
    assert_eq!((epochs.context().digest, epochs.next_epoch_start()), (EMPTY_CONTEXT, 12));
}
