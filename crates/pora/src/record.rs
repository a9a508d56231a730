//! The kernels as bindings call them: bytes and JavaScript numbers (SPEC.md section 6).

use zgkit_core::limits::{MAX_CALL_BYTES, MAX_SEEK_NONCES};
use zgkit_core::size::{HASH_BYTES, SEAL_BYTES, SEGMENT_BYTES};
use zgkit_core::{Code, Error, Result, U256, count};
use zgkit_merkle::Hash;

use crate::job::Job;
use crate::mix::pora_steps;
use crate::pad::{CELL_BYTES, HEADER_BYTES, PAD_BYTES, Pad};
use crate::range::RecallRange;
use crate::seal::{SealKey, seal, unseal};
#[cfg(feature = "parallel")]
use crate::seal::{par_seal, par_unseal};
use crate::share::share;

/// Bytes of a job record: miner id, subtask digest, base nonce and threshold (32 each, the threshold big-endian), then
/// start position, mine length, shard id and shard mask (u64, little-endian).
pub const JOB_BYTES: usize = 160;

/// Bytes of what [`seek_record`] gives for a nonce: pad seed (64), recall seed (32), load position (u64, little-endian),
/// scratch pad (16,384).
pub const SEEK_BYTES: usize = CELL_BYTES + HASH_BYTES + WORD + PAD_BYTES;

/// Bytes of what [`pora_steps_record`] gives.
pub const STEPS_BYTES: usize = 256;

/// Bytes of a u64.
const WORD: usize = 8;

/// Pads made at a time by [`seek_record`]: twice as many as the widest vector has lanes, 264 KB.
const BATCH: usize = 16;

/// The load position of a nonce that a miner discards.
const NO_LOAD: u64 = u64::MAX;

impl Job {
    /// Reads a job record.
    ///
    /// # Errors
    /// `BUFFER_LENGTH` unless it has [`JOB_BYTES`].
    pub fn from_record(record: &[u8]) -> Result<Self> {
        let record: &[u8; JOB_BYTES] = exact(record)?;
        let (hashes, numbers) = record.split_at(4 * HASH_BYTES);
        let hash = |index: usize| -> Hash {
            hashes[index * HASH_BYTES..][..HASH_BYTES].try_into().expect("four hashes")
        };
        let number = |index: usize| u64_at(numbers, index);
        Ok(Self {
            miner_id: hash(0),
            subtask_digest: hash(1),
            base_nonce: hash(2),
            threshold: U256::from_be_bytes(hash(3)),
            range: RecallRange {
                start_position: number(0).into(),
                mine_length: number(1).into(),
                shard_id: number(2),
                shard_mask: number(3),
            },
        })
    }
}

/// [`seal`] for bindings.
///
/// # Errors
/// As for [`seal`]; `BUFFER_LENGTH` for ids that are no hashes; `RANGE` for a sector that is no count.
pub fn seal_record(
    plain: &[u8],
    miner_id: &[u8],
    context_digest: &[u8],
    sector: f64,
    out: &mut [u8],
) -> Result<()> {
    let key = seal_key(plain, miner_id, context_digest)?;
    seal(plain, &key, count(sector)?, out)
}

/// [`par_seal`] for bindings.
///
/// # Errors
/// As for [`seal_record`].
#[cfg(feature = "parallel")]
pub fn par_seal_record(
    plain: &[u8],
    miner_id: &[u8],
    context_digest: &[u8],
    sector: f64,
    out: &mut [u8],
) -> Result<()> {
    let key = seal_key(plain, miner_id, context_digest)?;
    par_seal(plain, &key, count(sector)?, out)
}

/// [`unseal`] for bindings.
///
/// # Errors
/// As for [`seal_record`].
pub fn unseal_record(
    sealed: &[u8],
    miner_id: &[u8],
    context_digest: &[u8],
    sector: f64,
    out: &mut [u8],
) -> Result<()> {
    let key = seal_key(sealed, miner_id, context_digest)?;
    unseal(sealed, &key, count(sector)?, out)
}

/// [`par_unseal`] for bindings.
///
/// # Errors
/// As for [`seal_record`].
#[cfg(feature = "parallel")]
pub fn par_unseal_record(
    sealed: &[u8],
    miner_id: &[u8],
    context_digest: &[u8],
    sector: f64,
    out: &mut [u8],
) -> Result<()> {
    let key = seal_key(sealed, miner_id, context_digest)?;
    par_unseal(sealed, &key, count(sector)?, out)
}

/// The pads of nonces `first` to `first + count - 1` of a job and where they lead, [`SEEK_BYTES`] each into `out`. The position
/// is 2^64 - 1 where a miner discards the nonce.
///
/// # Errors
/// `BUFFER_LENGTH` unless `job` is a job record and `out` fits; `RANGE` for numbers that are no counts; `EMPTY_INPUT` for
/// no nonces, `LIMIT_EXCEEDED` above 4,096.
pub fn seek_record(job: &[u8], first: f64, nonces: f64, out: &mut [u8]) -> Result<()> {
    seek_on::<false>(job, first, nonces, out)
}

/// As [`seek_record`], with the nonces spread over the threads of the current rayon pool.
///
/// # Errors
/// As for [`seek_record`].
#[cfg(feature = "parallel")]
pub fn par_seek_record(job: &[u8], first: f64, nonces: f64, out: &mut [u8]) -> Result<()> {
    seek_on::<true>(job, first, nonces, out)
}

fn seek_on<const PARALLEL: bool>(job: &[u8], first: f64, nonces: f64, out: &mut [u8]) -> Result<()> {
    let job = Job::from_record(job)?;
    let (first, nonces) = (count(first)?, count(nonces)?);
    if nonces == 0 {
        return Err(Error::plain(Code::EmptyInput));
    }
    if nonces > MAX_SEEK_NONCES as u64 {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_SEEK_NONCES as u64, nonces));
    }
    fits(nonces as usize * SEEK_BYTES, out.len())?;
    let (rows, _) = out.as_chunks_mut::<SEEK_BYTES>();
    share::<PARALLEL, _>(rows, BATCH, |offset, rows| {
        let mut pads = vec![Pad::default(); rows.len()];
        job.seek(first + offset as u64, &mut pads);
        for (row, pad) in rows.iter_mut().zip(&pads) {
            let position = job.load_position(pad).unwrap_or(NO_LOAD).to_le_bytes();
            join(row, &[pad.seed(), pad.recall_seed(), &position, pad.cells()]);
        }
    });
    Ok(())
}

/// Tries the seals of loads: for each nonce its row of [`seek_record`] (16,488 bytes), the load (262,144) and a bitmap of the
/// seals that are there (u64, little-endian); the bitmap of those that win goes to `out`.
///
/// # Errors
/// `BUFFER_LENGTH` unless `job` is a job record and there is one of each for every nonce; `EMPTY_INPUT` without nonces;
/// `LIMIT_EXCEEDED` above 1 GiB of loads.
pub fn mix_record(job: &[u8], rows: &[u8], loads: &[u8], available: &[u8], out: &mut [u8]) -> Result<()> {
    mix_on::<false>(job, rows, loads, available, out)
}

/// As [`mix_record`], with the loads spread over the threads of the current rayon pool.
///
/// # Errors
/// As for [`mix_record`].
#[cfg(feature = "parallel")]
pub fn par_mix_record(job: &[u8], rows: &[u8], loads: &[u8], available: &[u8], out: &mut [u8]) -> Result<()> {
    mix_on::<true>(job, rows, loads, available, out)
}

fn mix_on<const PARALLEL: bool>(
    job: &[u8],
    rows: &[u8],
    loads: &[u8],
    available: &[u8],
    out: &mut [u8],
) -> Result<()> {
    let job = Job::from_record(job)?;
    if rows.is_empty() {
        return Err(Error::plain(Code::EmptyInput));
    }
    if loads.len() > MAX_CALL_BYTES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, loads.len() as u64));
    }
    let (loads, ragged) = loads.as_chunks::<SEGMENT_BYTES>();
    fits(0, ragged.len())?;
    for (unit, length) in [(SEEK_BYTES, rows.len()), (WORD, available.len()), (WORD, out.len())] {
        fits(loads.len() * unit, length)?;
    }
    let (rows, _) = rows.as_chunks::<SEEK_BYTES>();
    share::<PARALLEL, _>(out.as_chunks_mut().0, 1, |index, wins| {
        let row = &rows[index];
        let (seed, rest) = row.split_first_chunk().expect("a row begins with the seed");
        let (recall_seed, _) = rest.split_first_chunk().expect("the recall seed follows");
        let mut pad = Pad::default();
        pad.copy_from(seed, recall_seed, row.last_chunk().expect("a row ends with the pad"));
        wins[0] = job.try_load(&pad, &loads[index], u64_at(available, index)).to_le_bytes();
    });
    Ok(())
}

/// [`pora_steps`] for bindings: pad seed, last pad state, recall seed, PoRA hash, Keccak-256 of the mixed seal and of the
/// pad, in this order.
///
/// # Errors
/// `BUFFER_LENGTH` unless the header has 128 bytes, the seal offset 32 (big-endian), the seal 4096 and `out`
/// [`STEPS_BYTES`].
pub fn pora_steps_record(header: &[u8], seal_offset: &[u8], sealed: &[u8], out: &mut [u8]) -> Result<()> {
    let header: &[u8; HEADER_BYTES] = exact(header)?;
    let seal_offset: &Hash = exact(seal_offset)?;
    let sealed: &[u8; SEAL_BYTES] = exact(sealed)?;
    fits(STEPS_BYTES, out.len())?;
    let steps = pora_steps(header, seal_offset, sealed);
    join(
        out,
        &[
            &steps.pad_seed,
            &steps.last_pad_state,
            &steps.recall_seed,
            &steps.pora_hash,
            &steps.mixed_data_keccak,
            &steps.scratch_pad_keccak,
        ],
    );
    Ok(())
}

/// Writes the parts one after the other; `out` has as many bytes.
fn join(mut out: &mut [u8], parts: &[&[u8]]) {
    for part in parts {
        let (place, rest) = out.split_at_mut(part.len());
        place.copy_from_slice(part);
        out = rest;
    }
}

/// The key of a seal. Nothing to seal is said first, as in the other kernels.
fn seal_key(data: &[u8], miner_id: &[u8], context_digest: &[u8]) -> Result<SealKey> {
    if data.is_empty() {
        return Err(Error::plain(Code::EmptyInput));
    }
    Ok(SealKey { miner_id: *exact(miner_id)?, context_digest: *exact(context_digest)? })
}

fn exact<const N: usize>(bytes: &[u8]) -> Result<&[u8; N]> {
    let got = bytes.len() as u64;
    bytes.try_into().map_err(|_| Error::mismatch(Code::BufferLength, N as u64, got))
}

fn fits(expected: usize, got: usize) -> Result<()> {
    if expected == got {
        Ok(())
    } else {
        Err(Error::mismatch(Code::BufferLength, expected as u64, got as u64))
    }
}

/// Word `index` of `bytes`, which has that many.
fn u64_at(bytes: &[u8], index: usize) -> u64 {
    u64::from_le_bytes(bytes[index * WORD..][..WORD].try_into().expect("a word is 8 bytes"))
}
