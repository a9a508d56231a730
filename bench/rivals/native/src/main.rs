//! Rust crates that compute what zgkit computes, and zgkit's own erasure code without bindings. Called as `Request` says; a
//! subject is a crate, or a form of one.
#![forbid(unsafe_code)]

mod erasure;

use std::process::ExitCode;

use zgkit_bench_scalar::{Request, Shape, keccak, measure, merkle_root, sectors_of};

type Keccak256 = fn(&[u8]) -> [u8; 32];

fn rust_crypto_keccak(message: &[u8]) -> [u8; 32] {
    use sha3::Digest;
    sha3::Keccak256::digest(message).into()
}

fn keccak_asm(message: &[u8]) -> [u8; 32] {
    keccak_asm::Keccak256::digest(message).into()
}

fn tiny_keccak(message: &[u8]) -> [u8; 32] {
    keccak(&[message])
}

/// rs_merkle takes any hash function; this is the fastest here.
#[derive(Clone)]
struct AsmHasher;

impl rs_merkle::Hasher for AsmHasher {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> Self::Hash {
        keccak_asm(data)
    }
}

fn rs_merkle_root(sectors: &[[u8; 256]]) -> [u8; 32] {
    let leaves: Vec<[u8; 32]> = sectors.iter().map(|sector| keccak_asm(sector)).collect();
    rs_merkle::MerkleTree::<AsmHasher>::from_leaves(&leaves).root().expect("there are leaves")
}

fn rust_crypto_blake2b(message: &[u8], digest: &mut [u8]) {
    use blake2::Digest;
    digest.copy_from_slice(&blake2::Blake2b512::digest(message));
}

/// Many messages side by side.
fn hash_many(input: &[u8], length: usize, out: &mut [u8]) {
    use blake2b_simd::many::{HashManyJob, hash_many};
    let params = blake2b_simd::Params::new();
    let mut jobs: Vec<HashManyJob> =
        input.chunks_exact(length).map(|message| HashManyJob::new(&params, message)).collect();
    hash_many(jobs.iter_mut());
    for (job, digest) in jobs.iter().zip(out.chunks_exact_mut(64)) {
        digest.copy_from_slice(job.to_hash().as_bytes());
    }
}

fn run() -> Result<(), String> {
    let Request { subject, workload, messages, limit, input } = Request::read()?;
    if let Some(shape) = workload.strip_prefix("encode ") {
        return erasure::encode(&subject, &Shape::of(shape, input.len())?, limit, &input);
    }
    let unknown = || format!("there is no {workload} of {subject} here");
    let length = input.len() / messages;
    if length == 0 || length * messages != input.len() {
        return Err("messages are equally long, and not empty".into());
    }
    let hash = match subject.as_str() {
        "sha3" => Some(rust_crypto_keccak as Keccak256),
        "keccak-asm" => Some(keccak_asm as Keccak256),
        "tiny-keccak" => Some(tiny_keccak as Keccak256),
        _ => None,
    };
    match workload.as_str() {
        "keccak256" => {
            let hash = hash.ok_or_else(unknown)?;
            measure(limit, 32 * messages, |out| {
                for (message, digest) in input.chunks_exact(length).zip(out.chunks_exact_mut(32)) {
                    digest.copy_from_slice(&hash(message));
                }
            });
        }
        "blake2b512" => {
            let each = |hash: fn(&[u8], &mut [u8])| {
                measure(limit, 64 * messages, |out| {
                    for (message, digest) in input.chunks_exact(length).zip(out.chunks_exact_mut(64)) {
                        hash(message, digest);
                    }
                });
            };
            match subject.as_str() {
                "blake2" => each(rust_crypto_blake2b),
                "blake2b_simd" => each(|message, digest| {
                    digest.copy_from_slice(blake2b_simd::blake2b(message).as_bytes());
                }),
                "blake2b_simd hash_many" => {
                    measure(limit, 64 * messages, |out| hash_many(&input, length, out));
                }
                _ => return Err(unknown()),
            }
        }
        "merkle" => {
            let sectors = sectors_of(&input)?;
            match (subject.as_str(), hash) {
                ("rs_merkle", _) => {
                    measure(limit, 32, |out| out.copy_from_slice(&rs_merkle_root(sectors)));
                }
                (_, Some(hash)) => {
                    measure(limit, 32, |out| out.copy_from_slice(&merkle_root(sectors, hash)));
                }
                _ => return Err(unknown()),
            }
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::from(2)
        }
    }
}
