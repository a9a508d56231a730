//! The kernels that take shards: any lists, matrix and numbers; what can be solved is undone again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zgkit_erasure::{add_record, check_record, solve_record, verify_record};

fuzz_target!(|input: (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, [f64; 3], u8)| {
    let (shards, present, wanted, matrix, [code, data, parity], length) = input;
    let length = usize::from(length);
    let shape = [code, data, parity, length as f64];
    let mut out = vec![0; wanted.len() * length];
    let solved = solve_record(&shards, &present, &wanted, &matrix, shape, &mut out);
    let mut sums = vec![0; out.len()];
    let zeros = vec![0; out.len()];
    let added = add_record(&zeros, &shards, [&present, &present, &wanted], &matrix, shape, &mut sums);
    if solved.is_ok() {
        added.expect("one after the other as at once");
        assert_eq!(sums, out);
    }
    let _ = verify_record(&shards, &matrix, shape, &mut [0; 16]);
    let _ = check_record(&matrix, [code, data, parity], &mut []);
});
