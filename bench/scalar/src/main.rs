//! The scalar reference: one nonce, one seal, one hash at a time, in plain loops on tiny-keccak and RustCrypto blake2.
//!
//! Shares no code with zgkit, so that it is an oracle as well as a yardstick. Called as the library's `Request` says.
#![forbid(unsafe_code)]

mod erasure;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use blake2::{Blake2b512, Digest};
use zgkit_bench_scalar::{CLOCK_STEPS, Request, Shape, keccak, measure, merkle_root, run_clock, sectors_of};

const SEAL: usize = 4096;
const LOAD: usize = 64 * SEAL;

/// First sector of the load that is sealed.
const START_SECTOR: u64 = 1024;

fn blake2b(parts: &[&[u8]]) -> [u8; 64] {
    let mut hasher = Blake2b512::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// What the nonces of a batch have in common, as it begins the input.
struct Job<'a> {
    miner: &'a [u8],
    subtask: &'a [u8],
    base_nonce: &'a [u8],
    threshold: &'a [u8],
    range: &'a [u8],
}

impl<'a> Job<'a> {
    /// Takes the job off the input; the loads are left.
    fn split(input: &'a [u8]) -> Option<(Self, &'a [[u8; LOAD]])> {
        let (head, loads) = input.split_at_checked(5 * 32)?;
        let [miner, subtask, base_nonce, threshold, range] = std::array::from_fn(|i| &head[32 * i..][..32]);
        Some((Self { miner, subtask, base_nonce, threshold, range }, loads.as_chunks().0))
    }

    /// Pad seed, scratch pad, recall seed and the 64 qualities of one nonce over a load in memory: the bitmap of the seals
    /// that win.
    fn mine(&self, index: u64, load: &[u8; LOAD]) -> u64 {
        let mut nonce = self.base_nonce.to_vec();
        nonce.iter_mut().zip(index.to_le_bytes()).for_each(|(byte, count)| *byte ^= count);
        let pad_seed = blake2b(&[self.miner, &nonce, self.subtask, self.range]);
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

        let mut wins = 0;
        for (offset, seal) in load.chunks_exact(SEAL).enumerate() {
            let quarter = &pad[offset % 4 * SEAL..][..SEAL];
            let mixed: Vec<u8> = seal.iter().zip(quarter).map(|(a, b)| a ^ b).collect();
            let mut position = [0; 32];
            position[24..].copy_from_slice(&(offset as u64).to_be_bytes());
            let hash = blake2b(&[&position, &pad_seed, &[0; 32], &mixed]);
            wins |= u64::from(hash[..32] <= *self.threshold) << offset;
        }
        wins
    }
}

/// Seals a load, piece by piece, or unseals it.
fn seal(load: &mut [u8], miner: &[u8], context: &[u8], sealing: bool) {
    for (piece, bytes) in load.chunks_exact_mut(SEAL).enumerate() {
        let mut position = [0; 32];
        position[24..].copy_from_slice(&(START_SECTOR + 16 * piece as u64).to_be_bytes());
        let mut mask = keccak(&[miner, context, &position]);
        for word in bytes.chunks_exact_mut(32) {
            let next = (!sealing).then(|| keccak(&[word]));
            word.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
            mask = next.unwrap_or_else(|| keccak(&[word]));
        }
    }
}

/// Parity, and with it the leaves of a commitment: BLAKE2b-512 of each chunk of all shards, cut to 32 bytes.
fn shards(task: &str, shape: &Shape, limit: Duration, input: &[u8]) -> Result<(), String> {
    match task {
        "encode" => measure(limit, shape.parity_bytes(), |out| erasure::encode(shape, input, out)),
        "encode-hashed" => measure(limit, shape.parity_bytes() + shape.hash_bytes(), |out| {
            let (parity, leaves) = out.split_at_mut(shape.parity_bytes());
            erasure::encode(shape, input, parity);
            let chunks = input.chunks_exact(shape.chunk()).chain(parity.chunks_exact(shape.chunk()));
            for (chunk, leaf) in chunks.zip(leaves.chunks_exact_mut(32)) {
                leaf.copy_from_slice(&blake2b(&[chunk])[..32]);
            }
        }),
        _ => return Err(format!("there is no workload {task} here")),
    }
    Ok(())
}

fn run() -> Result<(), String> {
    let Request { workload, messages, limit, input, .. } = Request::read()?;
    if let Some((task, shape)) = workload.split_once(' ') {
        return shards(task, &Shape::of(shape, input.len())?, limit, &input);
    }
    match workload.as_str() {
        "pora" => {
            let (job, loads) = Job::split(&input).ok_or("the input begins with a job")?;
            measure(limit, 8 * loads.len(), |out| {
                for ((out, load), index) in out.as_chunks_mut().0.iter_mut().zip(loads).zip(0..) {
                    *out = job.mine(index, load).to_le_bytes();
                }
            });
        }
        "seal" | "unseal" => {
            let (key, load) = input.split_at_checked(64).ok_or("the input begins with a key")?;
            measure(limit, load.len(), |out| {
                out.copy_from_slice(load);
                seal(out, &key[..32], &key[32..], workload == "seal");
            });
        }
        "merkle" => {
            let sectors = sectors_of(&input)?;
            measure(limit, 32, |out| {
                out.copy_from_slice(&merkle_root(sectors, |message| keccak(&[message])));
            });
        }
        "cycle" => {
            if messages != CLOCK_STEPS {
                return Err(format!("a run of the clock is {CLOCK_STEPS} cycles"));
            }
            measure(limit, 8, |out| out.copy_from_slice(&run_clock(black_box(1)).to_le_bytes()));
        }
        "permutation" => measure(limit, 8, |out| {
            let mut state = [1; 25];
            (0..messages).for_each(|_| tiny_keccak::keccakf(&mut state));
            out.copy_from_slice(&state[0].to_le_bytes());
        }),
        _ => return Err(format!("there is no workload {workload} here")),
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
