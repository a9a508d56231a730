//! Every engine against the definition, on every length and alignment.

mod common;

use common::{mul, shards};
use zgkit_core::Isa;
use zgkit_erasure::ErasureCode;
use zgkit_erasure::unchecked::{Plan, encode_into, update, verify};
use zgkit_testdata::keccak_pattern;

/// Parity of the matrix from the definition, byte by byte.
fn slow(code: &ErasureCode, data: &[&[u8]]) -> Vec<Vec<u8>> {
    let row = |row: &[u8]| {
        (0..data[0].len())
            .map(|at| row.iter().zip(data).fold(0, |sum, (&factor, shard)| sum ^ mul(factor, shard[at])))
            .collect()
    };
    code.matrix().chunks_exact(code.data()).map(row).collect()
}

#[test]
fn all_lengths_equal_portable() {
    let (data, parity, longest) = (5, 7, 4096);
    let code = ErasureCode::cauchy(data, parity).unwrap();
    let plan = Plan::encode(&code);
    let bytes = keccak_pattern("lengths", data * (longest + 64));
    let encode = |length: usize, shift: usize| {
        let mut memory = vec![0xAA; parity * (length + 1) + shift];
        // Every input and output has another alignment.
        let inputs: Vec<&[u8]> = (0..data).map(|i| &bytes[i * (length + 7) + shift..][..length]).collect();
        let mut outputs: Vec<&mut [u8]> =
            memory[shift..].chunks_exact_mut(length + 1).map(|piece| &mut piece[..length]).collect();
        plan.run(&inputs, &mut outputs).unwrap();
        memory
    };
    // By plain Rust, which comes first.
    let mut expected = Vec::new();
    Isa::with_each(|isa| {
        for length in 1..=longest {
            let parity = encode(length, length % 64);
            if isa == Isa::PORTABLE {
                expected.push(parity);
            } else {
                assert!(parity == expected[length - 1], "{} {length}", isa.name());
            }
        }
    });
}

#[test]
fn engines_equal_the_definition() {
    for (data, parity) in [(1, 1), (2, 3), (3, 4), (4, 5), (9, 2), (16, 9)] {
        let code = common::custom_code(data, parity);
        for length in [1, 15, 64, 200, 513] {
            let shards = shards("definition", data, length);
            let inputs: Vec<&[u8]> = shards.iter().map(Vec::as_slice).collect();
            let expected = slow(&code, &inputs);
            Isa::with_each(|isa| {
                let mut parity = vec![vec![0xAA; length]; parity];
                let mut outputs: Vec<&mut [u8]> = parity.iter_mut().map(Vec::as_mut_slice).collect();
                encode_into(&code, &inputs, &mut outputs).unwrap();
                assert_eq!(parity, expected, "{} {data} {length}", isa.name());
            });
        }
    }
}

#[test]
fn shards_may_begin_anywhere_in_a_unit() {
    let (data, parity) = (10, 5);
    let code = common::custom_code(data, parity);
    // Long enough to be brought to the start of a unit where inputs lie alike.
    for length in [8192, 8192 + 100] {
        let bytes = keccak_pattern("anywhere", data * length);
        let expected = slow(&code, &bytes.chunks_exact(length).collect::<Vec<_>>()).concat();
        Isa::with_each(|isa| {
            for (of_inputs, of_outputs) in [(0, 0), (16, 16), (1, 0), (63, 48)] {
                let mut memory = vec![0; bytes.len() + 128];
                let start = memory.as_ptr().align_offset(64) + of_inputs;
                memory[start..][..bytes.len()].copy_from_slice(&bytes);
                let inputs: Vec<&[u8]> = memory[start..].chunks_exact(length).take(data).collect();
                let mut made = vec![0xAA; parity * length + 128];
                let start = made.as_ptr().align_offset(64) + of_outputs;
                let mut outputs: Vec<&mut [u8]> =
                    made[start..].chunks_exact_mut(length).take(parity).collect();
                encode_into(&code, &inputs, &mut outputs).unwrap();
                let (before, rest) = made.split_at(start);
                let (made, behind) = rest.split_at(parity * length);
                assert!(made == expected, "{} {length} {of_inputs}", isa.name());
                assert!(before.iter().chain(behind).all(|&byte| byte == 0xAA), "{} {length}", isa.name());
            }
        });
    }
}

#[test]
fn large_shards_are_streamed_alike() {
    let length = (1 << 20) + 192;
    let code = ErasureCode::vandermonde(20, 13).unwrap();
    let plan = Plan::encode(&code);
    let bytes = keccak_pattern("large", length);
    let inputs: Vec<&[u8]> = (0..20).map(|i| &bytes[i * 64..][..length - 20 * 64]).collect();
    let length = length - 20 * 64;
    let mut expected: Vec<Vec<u8>> = Vec::new();
    Isa::with_each(|isa| {
        // Outputs that are alike aligned are streamed where that pays, others are stored.
        for shift in [0, 16, 1] {
            let mut memory = vec![0; 13 * length + 128];
            let aligned = memory.as_ptr().align_offset(64) + shift;
            let mut outputs: Vec<&mut [u8]> = memory[aligned..].chunks_exact_mut(length).take(13).collect();
            plan.run(&inputs, &mut outputs).unwrap();
            let outputs: Vec<Vec<u8>> = outputs.iter().map(|output| output.to_vec()).collect();
            if expected.is_empty() {
                expected = outputs;
            } else {
                assert!(outputs == expected, "{}", isa.name());
            }
        }
    });
}

#[test]
fn updates_and_differences() {
    let code = ErasureCode::vandermonde(6, 3).unwrap();
    for length in [1, 64, 1000, 70_000] {
        let old = shards("old", 6, length);
        let mut new = old.clone();
        new[4] = keccak_pattern("new", length);
        Isa::with_each(|_| {
            let mut all = common::with_parity(&code, old.clone());
            let (_, parity) = all.split_at_mut(6);
            let mut parity: Vec<&mut [u8]> = parity.iter_mut().map(Vec::as_mut_slice).collect();
            update(&code, 4, &old[4], &new[4], &mut parity).unwrap();
            all[..6].clone_from_slice(&new);
            assert_eq!(all, common::with_parity(&code, new.clone()));
            assert_eq!(verify(&code, &common::views(&all)), Ok(None));
            let half = length / 2;
            let last = if half == 0 { (0, 6) } else { (0, 7) };
            for (index, place, first) in
                [(8, length - 1, (length - 1, 8)), (6, half, (half, 6)), (7, half, (half, 6)), (7, 0, last)]
            {
                all[index][place] ^= 0x10;
                let found = verify(&code, &common::views(&all)).unwrap().unwrap();
                assert_eq!((found.place, found.index), first, "{length}");
            }
        });
    }
}
