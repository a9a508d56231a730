//! Calls, events and structs as contracts encode them.

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_merkle::{Hash, Node};
use zgkit_testdata::{Bytes, Int, list, load};

use crate::context::ContextVector;

#[test]
fn worker_context() {
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

    let rows: Vec<Row> = list("chain/worker_context.json", "rows");
    for row in &rows {
        let context = row.context.flow_context();
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
    struct NodeVector {
        root: Bytes,
        height: u32,
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
    let node = |given: &NodeVector| Node { root: given.root.hash(), height: given.height };
    let data = |given: &Data| SubmissionData {
        length: given.length.u64(),
        tags: given.tags.0.clone(),
        nodes: given.nodes.iter().map(node).collect(),
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
