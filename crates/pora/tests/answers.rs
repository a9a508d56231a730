//! Answers that the mine contract accepted or refused, verified, and mined again from the files that the flow was made of.

mod common;

use std::ops::ControlFlow;

use common::{RangeVector, code_of};
use serde::Deserialize;
use serde_json::Value;
use zgkit_core::{Code, Isa, U256};
use zgkit_hash::keccak256;
use zgkit_merkle::{FileTree, FlowTree, Hash};
use zgkit_pora::*;
use zgkit_testdata::{Bytes, Int, Pattern, list};

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContextVector {
    flow_root: Bytes,
    flow_length: Int,
    digest: Bytes,
}

impl ContextVector {
    fn context(&self) -> MineContext {
        MineContext {
            flow_root: self.flow_root.hash(),
            flow_length: self.flow_length.0,
            digest: self.digest.hash(),
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AnswerVector {
    context_digest: Bytes,
    nonce: Bytes,
    miner_id: Bytes,
    range: RangeVector,
    recall_position: Int,
    seal_offset: Int,
    sealed_context_digest: Bytes,
    sealed_data: Bytes,
    merkle_proof: Vec<Bytes>,
}

impl AnswerVector {
    fn answer(&self) -> Answer {
        Answer {
            context_digest: self.context_digest.hash(),
            nonce: self.nonce.hash(),
            miner_id: self.miner_id.hash(),
            range: self.range.range(),
            recall_position: self.recall_position.0,
            seal_offset: self.seal_offset.0,
            sealed_context_digest: self.sealed_context_digest.hash(),
            sealed_data: self.sealed_data.array(),
            merkle_proof: self.merkle_proof.iter().map(Bytes::hash).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Span {
    start: Int,
    end: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GoldCase {
    scenario: Scenario,
    log: Vec<Value>,
    context: ContextVector,
    seal_ranges: Vec<Value>,
    subtask_digest: Bytes,
    pora_target: Int,
    answer: Value,
    working: Working,
    unsealed_keccak: Bytes,
    calldata_length: usize,
    calldata_keccak: Bytes,
    negatives: Vec<Negative>,
}

#[derive(Deserialize)]
struct Scenario {
    mine: MineSettings,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MineSettings {
    difficulty: u64,
    max_shards: u64,
}

#[derive(Deserialize)]
struct Step {
    file: Option<FileVector>,
}

#[derive(Deserialize)]
struct FileVector {
    size: usize,
    pattern: Pattern,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Working {
    pad_seed: Bytes,
    last_pad_state: Bytes,
    recall_seed: Bytes,
    load_position: Int,
    range_digest: Bytes,
    scale_x64: Int,
    threshold: Int,
    pora_hash: Bytes,
    mixed_data_keccak: Bytes,
    scratch_pad_keccak: Bytes,
}

#[derive(Deserialize)]
struct Negative {
    label: String,
    changed: Option<serde_json::Map<String, Value>>,
    reason: String,
}

impl GoldCase {
    fn task(&self) -> MineTask {
        MineTask {
            context: self.context.context(),
            pora_target: self.pora_target.0,
            subtask_digest: self.subtask_digest.hash(),
            max_shards: self.scenario.mine.max_shards,
        }
    }

    fn seal_ranges(&self) -> Vec<SealRange> {
        let read = |value: &Value| {
            let span: Span = serde_json::from_value(value.clone()).unwrap();
            let digest: Bytes = serde_json::from_value(value["digest"].clone()).unwrap();
            SealRange { digest: digest.hash(), start: span.start.0, end: span.end.0 }
        };
        self.seal_ranges.iter().map(read).collect()
    }

    fn answer(&self) -> Answer {
        serde_json::from_value::<AnswerVector>(self.answer.clone()).unwrap().answer()
    }

    /// The answer with what a negative changes; its label says how where the vectors have no values.
    fn changed(&self, negative: &Negative) -> Option<Answer> {
        let mut fields = self.answer.as_object().unwrap().clone();
        let changed = negative.changed.clone()?;
        for (name, value) in changed.into_iter().filter(|(_, value)| value != "(see label)") {
            fields.insert(name, value);
        }
        let mut answer = serde_json::from_value::<AnswerVector>(fields.into()).unwrap().answer();
        match negative.label.as_str() {
            "data bit flipped (first byte)" => answer.sealed_data[0] ^= 1,
            "data bit flipped (last byte)" => answer.sealed_data[4095] ^= 1,
            "proof sibling flipped" => answer.merkle_proof[0][0] ^= 1,
            "proof one shorter" => drop(answer.merkle_proof.pop()),
            "proof one longer" => answer.merkle_proof.push([0; 32]),
            _ => assert_ne!(answer, self.answer(), "{}", negative.label),
        }
        Some(answer)
    }
}

/// The verdicts of both modes, which must be one.
fn verdict(answer: &Answer, task: &MineTask, ranges: &[SealRange]) -> Option<Code> {
    let [strict, contract] =
        [Mode::Strict, Mode::Contract].map(|mode| verify_answer(answer, task, ranges, mode).unwrap());
    assert_eq!(strict, contract);
    strict.code
}

#[test]
fn gold_answers_and_what_the_contract_refused() {
    Isa::with_each(|_| {
        let cases = list::<GoldCase>("storage/pora_gold.json", "cases");
        let (mut offline, mut chain) = (0, 0);
        for case in &cases {
            let (answer, task, ranges) = (case.answer(), case.task(), case.seal_ranges());
            let accepted = verify_answer(&answer, &task, &ranges, Mode::Strict).unwrap();
            assert_eq!(accepted.code, None);
            let working = &case.working;
            let due = Steps {
                range_digest: working.range_digest.hash(),
                pora: PoraSteps {
                    pad_seed: working.pad_seed.array(),
                    last_pad_state: working.last_pad_state.array(),
                    recall_seed: working.recall_seed.hash(),
                    pora_hash: working.pora_hash.hash(),
                    mixed_data_keccak: working.mixed_data_keccak.hash(),
                    scratch_pad_keccak: working.scratch_pad_keccak.hash(),
                },
                load_position: Some(working.load_position.0),
                scale_x64: accepted.steps.scale_x64,
                threshold: Some(working.threshold.0),
            };
            assert_eq!(accepted.steps, due);
            assert_eq!(due.scale_x64.map(U256::from), Some(working.scale_x64.0));
            assert_eq!(verdict(&answer, &task, &ranges), None);
            assert_eq!(target_of(case.scenario.mine.difficulty.into()), Ok(task.pora_target));

            let calldata = answer.to_calldata().unwrap();
            assert_eq!(calldata.len(), case.calldata_length);
            assert_eq!(calldata[..4], [0xae, 0x72, 0x2e, 0x82]);
            assert_eq!(keccak256(&calldata), case.calldata_keccak.hash());

            for negative in &case.negatives {
                let due = code_of(&negative.reason);
                let Some(changed) = case.changed(negative) else {
                    // Too late, again: the answer is right, the chain's state is not.
                    assert!(["DEADLINE", "DUPLICATE_ANSWER", "TOO_EARLY"].contains(&due.as_str()), "{due}");
                    chain += 1;
                    continue;
                };
                // Who is registered only the chain knows; with another id the data unseals to something else.
                let due = if due == "MINER_UNREGISTERED" { "FLOW_ROOT_MISMATCH" } else { &due };
                let code = verdict(&changed, &task, &ranges).map(Code::as_str);
                assert_eq!(code, Some(due), "{}", negative.label);
                offline += 1;
            }
        }
        assert_eq!((cases.len(), offline, chain), (4, 76, 9));
    });
}

/// The flow of a scenario: its tree, and its bytes.
fn rebuild(case: &GoldCase) -> (FlowTree, Vec<u8>) {
    let mut flow = FlowTree::new();
    let mut bytes = vec![0; 256];
    let mut submitted = case.log.iter().filter(|entry| entry["op"] == "submit");
    for file in case.scenario.steps.iter().filter_map(|step| step.file.as_ref()) {
        let data = file.pattern.bytes(file.size);
        let placement = flow.append(&FileTree::from_bytes(&data).unwrap()).unwrap();
        bytes.resize(placement.start as usize * 256, 0);
        bytes.extend(data);
        bytes.resize(flow.length() as usize * 256, 0);

        let entry = submitted.next().unwrap();
        assert_eq!(placement.start, entry["startIndex"].as_u64().unwrap());
        assert_eq!(flow.length(), entry["tree"]["currentLength"].as_u64().unwrap());
        let root: Bytes = serde_json::from_value(entry["flowRootByTxSeq"].clone()).unwrap();
        assert_eq!(flow.root(), root.hash());
    }
    assert!(submitted.next().is_none());
    (flow, bytes)
}

#[test]
fn gold_answers_are_mined_again() {
    Isa::with_each(|_| {
        let cases = list::<GoldCase>("storage/pora_gold.json", "cases");
        for case in &cases {
            let (answer, task, ranges) = (case.answer(), case.task(), case.seal_ranges());
            let (flow, bytes) = rebuild(case);
            assert_eq!(
                (flow.root(), flow.length()),
                (task.context.flow_root, case.context.flow_length.u64())
            );

            // The context whose epoch holds the last sector of a seal.
            let sealer = |sector: u64| {
                let last = U256::from(sector + 15);
                ranges.iter().find(|range| range.start <= last && last < range.end).unwrap().digest
            };
            let seal_one = |sector: u64, out: &mut [u8]| {
                let key = SealKey { miner_id: answer.miner_id, context_digest: sealer(sector) };
                seal(&bytes[sector as usize * 256..][..4096], &key, sector, out).unwrap();
            };
            let loader = |load: u64, into: &mut [u8; 262_144]| {
                for (seal, sector) in into.chunks_exact_mut(4096).zip((load * 1024..).step_by(16)) {
                    seal_one(sector, seal);
                }
                u64::MAX
            };
            let range = answer.range;
            let mut miner = Miner::new(&task, answer.miner_id, range, answer.nonce, loader).unwrap();
            assert_eq!(miner.job().threshold, case.working.threshold.0);
            let mut wins = Vec::new();
            let next = miner.run(
                0..1,
                || false,
                |win| {
                    wins.push(win);
                    ControlFlow::Continue(())
                },
            );
            let hits = wins.len() as u64;
            assert_eq!(
                miner.counters(),
                Counters { pads: 1, loads: 1, mixes: 64, hits, ..Counters::default() }
            );
            assert_eq!(next, 1);

            let win = wins.into_iter().find(|win| win.recall_position() == answer.recall_position).unwrap();
            let sector = answer.recall_position.to_u64().unwrap();
            let segment = &bytes[sector as usize / 1024 * 262_144..];
            let siblings = flow.prove(sector, &segment[..segment.len().min(262_144)]).unwrap();
            let mined = win.into_answer(sealer(sector), siblings[4..].to_vec());
            assert_eq!(mined, answer);
            let plain = &bytes[sector as usize * 256..][..4096];
            assert_eq!(keccak256(plain), case.unsealed_keccak.hash());
        }
        assert_eq!(cases.len(), 4);
    });
}

#[test]
fn context_cases() {
    Isa::with_each(|_| {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Case {
            name: String,
            #[serde(default)]
            settings: u32,
            context: ContextVector,
            subtask_digest: Bytes,
            pora_target: Int,
            scale_x64: Int,
            epoch_range: Span,
            pora_hash: Bytes,
            raw_pattern: Pattern,
            answer: AnswerVector,
            expect: Expect,
        }
        #[derive(Deserialize)]
        struct Expect {
            verdict: String,
            reason: Option<String>,
        }

        let (mut ran, mut strict_only) = (0, 0);
        for case in
            list::<Case>("storage/context_cases.json", "cases").iter().filter(|case| case.settings == 0)
        {
            let answer = case.answer.answer();
            let task = MineTask {
                context: case.context.context(),
                pora_target: case.pora_target.0,
                subtask_digest: case.subtask_digest.hash(),
                max_shards: u64::MAX,
            };
            let epoch = SealRange {
                digest: answer.sealed_context_digest,
                start: case.epoch_range.start.0,
                end: case.epoch_range.end.0,
            };
            let exact = verify_answer(&answer, &task, &[epoch], Mode::Contract).unwrap();
            let due = case.expect.reason.as_deref().map(code_of);
            assert_eq!(exact.code.map(Code::as_str), due.as_deref(), "{}", case.name);
            assert_eq!(exact.code.is_none(), case.expect.verdict == "accept");
            assert_eq!(exact.steps.scale_x64.map(U256::from), Some(case.scale_x64.0));
            assert_eq!(exact.steps.pora.pora_hash, case.pora_hash.hash());

            let strict = verify_answer(&answer, &task, &[epoch], Mode::Strict).unwrap();
            assert_eq!(strict.steps, exact.steps);
            if answer.seal_offset < 64u64.into() {
                assert_eq!(strict.code, exact.code);
            } else {
                assert_eq!(strict.code, Some(Code::SealOffset));
                strict_only += 1;
            }

            let key = SealKey { miner_id: answer.miner_id, context_digest: answer.sealed_context_digest };
            let mut plain = [0; 4096];
            unseal(&answer.sealed_data, &key, answer.recall_position.to_u64().unwrap(), &mut plain).unwrap();
            assert_eq!(plain[..], case.raw_pattern.bytes(4096), "{}", case.name);
            ran += 1;
        }
        assert_eq!((ran, strict_only), (11, 1));
    });
}

/// The first gold answer with what it is checked against.
fn sound() -> (Answer, MineTask, Vec<SealRange>) {
    let case = list::<GoldCase>("storage/pora_gold.json", "cases").remove(0);
    (case.answer(), case.task(), case.seal_ranges())
}

#[test]
fn the_first_check_that_fails_is_the_verdict() {
    let (mut answer, mut task, mut ranges) = sound();
    let check = |answer: &Answer, task: &MineTask, ranges: &[SealRange]| {
        verdict(answer, task, ranges).expect("something is wrong")
    };
    // Everything is broken, from the last check to the first: each new fault takes over.
    task.pora_target = U256::ZERO;
    assert_eq!(check(&answer, &task, &ranges), Code::TargetMissed);
    let nonce = answer.nonce;
    answer.nonce[31] ^= 1;
    assert_eq!(check(&answer, &task, &ranges), Code::RecallPosition);
    task.context.flow_root[0] ^= 1;
    assert_eq!(check(&answer, &task, &ranges), Code::FlowRootMismatch);
    answer.sealed_context_digest = EMPTY_CONTEXT;
    ranges[0].digest = EMPTY_CONTEXT;
    assert_eq!(check(&answer, &task, &ranges), Code::SealContext);
    task.max_shards = 0;
    assert_eq!(check(&answer, &task, &ranges), Code::ShardsExceeded);
    ranges.clear();
    assert_eq!(check(&answer, &task, &ranges), Code::SealContext);
    answer.range.shard_id = 1;
    assert_eq!(check(&answer, &task, &ranges), Code::ShardIdMasked);
    let length = answer.range.mine_length;
    answer.range.mine_length = 1u64.into();
    assert_eq!(check(&answer, &task, &ranges), Code::RangeTooShort);
    answer.range.mine_length = length.checked_add(1u64.into()).unwrap();
    assert_eq!(check(&answer, &task, &ranges), Code::RangeOverflow);
    answer.range.start_position = 1u64.into();
    assert_eq!(check(&answer, &task, &ranges), Code::RangeUnaligned);
    task.context.digest = EMPTY_CONTEXT;
    answer.context_digest = EMPTY_CONTEXT;
    assert_eq!(check(&answer, &task, &ranges), Code::ContextEmpty);
    answer.context_digest = Hash::default();
    assert_eq!(check(&answer, &task, &ranges), Code::ContextMismatch);
    answer.miner_id = Hash::default();
    assert_eq!(check(&answer, &task, &ranges), Code::MinerIdZero);
    assert_ne!(answer.nonce, nonce);
}

#[test]
fn targets_are_compared_as_256_bit_numbers() {
    let (answer, mut task, ranges) = sound();
    let scale = 1 << 64;
    let steps = verify_answer(&answer, &task, &ranges, Mode::Strict).unwrap().steps;
    let hash = U256::from_be_bytes(steps.pora.pora_hash);
    let at = |task: &MineTask| verdict(&answer, task, &ranges);
    // The lowest 64 bits of a threshold are zero: the next multiple of 2^64 is the least that the hash reaches.
    let above = hash.shr(64).checked_add(1u64.into()).unwrap();
    task.pora_target = above.checked_shl(64).unwrap();
    assert!(threshold(task.pora_target, scale).unwrap() >= hash);
    assert_eq!(at(&task), None);
    task.pora_target = hash.shr(64).checked_shl(64).unwrap();
    assert_eq!(at(&task), Some(Code::TargetMissed));
    task.pora_target = U256::MAX;
    assert_eq!(at(&task), None);
    task.pora_target = U256::ZERO;
    assert_eq!(at(&task), Some(Code::TargetMissed));
}

#[test]
fn hostile_numbers_have_a_verdict() {
    let (honest, task, ranges) = sound();
    let extremes = [U256::ZERO, 1u64.into(), u64::MAX.into(), u128::MAX.into(), U256::MAX];
    let mut ran = 0;
    for number in extremes {
        for field in 0..7 {
            let (mut answer, mut task) = (honest.clone(), task);
            let low = number.low_u64();
            match field {
                0 => answer.range.start_position = number,
                1 => answer.range.mine_length = number,
                2 => answer.range.shard_id = low,
                3 => answer.range.shard_mask = low,
                4 => answer.recall_position = number,
                5 => answer.seal_offset = number,
                _ => task.context.flow_length = number,
            }
            let code = verify_answer(&answer, &task, &ranges, Mode::Contract).unwrap().code;
            assert_eq!(code.is_none(), answer == honest && task.context.flow_length == 21_504u64.into());
            ran += 1;
        }
    }
    assert_eq!(ran, 35);

    // A flow shorter than a load admits the range of length 0, and that has no load.
    let (mut answer, mut task) = (honest.clone(), task);
    task.context.flow_length = 1023u64.into();
    answer.range.mine_length = U256::ZERO;
    let verdict = verify_answer(&answer, &task, &ranges, Mode::Contract).unwrap();
    assert_eq!((verdict.code, verdict.steps.load_position), (Some(Code::RecallPosition), None));

    let mut answer = honest;
    answer.merkle_proof = vec![[0; 32]; 65];
    assert_eq!(verify_answer(&answer, &task, &ranges, Mode::Contract).unwrap_err().code, Code::LimitExceeded);
    assert_eq!(answer.to_calldata().unwrap_err().code, Code::LimitExceeded);
}

#[test]
fn a_load_right_behind_the_range_is_accepted_and_not_mined() {
    // Four loads, and 16 sectors of a fifth.
    let mut flow = FlowTree::new();
    for size in [2 * 262_144, 4096] {
        flow.append(&FileTree::from_bytes(&vec![7; size]).unwrap()).unwrap();
    }
    assert_eq!(flow.length(), 4112);
    let context = MineContext { flow_root: flow.root(), flow_length: flow.length().into(), digest: [1; 32] };
    let task = MineTask { context, pora_target: U256::MAX, subtask_digest: [2; 32], max_shards: 2 };
    let epoch = SealRange { digest: [1; 32], start: U256::ZERO, end: flow.length().into() };
    let key = SealKey { miner_id: [3; 32], context_digest: [1; 32] };
    let mut sealed = [0; 4096];
    seal(&[7; 4096], &key, 4096, &mut sealed).unwrap();
    // Bit 2 of a load's number is fixed to 1: the loads are 4 to 7, of a range that has 0 to 3.
    let range = RecallRange { shard_id: 4, shard_mask: !4, ..RecallRange::of(4112, 1, 0, 0).unwrap() };

    let mut due = Vec::new();
    for first in 0..64 {
        let mut answer = Answer {
            context_digest: [1; 32],
            nonce: [0; 32],
            miner_id: [3; 32],
            range,
            recall_position: 4096u64.into(),
            seal_offset: U256::ZERO,
            sealed_context_digest: [1; 32],
            sealed_data: sealed,
            merkle_proof: flow.prove(4096, &[7; 4096]).unwrap()[4..].to_vec(),
        };
        answer.nonce[0] = first;
        let AnswerVerdict { code, steps } = verify_answer(&answer, &task, &[epoch], Mode::Strict).unwrap();
        let at_end = steps.load_position == Some(4096u64.into());
        let wins = U256::from_be_bytes(steps.pora.pora_hash) <= steps.threshold.unwrap();
        assert_eq!(range.mined_position(&steps.pora.recall_seed), None);
        let expected = match (at_end, wins) {
            (true, true) => None,
            (true, false) => Some(Code::TargetMissed),
            (false, _) => Some(Code::RecallPosition),
        };
        assert_eq!(code, expected);
        due.push(code);
    }
    for code in [None, Some(Code::TargetMissed), Some(Code::RecallPosition)] {
        assert!(due.contains(&code), "{code:?}");
    }
}
