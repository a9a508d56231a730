//! Input that nobody should send.

mod common;

use std::alloc::{GlobalAlloc, Layout as Memory, System};
use std::cell::Cell;

use common::{codes, commit_to, hash, honest_stripes, shards, views};
use proptest::prelude::*;
use zgkit_core::{Code, Error};
use zgkit_erasure::unchecked::{Plan, encode, reconstruct, update, verify};
use zgkit_erasure::*;
use zgkit_testdata::keccak_pattern;

/// Counts what this thread allocates, to hold decoders to their word.
struct Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

#[allow(unsafe_code, reason = "an allocator is")]
// SAFETY: all is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, memory: Memory) -> *mut u8 {
        let _ = ALLOCATED.try_with(|allocated| allocated.set(allocated.get() + memory.size()));
        // SAFETY: the caller's.
        unsafe { System.alloc(memory) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, memory: Memory) {
        // SAFETY: the caller's.
        unsafe { System.dealloc(pointer, memory) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocated<T>(call: impl FnOnce() -> T) -> (T, usize) {
    let before = ALLOCATED.get();
    let result = call();
    (result, ALLOCATED.get() - before)
}

fn code_of<T>(result: Result<T, Error>) -> Code {
    result.err().expect("an error").code
}

fn refused(commitment: &Hash, files: &[&[u8]]) -> Code {
    decode(commitment, files).unwrap_err().error.code
}

#[test]
fn shapes() {
    for (data, parity, expected) in [
        (0, 1, Code::Range),
        (1, 0, Code::Range),
        (0, 0, Code::Range),
        (256, 1, Code::LimitExceeded),
        (1, 256, Code::LimitExceeded),
        (usize::MAX, usize::MAX, Code::LimitExceeded),
    ] {
        assert_eq!(code_of(ErasureCode::vandermonde(data, parity)), expected);
        assert_eq!(code_of(ErasureCode::cauchy(data, parity)), expected);
        assert_eq!(code_of(ErasureCode::custom(data, parity, &[1])), expected);
    }
    assert_eq!(code_of(ErasureCode::custom(2, 2, &[1, 1, 1])), Code::BufferLength);
    assert_eq!(code_of(ErasureCode::custom(2, 2, &[1, 1, 1, 1])), Code::MatrixSingular);
    assert_eq!(code_of(ErasureCode::custom(2, 2, &[1, 0, 1, 1])), Code::MatrixSingular);
    for (shape, expected) in
        [((0, 4096, 1), Code::Range), ((1, 4096, 0), Code::EmptyInput), ((1, 4096, 1 << 53), Code::Range)]
            .into_iter()
            .chain([0, 1, 2048, 4097, 1 << 21].map(|chunk| ((1, chunk, 1), Code::Range)))
    {
        assert_eq!(code_of(Layout::new(shape.0, shape.1, shape.2)), expected);
    }
    let largest = Layout::new(1, 4096, (1 << 53) - 1).unwrap();
    assert_eq!(
        (largest.stripes(), largest.shard_bytes(), largest.chunk_bytes(1 << 41)),
        (1 << 41, (1 << 53) - 1, 0)
    );
}

#[test]
fn the_unchecked_codec() {
    for code in codes(3, 2) {
        let data = shards("hostile", 3, 4);
        assert_eq!(code_of(encode(&code, &data[..2])), Code::BufferLength);
        assert_eq!(code_of(encode::<&[u8]>(&code, &[])), Code::BufferLength);
        assert_eq!(code_of(encode(&code, &[&data[0][..], &data[1], &data[2][..3]])), Code::BufferLength);
        assert_eq!(code_of(encode(&code, &[[0u8; 0]; 3])), Code::EmptyInput);
        let parity = encode(&code, &data).unwrap();
        let all = [&data[..], &parity].concat();
        assert_eq!(code_of(verify(&code, &views(&all[..4]))), Code::BufferLength);
        assert_eq!(code_of(verify(&code, &[&[][..]; 5])), Code::EmptyInput);
        assert_eq!(code_of(verify(&code, &[&[1], &[2], &[3], &[4], &[5, 6]])), Code::BufferLength);
        assert_eq!(code_of(reconstruct(&code, &mut [const { None }; 4])), Code::BufferLength);
        assert_eq!(code_of(reconstruct(&code, &mut [const { None }; 5])), Code::TooFewShards);
        let mut uneven = [Some(vec![1]), Some(vec![2, 3]), Some(vec![4]), None, None];
        assert_eq!(code_of(reconstruct(&code, &mut uneven)), Code::BufferLength);
        assert_eq!(uneven[3], None);
        for (present, wanted, expected) in [
            (&[0, 1, 1][..], &[3][..], Code::DuplicateShard),
            (&[0, 1, 2], &[3, 3], Code::DuplicateShard),
            (&[0, 1, 5], &[3], Code::IndexRange),
            (&[0, 1, 2], &[255], Code::IndexRange),
            (&[0, 4], &[1], Code::TooFewShards),
        ] {
            assert_eq!(code_of(Plan::solve(&code, present, wanted)), expected);
        }
        let (mut a, mut b) = ([0; 4], [0; 4]);
        let plan = Plan::encode(&code);
        assert_eq!(code_of(plan.add(&[3], &[&data[0]], &mut [&mut a, &mut b])), Code::IndexRange);
        assert_eq!(code_of(plan.add(&[0, 1], &[&data[0]], &mut [&mut a, &mut b])), Code::BufferLength);
        assert_eq!(code_of(plan.add(&[0], &[&data[0]], &mut [&mut a])), Code::BufferLength);
        assert_eq!(code_of(plan.add(&[], &[], &mut [&mut a, &mut b])), Code::EmptyInput);
        for index in [3, 256, usize::MAX] {
            let result = update(&code, index, &data[0], &data[1], &mut [&mut a, &mut b]);
            assert_eq!(code_of(result), Code::IndexRange);
        }
    }
}

#[test]
fn kernels() {
    let out = |length: usize| vec![0xEE; length];
    let run =
        |shards: &[u8], present: &[u8], wanted: &[u8], matrix: &[u8], shape: [f64; 4], length: usize| {
            let mut out = out(length);
            let result = solve_record(shards, present, wanted, matrix, shape, &mut out);
            // Nothing is written by a call that fails.
            assert!(result.is_ok() || out.iter().all(|&byte| byte == 0xEE));
            result.map(|()| out).map_err(|error| error.code)
        };
    let shape = [1.0, 2.0, 1.0, 4.0];
    let data = *b"spameggs";
    let parity = run(&data, &[0, 1], &[2], &[], shape, 4).unwrap();
    let back = run(&[&parity, &data[..4]].concat(), &[2, 0], &[1, 0], &[], shape, 8).unwrap();
    assert_eq!(back, b"eggsspam");
    for (present, wanted, matrix, shape, length, expected) in [
        (&[0, 1][..], &[2][..], &[][..], [0.0, 2.0, 1.0, 4.0], 4, Code::Range),
        (&[0, 1], &[2], &[], [4.0, 2.0, 1.0, 4.0], 4, Code::Range),
        (&[0, 1], &[2], &[], [1.5, 2.0, 1.0, 4.0], 4, Code::Range),
        (&[0, 1], &[2], &[], [1.0, f64::NAN, 1.0, 4.0], 4, Code::Range),
        (&[0, 1], &[2], &[], [1.0, 0.0, 1.0, 4.0], 4, Code::Range),
        (&[0, 1], &[2], &[], [1.0, 256.0, 1.0, 4.0], 4, Code::LimitExceeded),
        (&[0, 1], &[2], &[], [1.0, 9007199254740991.0, 9007199254740991.0, 4.0], 4, Code::LimitExceeded),
        (&[0, 1], &[2], &[], [1.0, 2.0, 1.0, 0.0], 4, Code::EmptyInput),
        (&[0, 1], &[2], &[], [1.0, 2.0, 1.0, 9007199254740991.0], 4, Code::LimitExceeded),
        (&[0, 1], &[2], &[], [1.0, 2.0, 1.0, 1073741824.0], 4, Code::BufferLength),
        (&[0, 1], &[2], &[1, 1], [1.0, 2.0, 1.0, 4.0], 4, Code::BufferLength),
        (&[0, 1], &[2], &[1], [3.0, 2.0, 1.0, 4.0], 4, Code::BufferLength),
        (&[0, 1], &[], &[], [1.0, 2.0, 1.0, 4.0], 0, Code::EmptyInput),
        (&[0, 1], &[2], &[], [1.0, 2.0, 1.0, 4.0], 5, Code::BufferLength),
        (&[0], &[2], &[], [1.0, 2.0, 1.0, 4.0], 4, Code::BufferLength),
        (&[0, 3], &[2], &[], [1.0, 2.0, 1.0, 4.0], 4, Code::IndexRange),
        (&[0, 0], &[2], &[], [1.0, 2.0, 1.0, 4.0], 4, Code::DuplicateShard),
        (&[0, 1], &[2], &[], [1.0, 3.0, 1.0, 4.0], 4, Code::TooFewShards),
        (&[0, 2], &[1], &[1, 0], [3.0, 2.0, 1.0, 4.0], 4, Code::MatrixSingular),
    ] {
        assert_eq!(
            run(&data, present, wanted, matrix, shape, length),
            Err(expected),
            "{present:?} {shape:?}"
        );
    }

    let add = |sums: &[u8], shards: &[u8], given: &[u8], present: &[u8]| {
        let mut out = out(4);
        let result = add_record(sums, shards, [given, present, &[2]], &[], shape, &mut out);
        assert!(result.is_ok() || out == [0xEE; 4]);
        result.map(|()| out).map_err(|error| error.code)
    };
    let first = add(&[0; 4], b"eggs", &[1], &[0, 1]).unwrap();
    assert_eq!(add(&first, b"spam", &[0], &[0, 1]).unwrap(), parity);
    let changed = add(&parity, b"spamHAM!", &[0, 0], &[0, 1]).unwrap();
    assert_eq!(changed, run(b"HAM!eggs", &[0, 1], &[2], &[], shape, 4).unwrap());
    // With all three present the third is not used, and adds nothing.
    assert_eq!(add(&first, &parity, &[2], &[0, 1, 2]), Ok(first.clone()));
    assert_eq!(add(&[0; 4], b"eggs", &[], &[0, 1]), Err(Code::EmptyInput));
    assert_eq!(add(&[0; 4], b"eggs", &[2], &[0, 1]), Err(Code::IndexRange));
    assert_eq!(add(&[0; 3], b"eggs", &[1], &[0, 1]), Err(Code::BufferLength));
    assert_eq!(add(&[0; 4], b"egg", &[1], &[0, 1]), Err(Code::BufferLength));
    assert_eq!(add(&[0; 4], b"eggs", &[1], &[1]), Err(Code::TooFewShards));

    let mut record = [0xEE; DIFFERENCE_BYTES];
    let mut all = [&data[..], &parity].concat();
    verify_record(&all, &[], shape, &mut record).unwrap();
    assert_eq!(record, [0; DIFFERENCE_BYTES]);
    all[3] ^= 1;
    verify_record(&all, &[], shape, &mut record).unwrap();
    assert_eq!(record, [3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(code_of(verify_record(&all, &[], shape, &mut record[1..])), Code::BufferLength);
    assert_eq!(code_of(verify_record(&data, &[], shape, &mut record)), Code::BufferLength);

    assert_eq!(check_record(&[1, 1, 1, 2], [3.0, 2.0, 2.0], &mut []), Ok(()));
    assert_eq!(code_of(check_record(&[1, 1, 1, 1], [3.0, 2.0, 2.0], &mut [])), Code::MatrixSingular);
    assert_eq!(code_of(check_record(&[1, 1, 1, 2], [1.0, 2.0, 2.0], &mut [])), Code::BufferLength);

    let mut hashes = [0; 64];
    chunk_hashes_record(&data, 4.0, &mut hashes).unwrap();
    assert_eq!(hashes, *[hash(b"spam"), hash(b"eggs")].as_flattened());
    assert_eq!(code_of(chunk_hashes_record(&data, 0.0, &mut hashes)), Code::Range);
    assert_eq!(code_of(chunk_hashes_record(&data, 1048577.0, &mut hashes)), Code::Range);
    assert_eq!(code_of(chunk_hashes_record(&data, 3.0, &mut hashes)), Code::BufferLength);
    assert_eq!(code_of(chunk_hashes_record(&[], 3.0, &mut [])), Code::EmptyInput);
    assert_eq!(code_of(levels(&[], &mut [])), Code::EmptyInput);
    assert_eq!(code_of(levels(&[0; 33], &mut [])), Code::BufferLength);
    assert_eq!(code_of(levels(&[0; 64], &mut [])), Code::BufferLength);
}

#[test]
fn frames() {
    for shards in 1..=9 {
        for length in 0..40 {
            let data: Vec<u8> = (1..=length).collect();
            let framed = split(&data, shards).unwrap();
            assert_eq!((framed.len(), framed[0].len()), (shards, (usize::from(length) + 8).div_ceil(shards)));
            assert_eq!(join(&framed), Ok(data));
            let longer: Vec<Vec<u8>> = framed.iter().map(|shard| [&shard[..], &[0]].concat()).collect();
            assert!(join(&longer).is_err());
            let mut padded = framed.clone();
            let last = padded.last_mut().unwrap().last_mut().unwrap();
            let spare = shards * framed[0].len() - usize::from(length) - 8;
            if spare > 0 {
                *last = 1;
                assert_eq!(code_of(join(&padded)), Code::PaddingNonzero);
            }
        }
    }
    assert_eq!(code_of(split(b"", 0)), Code::Range);
    assert_eq!(code_of(split(b"", 257)), Code::LimitExceeded);
    assert_eq!(code_of(join::<Vec<u8>>(&[])), Code::Range);
    assert_eq!(code_of(join(&[vec![], vec![]])), Code::ContentLength);
    assert_eq!(code_of(join(&[vec![0; 8], vec![0; 7]])), Code::BufferLength);
    for size in [1, 9, 1 << 62, u64::MAX] {
        let (result, bytes) = allocated(|| join(&[size.to_le_bytes()]));
        assert_eq!(code_of(result), Code::ContentLength);
        assert!(bytes < 1024);
    }
}

#[test]
fn every_bit_of_a_shard_file() {
    for code in codes(2, 2) {
        let file = b"hello, 0G".repeat(3);
        let encoded = zgkit_erasure::encode(&code, 4096, &file).unwrap();
        let good = &encoded.files;
        for place in 0..good[1].len() {
            for bit in 0..8 {
                let mut bad = good[1].clone();
                bad[place] ^= 1 << bit;
                let decoded = decode(&encoded.commitment, &[&bad, &good[2], &good[0]]).unwrap();
                assert_eq!(decoded.data, file);
                assert_eq!((decoded.faults.len(), decoded.faults[0].file), (1, 0), "{place} {bit}");
                assert_eq!(refused(&encoded.commitment, &[&bad, &good[3]]), Code::TooFewShards);
            }
        }
        for length in 0..good[1].len() {
            let decoded = decode(&encoded.commitment, &[&good[1][..length], &good[2], &good[3]]).unwrap();
            assert_eq!((decoded.data, decoded.faults.len()), (file.clone(), 1));
        }
    }
}

#[test]
fn a_corrupt_chunk_costs_its_stripe_only() {
    let code = ErasureCode::cauchy(3, 2).unwrap();
    let file = keccak_pattern("stripes", 3 * 4096 * 3 + 100);
    let encoded = zgkit_erasure::encode(&code, 4096, &file).unwrap();
    let mut files = encoded.files.clone();
    // Two of five in every stripe, others each time.
    for (shard, stripe) in [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (0, 2), (1, 3), (4, 3)] {
        let start = files[shard].len() - (3 * 4096 + 34) + stripe * 4096;
        files[shard][start] ^= 1;
    }
    let decoded = decode(&encoded.commitment, &views(&files)).unwrap();
    assert!(decoded.data == file);
    assert_eq!(decoded.faults.len(), 8);
    assert!(
        decoded
            .faults
            .iter()
            .all(|fault| fault.error.code == Code::ContentMismatch && fault.stripe.is_some())
    );
    // A third is too many.
    *files[2].last_mut().unwrap() ^= 1;
    assert_eq!(refused(&encoded.commitment, &views(&files)), Code::TooFewShards);
}

#[test]
fn shards_of_other_files_and_twice() {
    let code = ErasureCode::vandermonde(2, 2).unwrap();
    let [ours, theirs] = [b"ours", b"them"].map(|file| zgkit_erasure::encode(&code, 4096, file).unwrap());
    let files = [&theirs.files[0][..], &ours.files[1], &ours.files[1], &ours.files[3]];
    let decoded = decode(&ours.commitment, &files).unwrap();
    assert_eq!(decoded.data, b"ours");
    let codes: Vec<Code> = decoded.faults.iter().map(|fault| fault.error.code).collect();
    assert_eq!(codes, [Code::CommitmentMismatch, Code::DuplicateShard]);
    assert_eq!(refused(&ours.commitment, &[&ours.files[1], &ours.files[1]]), Code::TooFewShards);
    assert_eq!(refused(&ours.commitment, &[]), Code::TooFewShards);
}

#[test]
fn lies_are_found_with_any_shards() {
    for code in codes(3, 2) {
        let file = keccak_pattern("lie", 3 * 4096 + 500);
        let mut stripes = honest_stripes(&code, 4096, &file);
        stripes[1][4][0] ^= 1;
        let (commitment, files) = commit_to(&code, 4096, file.len() as u64, &stripes);
        let mut cases = 0;
        for mask in (0..32u32).filter(|mask| mask.count_ones() >= 3) {
            let kept: Vec<&[u8]> = (0..5).filter(|i| mask >> i & 1 == 1).map(|i| &files[i][..]).collect();
            let refusal = decode(&commitment, &kept).unwrap_err();
            assert_eq!(refusal.error.code, Code::EncodingMismatch);
            match refusal.evidence {
                Some(evidence) => {
                    assert!(mask.count_ones() > 3 && mask >> 4 == 1);
                    assert_eq!(verify_evidence(&commitment, &evidence), Ok(1));
                }
                // Any three fit, and so do all but the spoiled one: that the commitment does not is all that can be said.
                None => assert!(mask.count_ones() == 3 || mask == 0b01111),
            }
            cases += 1;
        }
        assert_eq!(cases, 16);

        // Evidence against an honest encoder is refuted: the liar's, with honest chunks in their place.
        let (honest, _) = commit_to(&code, 4096, file.len() as u64, &honest_stripes(&code, 4096, &file));
        let evidence = decode(&commitment, &views(&files)).unwrap_err().evidence.unwrap();
        assert_eq!(code_of(verify_evidence(&honest, &evidence)), Code::CommitmentMismatch);
    }
}

#[test]
fn honest_encoders_are_not_convicted() {
    let code = ErasureCode::vandermonde(2, 1).unwrap();
    let encoded = zgkit_erasure::encode(&code, 4096, b"abc").unwrap();
    // One stripe: no siblings inside a shard. Descriptor, stripe 0, witness 2, members 0 and 1, witness.
    let part = |i: usize| -> [&[u8]; 3] {
        let file = &encoded.files[i];
        let siblings = if i == 2 { 32 } else { 64 };
        let (head, rest) = file.split_at(164 + siblings);
        [&head[164..], &rest[..32], &rest[32..]]
    };
    let head = &encoded.files[0][..128];
    let mut evidence = [head, &[0; 8], &[2, 0, 0, 0]].concat();
    for i in [0u8, 1] {
        let [siblings, _, chunk] = part(i.into());
        evidence.extend([&[i, 0, 0, 0], siblings, chunk].concat());
    }
    let members = evidence.len();
    let [siblings, leaf, _] = part(2);
    evidence.extend([leaf, siblings].concat());
    let verdict = |evidence: &[u8]| code_of(verify_evidence(&encoded.commitment, evidence));
    assert_eq!(verdict(&evidence), Code::EvidenceRefuted);
    let mut without = evidence[..members].to_vec();
    without[136..140].fill(0xFF);
    assert_eq!(verdict(&without), Code::EvidenceRefuted);
    for (place, byte, expected) in [
        (0, 0, Code::EvidenceFormat),
        (16, b'x', Code::EvidenceFormat),
        (48, 0, Code::EvidenceFormat),
        (49, 2, Code::EvidenceFormat),
        (64, 1, Code::EvidenceFormat),
        (100, 1, Code::CommitmentMismatch),
        (128, 1, Code::EvidenceFormat),
        (136, 1, Code::EvidenceFormat),
        (136, 3, Code::EvidenceFormat),
        (140, 1, Code::EvidenceFormat),
        (145, 1, Code::RootMismatch),
        (members - 1, 9, Code::RootMismatch),
        (members, 9, Code::RootMismatch),
    ] {
        let mut changed = evidence.clone();
        assert_ne!(changed[place], byte);
        changed[place] = byte;
        assert_eq!(verdict(&changed), expected, "{place}");
    }
    evidence.push(0);
    assert_eq!(verdict(&evidence), Code::EvidenceFormat);
}

#[test]
fn huge_sizes_are_refused_before_memory_is_taken() {
    let code = ErasureCode::vandermonde(255, 1).unwrap();
    let layout = Layout::new(255, 4096, (1 << 53) - 1).unwrap();
    let root = [7; 32];
    let descriptor = Descriptor {
        kind: code.kind(),
        data: 255,
        parity: 1,
        layout,
        matrix_hash: [0; 32],
        shards_root: root,
    };
    let commitment = descriptor.commitment();
    let mut file = descriptor.to_bytes().to_vec();
    file.resize(10_000, 0);
    let (result, bytes) = allocated(|| decode(&commitment, &[&file[..]; 4]));
    assert_eq!(result.unwrap_err().error.code, Code::TooFewShards);
    assert!(bytes < 1 << 16, "{bytes}");
    let (result, bytes) = allocated(|| verify_evidence(&commitment, &file));
    assert_eq!(code_of(result), Code::EvidenceFormat);
    assert!(bytes < 1 << 16, "{bytes}");
    let encoder = StripeEncoder::new(code, 4096, (1 << 53) - 1);
    assert_eq!(code_of(encoder.unwrap().finish()), Code::ContentLength);
}

proptest! {
    #[test]
    fn anything_is_answered(files in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..400), 0..4),
                            size in 1u64..1 << 53, data in 1u16..300, parity in 0u16..300, fix in any::<bool>()) {
        let mut files = files;
        if fix {
            for file in &mut files {
                let mut head = b"zgkit erasure 1\0rs8-vandermonde\0blake2b-512/256\0".to_vec();
                head.extend([data.to_le_bytes(), parity.to_le_bytes()].concat());
                head.extend(4096u32.to_le_bytes());
                head.extend(size.to_le_bytes());
                head.extend([0; 32]);
                head.extend(&file[..]);
                *file = head;
            }
        }
        let commitment = files.first().map_or([0; 32], |file| hash(&file[..file.len().min(128)]));
        let views = views(&files);
        let (_, bytes) = allocated(|| {
            let _ = decode(&commitment, &views);
            let _ = join(&views);
            views.iter().for_each(|file| { let _ = verify_evidence(&commitment, file); });
        });
        prop_assert!(bytes < 1 << 18);
    }
}
