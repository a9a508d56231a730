//! Hot kernels, called as often as wanted on one instruction set, for a tool that counts the instructions.
//!
//! Called as `KERNEL ISA CALLS`. The difference between two runs is what the calls between them took: start-up, buffers
//! and everything that only a first call does cancel out. Without arguments it prints what there is to call:
//! `{"kernels": [...], "isas": [...]}`.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;

use zgkit_core::size::{HASH_BYTES, SEGMENT_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Isa, Result};
use zgkit_hash::{blake2b512_many, keccak256_many};
use zgkit_merkle::segment_roots;
use zgkit_pora::{Job, Pad, RecallRange, SealKey, seal};

/// A kernel with its buffers, ready to be called.
type Call = Box<dyn FnMut() -> Result<()>>;
/// Makes the buffers.
type Make = fn() -> Call;

/// The sizes are those of the work that kernels get: a segment's sectors and tree nodes, a load's seals.
const KERNELS: [(&str, Make); 7] = [
    ("keccak256_many 1024 x 64", || many(keccak256_many, 1024, 64, 32)),
    ("keccak256_many 1024 x 256", || many(keccak256_many, 1024, 256, 32)),
    ("blake2b512_many 64 x 4224", || many(blake2b512_many, 64, 4224, 64)),
    ("segment_roots 1 segment", one_segment_root),
    ("seal 1 load", one_load_sealed),
    ("seek 8 nonces", eight_nonces),
    ("mix 1 load", one_load_mixed),
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, isa, calls)) = parse(&args) else {
        return if args.is_empty() { list() } else { usage() };
    };
    let Some((_, make)) = KERNELS.iter().find(|(kernel, _)| *kernel == name) else { return usage() };
    match run(*make, isa, calls) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}, {isa}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(args: &[String]) -> Option<(&str, &str, u32)> {
    let [name, isa, calls] = args else { return None };
    Some((name, isa, calls.parse().ok()?))
}

fn usage() -> ExitCode {
    eprintln!("usage: zgkit-bench-instructions [KERNEL ISA CALLS]");
    ExitCode::from(2)
}

fn list() -> ExitCode {
    let kernels: Vec<&str> = KERNELS.iter().map(|(name, _)| *name).collect();
    let isas: Vec<&str> = Isa::available().map(Isa::name).collect();
    println!("{{\"kernels\": {kernels:?}, \"isas\": {isas:?}}}");
    ExitCode::SUCCESS
}

fn run(make: Make, isa: &str, calls: u32) -> Result<()> {
    Isa::named(isa)?.make_current();
    let mut call = make();
    (0..calls).try_for_each(|_| call())
}

fn many(
    hash: fn(&[u8], usize, &mut [u8]) -> Result<()>,
    messages: usize,
    length: usize,
    digest: usize,
) -> Call {
    let data = painted(messages * length);
    let mut out = vec![0; messages * digest];
    Box::new(move || hash(black_box(&data), length, black_box(&mut out)))
}

fn one_segment_root() -> Call {
    let data = painted(SEGMENT_BYTES);
    let mut out = [0; HASH_BYTES];
    Box::new(move || segment_roots(black_box(&data), SEGMENT_SECTORS, black_box(&mut out)))
}

fn one_load_sealed() -> Call {
    let key = SealKey { miner_id: [1; HASH_BYTES], context_digest: [2; HASH_BYTES] };
    let plain = painted(SEGMENT_BYTES);
    let mut out = vec![0; SEGMENT_BYTES];
    Box::new(move || seal(black_box(&plain), &key, 0, black_box(&mut out)))
}

/// Bytes without long repeats.
fn painted(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i as u8) ^ (i >> 8) as u8).collect()
}

/// A job in which nothing wins.
fn job() -> Job {
    let range = RecallRange::of(1 << 30, 1, 0, 0).expect("one partition");
    Job { miner_id: [1; 32], subtask_digest: [2; 32], base_nonce: [3; 32], threshold: 0u64.into(), range }
}

fn eight_nonces() -> Call {
    let (job, mut pads) = (job(), vec![Pad::default(); 8]);
    Box::new(move || {
        job.seek(0, black_box(&mut pads));
        Ok(())
    })
}

fn one_load_mixed() -> Call {
    let (job, pad, load) = (job(), Pad::default(), Box::new([7; SEGMENT_BYTES]));
    Box::new(move || {
        black_box(job.try_load(black_box(&pad), &load, u64::MAX));
        Ok(())
    })
}
