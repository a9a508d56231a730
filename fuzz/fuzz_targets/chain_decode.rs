//! Calldata, events, contexts and KV data of any bytes: what is read is written the same way again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_chain::{StreamData, SubmissionData, SubmitCall, SubmitEvent, WorkerContext, stream_ids};
use zgkit_merkle::Node;

type Input = (Vec<u8>, Vec<[u8; 32]>, u64, Option<[u8; 20]>, Vec<u32>, Vec<(u16, u8)>);

fuzz_target!(|input: Input| {
    let (bytes, topics, length, submitter, heights, changes) = input;
    if let Ok(event) = SubmitEvent::from_log(&topics, &bytes) {
        let (topics_again, data) = event.to_log().expect("what was read");
        assert_eq!((topics_again.as_slice(), data.as_slice()), (topics.as_slice(), bytes.as_slice()));
    }
    if let Ok(context) = WorkerContext::from_abi(&bytes) {
        assert_eq!(context.to_abi(), bytes);
    }
    if let Ok(data) = StreamData::decode(&bytes) {
        assert_eq!(data.encode().expect("what was read"), bytes);
    }
    let _ = stream_ids(&bytes);
    let _ = SubmitCall::from_calldata(&bytes);

    // Few inputs are near a call: one of ours, with changes.
    let nodes =
        topics.iter().zip(heights).map(|(&root, height)| Node { root, height: height % 65 }).collect();
    let call = SubmitCall { data: SubmissionData { length, tags: bytes, nodes }, submitter };
    let Ok(mut calldata) = call.to_calldata() else { return };
    assert_eq!(SubmitCall::from_calldata(&calldata).expect("of ours"), call);
    for (at, change) in changes {
        let place = usize::from(at) % calldata.len();
        calldata[place] ^= change;
    }
    if let Ok(call) = SubmitCall::from_calldata(&calldata) {
        assert_eq!(call.to_calldata().expect("what was read"), calldata);
    }
});
