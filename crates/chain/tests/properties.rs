//! What holds for every input, not only for that of the vectors.

use proptest::collection::vec;
use proptest::prelude::*;
use zgkit_chain::*;
use zgkit_core::{Code, U256};
use zgkit_merkle::Node;

fn submission() -> impl Strategy<Value = SubmissionData> {
    let node = (any::<[u8; 32]>(), 0u32..=64).prop_map(|(root, height)| Node { root, height });
    (any::<u64>(), vec(any::<u8>(), 0..100), vec(node, 0..6))
        .prop_map(|(length, tags, nodes)| SubmissionData { length, tags, nodes })
}

fn access() -> impl Strategy<Value = Access> {
    (0..10, vec(any::<u8>(), 1..40), any::<[u8; 20]>()).prop_map(|(kind, key, account)| match kind {
        0 => Access::GrantAdmin(account),
        1 => Access::RenounceAdmin,
        2 => Access::SetKeySpecial(key),
        3 => Access::SetKeyNormal(key),
        4 => Access::GrantWrite(account),
        5 => Access::RevokeWrite(account),
        6 => Access::RenounceWrite,
        7 => Access::GrantSpecialWrite(key, account),
        8 => Access::RevokeSpecialWrite(key, account),
        _ => Access::RenounceSpecialWrite(key),
    })
}

fn stream_data() -> impl Strategy<Value = StreamData> {
    let id = || (0u8..4).prop_map(|byte| [byte; 32]);
    let key = || vec(any::<u8>(), 1..40);
    let read = (id(), key()).prop_map(|(stream_id, key)| StreamRead { stream_id, key });
    let write = (id(), key(), vec(any::<u8>(), 0..60)).prop_map(|(stream_id, key, data)| StreamWrite {
        stream_id,
        key,
        data,
    });
    let control = (id(), access()).prop_map(|(stream_id, access)| StreamControl { stream_id, access });
    (any::<u64>(), vec(read, 0..5), vec(write, 0..5), vec(control, 0..5))
        .prop_map(|(version, reads, writes, controls)| StreamData { version, reads, writes, controls })
}

/// A target of any length.
fn target() -> impl Strategy<Value = U256> {
    (any::<[u8; 32]>(), 0u32..256).prop_map(|(bytes, bits)| U256::from_be_bytes(bytes).shr(bits))
}

proptest! {
    #[test]
    fn submissions_have_one_form(data in submission(), submitter in any::<Option<[u8; 20]>>(), cut in any::<prop::sample::Index>()) {
        let call = SubmitCall { data, submitter };
        let bytes = call.to_calldata().unwrap();
        prop_assert_eq!(SubmitCall::from_calldata(&bytes), Ok(call));
        prop_assert!(SubmitCall::from_calldata(&bytes[..cut.index(bytes.len())]).is_err());
        let longer = SubmitCall::from_calldata(&[&bytes[..], &[0]].concat());
        prop_assert_eq!(longer.unwrap_err().code, Code::BufferLength);
    }

    /// Whatever is read at all is written back to the same bytes.
    #[test]
    fn nothing_else_is_a_submission(data in submission(), submitter in any::<Option<[u8; 20]>>(), at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = SubmitCall { data, submitter }.to_calldata().unwrap();
        let place = at.index(bytes.len());
        bytes[place] ^= flip;
        if let Ok(read) = SubmitCall::from_calldata(&bytes) {
            prop_assert_eq!(read.to_calldata().unwrap(), bytes);
        }
    }

    #[test]
    fn stream_data_has_one_form(data in stream_data(), cut in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = data.encode().unwrap();
        prop_assert_eq!(StreamData::decode(&bytes), Ok(data));
        prop_assert!(StreamData::decode(&bytes[..cut.index(bytes.len())]).is_err());
        let longer = StreamData::decode(&[&bytes[..], &[0]].concat());
        prop_assert_eq!(longer.unwrap_err().code, Code::BufferLength);
        let place = cut.index(bytes.len());
        bytes[place] ^= flip;
        if let Ok(read) = StreamData::decode(&bytes) {
            prop_assert_eq!(read.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..400)) {
        let _ = SubmitCall::from_calldata(&bytes);
        let _ = StreamData::decode(&bytes);
        let _ = stream_ids(&bytes);
        prop_assert_eq!(WorkerContext::from_abi(&bytes).is_ok(), false);
    }

    /// A target moves at most to its half or double, never above the bound, and towards where it should be.
    #[test]
    fn targets_stay_within_their_bounds(start in target(), ratio in 1u64..100, least in target(), epochs in vec((0u64..50, 1u64..50), 1..30)) {
        let mut target = start;
        for (submissions, target_submissions) in epochs {
            let adjustment = Adjustment { target, submissions, target_submissions, ratio, min_difficulty: least };
            let scaled = target.shr(16);
            let Ok(adjusted) = adjustment.adjusted_target() else { return Ok(()) };
            let double = scaled.checked_shl(1).unwrap();
            prop_assert!(adjusted.shr(16) <= double);
            prop_assert!(adjusted <= capped_target(U256::MAX, least));
            if least == U256::ZERO {
                prop_assert!(adjusted.shr(16) >= scaled.shr(1));
            }
            if submissions > target_submissions {
                prop_assert!(adjusted.shr(16) <= scaled);
            }
            target = adjusted;
        }
    }

    /// Nothing that is paid into a filled pricing chunk is lost or comes from nowhere.
    #[test]
    fn rewards_balance(fee in any::<u64>(), milli in any::<u16>(), release in 1u64..1 << 30, linear: bool, waits in vec(0u64..1 << 26, 1..40)) {
        let schedule = if linear {
            RewardSchedule::Linear { release_seconds: release }
        } else {
            RewardSchedule::Decay { annual_milli_rate: milli }
        };
        let mut book = RewardBook::new(RewardRules { schedule, base_reward: 0, service_fee_bps: 0 });
        let mut now = 1_700_000_000;
        book.fill(0, PRICING_SECTORS, fee.into(), now).unwrap();
        let mut paid = 0;
        for wait in waits {
            now += wait;
            paid += book.claim(0, now).unwrap().reward;
            let Reward { locked, claimable, distributed, .. } = book.reward(0);
            prop_assert_eq!(distributed, paid);
            prop_assert_eq!(locked + claimable + distributed, u128::from(fee));
        }
    }

    /// The shares of a fee lie side by side, never exceed it, and lose at most what rounding loses.
    #[test]
    fn shares_make_up_the_fee(before in 0u64..1 << 40, sectors in 1u64..1 << 30, fee in any::<u64>()) {
        let shares: Vec<FeeShare> = fee_shares(before, sectors, fee.into()).unwrap().collect();
        let total: u128 = shares.iter().map(|share| share.amount).sum();
        prop_assert!(total <= fee.into() && u128::from(fee) - total <= 2 * shares.len() as u128 + u128::from(sectors >> 25));
        prop_assert_eq!(shares[0].chunk, before / PRICING_SECTORS);
        prop_assert!(shares.windows(2).all(|pair| pair[0].complete && pair[0].chunk + 1 == pair[1].chunk));
    }

    #[test]
    fn powers_are_close_and_fall(exponent in any::<u64>(), step in 1u64..1 << 40) {
        // Two to the power of x as a float has 52 good bits.
        let x = exponent as f64 / 2f64.powi(64);
        let half = pow_half_x96(exponent.into());
        prop_assert!((half as f64 / (-x).exp2() / 2f64.powi(96) - 1.0).abs() < 1e-12);
        let two = pow_two_x96(exponent.into()).to_u128().unwrap();
        prop_assert!((two as f64 / x.exp2() / 2f64.powi(96) - 1.0).abs() < 1e-12);
        prop_assert!(pow_half_x96((u128::from(exponent) + u128::from(step)).into()) <= half);
    }
}

#[test]
fn extremes() {
    assert_eq!(pow_two_x96(U256::MAX), U256::MAX);
    assert_eq!(pow_two_x96((160u128 << 64).into()), U256::MAX);
    assert_eq!(pow_two_x96((159u128 << 64).into()), U256::from(1u64).checked_shl(255).unwrap());
    assert_eq!((pow_half_x96(U256::MAX), pow_half_x96((96u128 << 64).into())), (0, 1));
    assert_eq!(pow_half_x96((97u128 << 64).into()), 0);

    let code = |result: Result<u64, zgkit_core::Error>| result.unwrap_err().code;
    let mut epochs = Epochs::new(0, 1).unwrap();
    let flow = FlowState { root: [1; 32], length: 9 };
    assert_eq!(code(epochs.make_context(u64::MAX, &flow, |_| [0; 32])), Code::LimitExceeded);
    assert_eq!(epochs.hashes_for(u64::MAX).err().map(|error| error.code), Some(Code::LimitExceeded));
    assert_eq!(epochs.context().epoch, 0);
    assert_eq!(epochs.make_context_fixed_times(65_535, u64::MAX, &flow, |_| unreachable!()), Ok(65_536));
    assert_eq!(
        code(epochs.make_context_fixed_times(65_536, u64::MAX, &flow, |_| [0; 32])),
        Code::LimitExceeded
    );
    // All of them were too late for a context; only the last 1000 roots are kept.
    assert_eq!((epochs.ranges().len(), epochs.roots().len()), (0, 65_536));
    assert_eq!((epochs.roots().at(64_535), epochs.roots().at(64_536)), (None, Some(&[1; 32])));
    assert_eq!((epochs.roots().at(65_536), epochs.roots().contains(&[2; 32])), (None, false));
    assert_eq!(
        code(epochs.make_context(u64::MAX, &FlowState { length: 8, ..flow }, |_| [0; 32])),
        Code::LimitExceeded
    );

    let mut last = Epochs::new(u64::MAX - 1, 1).unwrap();
    assert_eq!(last.make_context(u64::MAX, &flow, |_| [0; 32]), Ok(0));
    assert_eq!(code(last.make_context(0, &flow, |_| [0; 32])), Code::Range);
    assert_eq!(Epochs::new(0, 0).unwrap_err().code, Code::Range);

    let mut short = Epochs::new(0, 10).unwrap();
    assert_eq!(short.make_context(11, &flow, |_| [0; 32]), Ok(1));
    assert_eq!(code(short.make_context(12, &FlowState { length: 8, ..flow }, |_| [0; 32])), Code::Range);

    assert_eq!(BlockHashSource::of(5, 5), None);
    assert_eq!(BlockHashSource::of(6, 5), None);
    assert_eq!(BlockHashSource::of(0, 256), Some(BlockHashSource::Instruction));
    assert_eq!(BlockHashSource::of(0, 257), Some(BlockHashSource::History));
    assert_eq!(BlockHashSource::of(0, 8191), Some(BlockHashSource::History));
    assert_eq!(BlockHashSource::of(0, 8192), None);

    let rules = RewardRules {
        schedule: RewardSchedule::Linear { release_seconds: 1 },
        base_reward: 0,
        service_fee_bps: 0,
    };
    let mut book = RewardBook::new(rules);
    assert_eq!(book.fill(0, u64::MAX, 1, 1).unwrap_err().code, Code::LimitExceeded);
    assert_eq!(book.fill(u64::MAX, 1, 1, 1).unwrap_err().code, Code::Range);
    assert_eq!(book.fill(0, 0, 1, 1).unwrap_err().code, Code::Range);
    assert_eq!(book.fill(0, 1, 1, 1 << 40).unwrap_err().code, Code::Range);
    let last = fee_shares(u64::MAX - 1, 1, 7).unwrap().next();
    assert_eq!(last, Some(FeeShare { chunk: (1 << 39) - 1, amount: 7, complete: false }));
    assert_eq!(split_service_fee(1, 10_001).unwrap_err().code, Code::Range);
    assert_eq!(split_service_fee(u128::MAX, 10_000), Ok((u128::MAX, 0)));
    assert_eq!(FeeParts::of(u128::MAX, 2, 0, u128::MAX).unwrap_err().code, Code::Range);
    assert_eq!(FeeParts::of(5, 2, 0, 9).unwrap_err().code, Code::Range);
    assert_eq!(SubtaskWindow::of(u64::MAX, 1, 1, 0).unwrap_err().code, Code::Range);
    assert_eq!(subtask_index(&[0; 32], &[0; 32], 0).unwrap_err().code, Code::Range);

    let plan = |size, terms| UploadPlan::of(size, &terms).map_err(|error| error.code);
    assert_eq!(plan(0, UploadTerms::default()), Err(Code::EmptyInput));
    assert_eq!(plan(1 << 53, UploadTerms::default()), Err(Code::Range));
    assert_eq!(plan(1, UploadTerms { max_fragments: Some(0), ..UploadTerms::default() }), Err(Code::Range));
    assert_eq!(plan(1, UploadTerms { max_fragment: u64::MAX, ..UploadTerms::default() }), Err(Code::Range));
    assert_eq!(plan((1 << 53) - 1, UploadTerms::default()).map(|plan| plan.fragments), Ok(1 << 21));
}

#[test]
fn limits_of_stream_data() {
    let read = |key: usize| StreamRead { stream_id: [1; 32], key: vec![0; key] };
    let reads = |reads| StreamData { reads, ..StreamData::default() }.encode().map_err(|error| error.code);
    assert_eq!(reads(vec![read(0)]), Err(Code::EmptyInput));
    assert_eq!(reads(vec![read(1 << 24)]), Err(Code::LimitExceeded));
    assert!(reads(vec![read((1 << 24) - 1)]).is_ok());
    assert!(reads(vec![read(1); 1 << 16]).is_ok());
    assert_eq!(reads(vec![read(1); (1 << 16) + 1]), Err(Code::LimitExceeded));

    let decode = |tail: &[u8]| StreamData::decode(&[&[0; 8], tail].concat()).map_err(|error| error.code);
    assert_eq!(decode(&[0, 1, 0, 1]), Err(Code::LimitExceeded));
    assert_eq!(decode(&[0, 1, 0, 0]), Err(Code::BufferLength));
    // One write whose data is said to be longer than any memory.
    let absurd = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &[1; 32], &[0, 0, 1, 7], &[0xff; 8], &[0; 4]].concat();
    assert_eq!(decode(&absurd), Err(Code::BufferLength));
    // A control of a kind that there is not.
    assert_eq!(decode(&[&[0; 8][..], &[0, 0, 0, 1, 2], &[1; 32]].concat()), Err(Code::DataFormat));
    // The tags of others.
    assert_eq!((stream_ids(&[]), stream_ids(&[7; 64])), (None, None));
    assert_eq!(stream_ids(&STREAM_DOMAIN), Some(vec![]));
    assert_eq!(stream_ids(&[&STREAM_DOMAIN[..], &[0]].concat()), None);
}
