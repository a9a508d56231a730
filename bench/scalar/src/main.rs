//! The scalar reference: one nonce, one seal, one hash at a time, in plain loops on tiny-keccak and RustCrypto blake2.
//!
//! Shares no code with zgkit, so that it is an oracle as well as a yardstick. Called as `WORKLOAD SECONDS HEADER`; prints
//! `{"seconds": [...], "check"}`: the seconds of each operation and 32 bytes of its result.
#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use blake2::{Blake2b512, Digest};
use tiny_keccak::{Hasher, Keccak};

const SEAL: usize = 4096;
const LOAD: usize = 64 * SEAL;

fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Keccak::v256();
    parts.iter().for_each(|part| hasher.update(part));
    let mut digest = [0; 32];
    hasher.finalize(&mut digest);
    digest
}

fn blake2b(parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Blake2b512::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// Pad seed, scratch pad, recall seed and the 64 qualities of one nonce over a load in memory; the best quality.
fn mine(header: &[u8; 128], load: &[u8]) -> [u8; 32] {
    let pad_seed = blake2b(&[header]);
    let mut state = pad_seed;
    let mut pad = Vec::with_capacity(4 * SEAL);
    for _ in 0..256 {
        for half in [0, 32] {
            let digest = keccak(&[&state]);
            state[half..half + 32].copy_from_slice(&digest);
        }
        pad.extend_from_slice(&state);
    }
    black_box(keccak(&[&state]));

    let mut best = [0xff; 32];
    for (offset, seal) in load.chunks_exact(SEAL).enumerate() {
        let quarter = &pad[offset % 4 * SEAL..][..SEAL];
        let mixed: Vec<u8> = seal.iter().zip(quarter).map(|(a, b)| a ^ b).collect();
        let mut position = [0; 32];
        position[24..].copy_from_slice(&(offset as u64).to_be_bytes());
        let hash = blake2b(&[&position, &pad_seed, &[0; 32], &mixed]);
        let hash: [u8; 32] = hash[..32].try_into().expect("32 of 64 bytes");
        best = best.min(hash);
    }
    best
}

/// Seals a load, piece by piece, or unseals it.
fn seal(load: &mut [u8], miner: &[u8; 32], context: &[u8; 32], start: u64, sealing: bool) {
    for (piece, bytes) in load.chunks_exact_mut(SEAL).enumerate() {
        let mut position = [0; 32];
        position[24..].copy_from_slice(&(start + 16 * piece as u64).to_be_bytes());
        let mut mask = keccak(&[miner, context, &position]);
        for word in bytes.chunks_exact_mut(32) {
            let next = (!sealing).then(|| keccak(&[word]));
            word.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
            mask = next.unwrap_or_else(|| keccak(&[word]));
        }
    }
}

/// The golden load: byte j = (167 j + 13 floor(j / 256) + 7) mod 256.
fn golden_load() -> Vec<u8> {
    (0..LOAD).map(|j| (167 * j + 13 * (j / 256) + 7) as u8).collect()
}

/// Repeats an operation for so long, at least five times, and prints the seconds of each with a digest of its result.
fn measure(limit: Duration, mut operation: impl FnMut() -> [u8; 32]) {
    let check: String = operation().iter().map(|byte| format!("{byte:02x}")).collect();
    let begun = Instant::now();
    let mut seconds = Vec::new();
    while begun.elapsed() < limit || seconds.len() < 5 {
        let started = Instant::now();
        black_box(operation());
        seconds.push(started.elapsed().as_secs_f64().to_string());
    }
    println!(r#"{{"seconds":[{}],"check":"{check}"}}"#, seconds.join(","));
}

/// 128 bytes from hex digits: miner id, nonce, subtask digest, range digest.
fn header(hex: &str) -> Option<[u8; 128]> {
    let mut bytes = [0; 128];
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().as_chunks::<2>().0) {
        *byte = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    (hex.len() == 256).then_some(bytes)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [workload, seconds, hex] = &arguments[..] else {
        eprintln!("usage: zgkit-bench-scalar pora|seal|unseal SECONDS HEADER");
        return ExitCode::from(2);
    };
    let (Ok(seconds), Some(header)) = (seconds.parse::<f64>(), header(hex)) else {
        eprintln!("SECONDS is a number, HEADER 256 hex digits");
        return ExitCode::from(2);
    };
    let limit = Duration::from_secs_f64(seconds.clamp(0.0, 600.0));
    let load = golden_load();
    if workload == "pora" {
        measure(limit, || mine(&header, &load));
    } else {
        let miner: [u8; 32] = header[..32].try_into().expect("32 bytes");
        let context: [u8; 32] = header[64..96].try_into().expect("32 bytes");
        let mut bytes = load.clone();
        measure(limit, || {
            bytes.copy_from_slice(&load);
            seal(&mut bytes, &miner, &context, 1024, workload == "seal");
            bytes[LOAD - 32..].try_into().expect("32 bytes")
        });
    }
    ExitCode::SUCCESS
}
