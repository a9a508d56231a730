//! Every pattern of losses, for every code of a size.

mod common;

use common::{codes, shards, with_parity};
use zgkit_core::Code;
use zgkit_erasure::ErasureCode;
use zgkit_erasure::unchecked::{Plan, reconstruct, reconstruct_data};

fn indices(mask: u32) -> Vec<u8> {
    (0..32).filter(|bit| mask >> bit & 1 == 1).collect()
}

/// Returns how many patterns there were.
fn every_loss(code: &ErasureCode) -> usize {
    let all = with_parity(code, shards("losses", code.data(), 3));
    let patterns = 1u32 << code.shards();
    for mask in 0..patterns {
        let mut holes: Vec<Option<Vec<u8>>> =
            all.iter().enumerate().map(|(i, shard)| (mask >> i & 1 == 1).then(|| shard.clone())).collect();
        let result = reconstruct(code, &mut holes);
        if (mask.count_ones() as usize) < code.data() {
            assert_eq!(result.unwrap_err().code, Code::TooFewShards);
            assert!(holes.iter().enumerate().all(|(i, shard)| shard.is_some() == (mask >> i & 1 == 1)));
        } else {
            assert!(result.is_ok(), "{code:?} {mask:b}");
            assert!(
                holes.iter().zip(&all).all(|(hole, shard)| hole.as_ref() == Some(shard)),
                "{code:?} {mask:b}"
            );
        }
    }
    patterns as usize
}

#[test]
fn every_loss_up_to_six_and_four() {
    let mut cases = 0;
    for data in 1..=6 {
        for parity in 1..=4 {
            cases += codes(data, parity).iter().map(every_loss).sum::<usize>();
        }
    }
    assert_eq!(cases, 3 * (2 + 4 + 8 + 16 + 32 + 64) * (2 + 4 + 8 + 16));
}

#[test]
fn every_loss_of_eight_and_eight() {
    if std::env::var_os("ZGKIT_DEEP").is_some() {
        let cases: usize = codes(8, 8).iter().map(every_loss).sum();
        assert_eq!(cases, 3 << 16);
    }
}

#[test]
fn every_subset_of_wanted_shards() {
    let mut cases = 0;
    for code in codes(4, 2) {
        let all = with_parity(&code, shards("wanted", 4, 5));
        for present in (0..64u32).filter(|mask| mask.count_ones() >= 4) {
            for wanted in 1..64u32 {
                let (present, wanted) = (indices(present), indices(wanted));
                let plan = Plan::solve(&code, &present, &wanted).unwrap();
                let inputs: Vec<&[u8]> = plan.used().iter().map(|&i| &all[usize::from(i)][..]).collect();
                let mut outputs = vec![vec![0; 5]; wanted.len()];
                let mut sums = outputs.clone();
                plan.run(&inputs, &mut outputs.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())
                    .unwrap();
                // Shard at a time, from the last.
                for (&index, &input) in plan.used().iter().zip(&inputs).rev() {
                    let mut sums: Vec<&mut [u8]> = sums.iter_mut().map(Vec::as_mut_slice).collect();
                    plan.add(&[index], &[input], &mut sums).unwrap();
                }
                assert!(wanted.iter().zip(&outputs).all(|(&i, output)| *output == all[usize::from(i)]));
                assert_eq!(sums, outputs);
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 3 * (15 + 6 + 1) * 63);
}

#[test]
fn data_only_leaves_parity_missing() {
    for code in codes(3, 2) {
        let all = with_parity(&code, shards("data", 3, 7));
        let mut holes: Vec<Option<Vec<u8>>> = all.iter().cloned().map(Some).collect();
        (holes[1], holes[4]) = (None, None);
        reconstruct_data(&code, &mut holes).unwrap();
        assert!(holes[1].as_ref() == Some(&all[1]) && holes[4].is_none());
    }
}

#[test]
fn a_large_custom_code_without_all_minors() {
    // 30 + 3 with a repeated row is not checked, solves what can be solved and names the rest.
    let row: Vec<u8> = (1..=30).collect();
    let other: Vec<u8> = row.iter().map(|&x| common::mul(x, x)).collect();
    let code = ErasureCode::custom(80, 5, &[[1; 80], [1; 80], [1; 80], [2; 80], [3; 80]].concat()).unwrap();
    assert_eq!(
        Plan::solve(&code, &(2..85).collect::<Vec<_>>(), &[0]).unwrap_err().code,
        Code::MatrixSingular
    );
    assert!(Plan::solve(&code, &(1..85).collect::<Vec<_>>(), &[0]).is_ok());
    // 30 + 3 has 5455 minors and is checked.
    let refused = ErasureCode::custom(30, 3, &[&row[..], &row, &other].concat()).unwrap_err();
    assert_eq!(refused.code, Code::MatrixSingular);
    // Rows that depend on others are skipped: with the first parity row all zero for what is lost, the next is used.
    let code = ErasureCode::custom(80, 5, &[[1; 80], [1; 80], [2; 80], [7; 80], ramp()].concat()).unwrap();
    let plan = Plan::solve(&code, &(2..85).collect::<Vec<_>>(), &[0, 1]).unwrap();
    assert_eq!(plan.used()[78..], [80, 84]);
    let all = with_parity(&code, shards("ramp", 80, 9));
    let inputs: Vec<&[u8]> = plan.used().iter().map(|&i| &all[usize::from(i)][..]).collect();
    let (mut first, mut second) = ([0; 9], [0; 9]);
    plan.run(&inputs, &mut [&mut first, &mut second]).unwrap();
    assert_eq!([first.to_vec(), second.to_vec()], all[..2]);
}

fn ramp() -> [u8; 80] {
    core::array::from_fn(|i| i as u8)
}
