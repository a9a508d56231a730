//! zgkit's kernels, each on every instruction set of this processor, and beside its erasure code that of
//! `reed-solomon-erasure`: `cargo bench` in this folder.
//!
//! Times are nanoseconds as criterion finds them; cycles are those times by the frequency measured when this begins.
#![forbid(unsafe_code)]

mod cycles;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use cycles::Cycles;
use reed_solomon_erasure::galois_8::ReedSolomon;
use zgkit_bench_scalar::aligned;
use zgkit_core::Isa;
use zgkit_core::size::SEGMENT_BYTES;
use zgkit_erasure::ErasureCode;
use zgkit_erasure::unchecked::Plan;
use zgkit_hash::{blake2b512_many, keccak256_many};
use zgkit_merkle::segment_roots;
use zgkit_pora::{JOB_BYTES, SEEK_BYTES, SealKey, mix_record, seal, seek_record, unseal};

type Bench = Criterion<Cycles>;

/// Bytes of every kind: neither compressible nor zero.
fn pattern(length: usize) -> Vec<u8> {
    let mut x = 0x9e37_79b9_u32;
    let words = std::iter::repeat_with(|| {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        x.to_le_bytes()
    });
    words.flatten().take(length).collect()
}

/// Measures a kernel that writes `length` bytes on every instruction set. `throughput` is what one call works on.
fn on_every_isa(
    bench: &mut Bench,
    name: &str,
    throughput: Throughput,
    length: usize,
    mut kernel: impl FnMut(&mut [u8]),
) {
    let mut group = bench.benchmark_group(name);
    group.throughput(throughput);
    let mut memory = Vec::new();
    let out = aligned(&mut memory, length);
    for isa in Isa::available() {
        isa.make_current();
        group.bench_function(isa.name(), |bencher| bencher.iter(|| kernel(black_box(out))));
    }
    group.finish();
}

fn hashes(bench: &mut Bench) {
    const MESSAGES: usize = 64;
    let count = Throughput::Elements(MESSAGES as u64);
    for length in [32, 64, 256] {
        let messages = pattern(MESSAGES * length);
        on_every_isa(bench, &format!("keccak256_many, {length} B"), count.clone(), MESSAGES * 32, |out| {
            keccak256_many(&messages, length, out).expect("lengths fit");
        });
    }
    for length in [128, 4224] {
        let messages = pattern(MESSAGES * length);
        on_every_isa(bench, &format!("blake2b512_many, {length} B"), count.clone(), MESSAGES * 64, |out| {
            blake2b512_many(&messages, length, out).expect("lengths fit");
        });
    }
}

fn trees(bench: &mut Bench) {
    const SEGMENTS: usize = 8;
    let data = pattern(SEGMENTS * SEGMENT_BYTES);
    let bytes = Throughput::Bytes(data.len() as u64);
    on_every_isa(bench, "segment_roots, 8 segments", bytes, SEGMENTS * 32, |out| {
        segment_roots(&data, SEGMENTS * 1024, out).expect("lengths fit");
    });
}

fn seals(bench: &mut Bench) {
    let key = SealKey { miner_id: [1; 32], context_digest: [2; 32] };
    let load = pattern(SEGMENT_BYTES);
    let bytes = Throughput::Bytes(load.len() as u64);
    on_every_isa(bench, "seal, one load", bytes.clone(), load.len(), |out| {
        seal(&load, &key, 0, out).expect("lengths fit");
    });
    on_every_isa(bench, "unseal, one load", bytes, load.len(), |out| {
        unseal(&load, &key, 0, out).expect("lengths fit");
    });
}

/// The two halves of mining, 64 nonces and as many loads a call.
fn mining(bench: &mut Bench) {
    const NONCES: usize = 64;
    let count = Throughput::Elements(NONCES as u64);
    // Only numbers of the range matter here: a flow of 2^20 loads, one shard, and a threshold that nothing reaches.
    let mut job = pattern(JOB_BYTES);
    job[96..].fill(0);
    job[136..144].copy_from_slice(&(1024_u64 << 20).to_le_bytes());
    job[152..].fill(255);

    let mut rows = vec![0; NONCES * SEEK_BYTES];
    seek_record(&job, 0.0, NONCES as f64, &mut rows).expect("a job");
    on_every_isa(bench, "pads (seek), 64 nonces", count.clone(), rows.len(), |out| {
        seek_record(&job, 0.0, NONCES as f64, out).expect("a job");
    });
    let loads = pattern(NONCES * SEGMENT_BYTES);
    on_every_isa(bench, "mix, 64 loads", count, 8 * NONCES, |out| {
        mix_record(&job, &rows, &loads, &[255; 8 * NONCES], out).expect("lengths fit");
    });
}

/// Encoding, and reconstruction of as many data shards as there is parity: ours on every instruction set, and another crate's.
fn erasure(bench: &mut Bench) {
    for (data, parity) in [(10, 4), (17, 3), (32, 32)] {
        let ours = ErasureCode::vandermonde(data, parity).expect("a shape");
        let other = ReedSolomon::new(data, parity).expect("a shape");
        let lost = parity.min(data);
        let present: Vec<u8> = (lost as u8..(data + parity) as u8).collect();
        let missing: Vec<u8> = (0..lost as u8).collect();
        let solve = Plan::solve(&ours, &present, &missing).expect("enough shards");
        for length in [1 << 10, 1 << 14, 1 << 20, 1 << 24] {
            let name = |verb: &str| format!("{verb}, {data}+{parity}, {} KiB", length >> 10);
            let bytes = Throughput::Bytes((data * length) as u64);
            let mut memory = Vec::new();
            let input = aligned(&mut memory, data * length);
            input.copy_from_slice(&pattern(data * length));
            let shards: Vec<&[u8]> = input.chunks_exact(length).collect();

            let encode = Plan::encode(&ours);
            on_every_isa(bench, &name("encode"), bytes.clone(), parity * length, |out| {
                encode.run(&shards, &mut pieces(out, length)).expect("lengths fit");
            });
            let mut memory = Vec::new();
            let made = aligned(&mut memory, parity * length);
            bench_other(bench, &name("encode"), bytes.clone(), || {
                other.encode_sep(&shards, &mut pieces(made, length)).expect("lengths fit");
            });

            let all: Vec<&[u8]> = shards.iter().copied().chain(made.chunks_exact(length)).collect();
            let used: Vec<&[u8]> = solve.used().iter().map(|&index| all[usize::from(index)]).collect();
            on_every_isa(bench, &name("reconstruct"), bytes.clone(), lost * length, |out| {
                solve.run(&used, &mut pieces(out, length)).expect("lengths fit");
            });
            // It works in place: what is lost is marked again before each turn.
            let mut copies: Vec<(Vec<u8>, bool)> = all.iter().map(|shard| (shard.to_vec(), true)).collect();
            bench_other(bench, &name("reconstruct"), bytes, || {
                copies.iter_mut().take(lost).for_each(|(_, there)| *there = false);
                other.reconstruct(&mut copies).expect("enough shards");
            });
            assert!(copies.iter().zip(&all).all(|((copy, _), shard)| copy == shard));
        }
    }
}

fn pieces(bytes: &mut [u8], length: usize) -> Vec<&mut [u8]> {
    bytes.chunks_exact_mut(length).collect()
}

/// Measures the same by `reed-solomon-erasure`.
fn bench_other(bench: &mut Bench, name: &str, throughput: Throughput, mut kernel: impl FnMut()) {
    let mut group = bench.benchmark_group(name);
    group.throughput(throughput);
    group.bench_function("reed-solomon-erasure", |bencher| bencher.iter(&mut kernel));
    group.finish();
}

fn main() {
    let cycles = Cycles::measure();
    println!("{cycles}");
    let mut bench = Criterion::default().with_measurement(cycles).configure_from_args();
    hashes(&mut bench);
    trees(&mut bench);
    seals(&mut bench);
    mining(&mut bench);
    erasure(&mut bench);
    bench.final_summary();
    println!("at the end: {}", Cycles::measure());
}
