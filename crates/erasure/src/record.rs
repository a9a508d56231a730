//! The kernels as bindings call them: bytes and JavaScript numbers (SPEC.md section 12, Kernels of the erasure code).

use zgkit_core::limits::MAX_CALL_BYTES;
use zgkit_core::{Code, Error, Result, count};

use crate::tree::chunk_hashes;
use crate::unchecked::{Difference, Plan, verify};
use crate::{ErasureCode, Kind};

/// Bytes of what [`verify_record`] gives: place (u64), index (u32), 1 for a difference (u32), little-endian.
pub const DIFFERENCE_BYTES: usize = 16;

/// Computes wanted shards from present ones. `shape` is the code's number, data shards, parity shards and bytes of a shard;
/// shards lie one after the other, lists of indices have one byte an index, `matrix` is empty but for a custom code.
///
/// # Errors
/// `RANGE` for numbers that are no counts or no code, `LIMIT_EXCEEDED` above 256 shards or 1 GiB; `BUFFER_LENGTH` where
/// lengths do not fit together; `EMPTY_INPUT` for shards of 0 bytes and nothing wanted; `INDEX_RANGE`, `DUPLICATE_SHARD`,
/// `TOO_FEW_SHARDS`, `MATRIX_SINGULAR`.
pub fn solve_record(
    shards: &[u8],
    present: &[u8],
    wanted: &[u8],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    solve::<false>(shards, present, wanted, matrix, shape, out)
}

/// As [`solve_record`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`solve_record`].
#[cfg(feature = "parallel")]
pub fn par_solve_record(
    shards: &[u8],
    present: &[u8],
    wanted: &[u8],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    solve::<true>(shards, present, wanted, matrix, shape, out)
}

fn solve<const PARALLEL: bool>(
    shards: &[u8],
    present: &[u8],
    wanted: &[u8],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    let (code, length) = shape_of(shape, matrix)?;
    some(wanted)?;
    let shards = pieces(shards, present.len(), length)?;
    whole(out.len(), wanted.len(), length)?;
    let plan = Plan::solve(&code, present, wanted)?;
    let place =
        |index: &u8| present.iter().position(|given| given == index).expect("used shards are present");
    let inputs: Vec<&[u8]> = plan.used().iter().map(|index| shards[place(index)]).collect();
    plan.run_on::<PARALLEL>(&inputs, &mut out.chunks_exact_mut(length).collect::<Vec<_>>())
}

/// Adds to `sums` what the given shards contribute to the wanted ones, when these are computed from those that are present:
/// `lists` has the indices of those given, present and wanted.
/// `sums` has a shard for each wanted one; the rest is as for [`solve_record`].
///
/// # Errors
/// As for [`solve_record`]; `INDEX_RANGE` for a given shard that is not among those present; `EMPTY_INPUT` for none.
pub fn add_record(
    sums: &[u8],
    shards: &[u8],
    lists: [&[u8]; 3],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    add::<false>(sums, shards, lists, matrix, shape, out)
}

/// As [`add_record`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`add_record`].
#[cfg(feature = "parallel")]
pub fn par_add_record(
    sums: &[u8],
    shards: &[u8],
    lists: [&[u8]; 3],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    add::<true>(sums, shards, lists, matrix, shape, out)
}

fn add<const PARALLEL: bool>(
    sums: &[u8],
    shards: &[u8],
    [given, present, wanted]: [&[u8]; 3],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    let (code, length) = shape_of(shape, matrix)?;
    some(wanted)?;
    some(given)?;
    let shards = pieces(shards, given.len(), length)?;
    whole(sums.len(), wanted.len(), length)?;
    whole(out.len(), wanted.len(), length)?;
    let plan = Plan::solve(&code, present, wanted)?;
    if let Some(stranger) = given.iter().find(|index| !present.contains(index)) {
        return Err(Error::mismatch(Code::IndexRange, present.len() as u64, (*stranger).into()));
    }
    // Those that are present but not used contribute nothing.
    let (given, shards): (Vec<u8>, Vec<&[u8]>) =
        given.iter().zip(shards).filter(|(index, _)| plan.used().contains(index)).unzip();
    out.copy_from_slice(sums);
    if given.is_empty() {
        return Ok(());
    }
    plan.add_on::<PARALLEL>(&given, &shards, &mut out.chunks_exact_mut(length).collect::<Vec<_>>())
}

/// Compares the parity of all shards with their data; [`DIFFERENCE_BYTES`] go to `out`, all zero if nothing differs.
///
/// # Errors
/// As for [`solve_record`].
pub fn verify_record(shards: &[u8], matrix: &[u8], shape: [f64; 4], out: &mut [u8]) -> Result<()> {
    compare(verify, shards, matrix, shape, out)
}

/// As [`verify_record`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`verify_record`].
#[cfg(feature = "parallel")]
pub fn par_verify_record(shards: &[u8], matrix: &[u8], shape: [f64; 4], out: &mut [u8]) -> Result<()> {
    compare(crate::unchecked::par_verify, shards, matrix, shape, out)
}

fn compare(
    verify: impl FnOnce(&ErasureCode, &[&[u8]]) -> Result<Option<Difference>>,
    shards: &[u8],
    matrix: &[u8],
    shape: [f64; 4],
    out: &mut [u8],
) -> Result<()> {
    let (code, length) = shape_of(shape, matrix)?;
    let shards = pieces(shards, code.shards(), length)?;
    whole(out.len(), 1, DIFFERENCE_BYTES)?;
    out.fill(0);
    if let Some(Difference { place, index }) = verify(&code, &shards)? {
        out[..8].copy_from_slice(&(place as u64).to_le_bytes());
        out[8..12].copy_from_slice(&(index as u32).to_le_bytes());
        out[12] = 1;
    }
    Ok(())
}

/// Checks a custom matrix as [`ErasureCode::custom`] does, and the numbers of any code. `out` is empty.
///
/// # Errors
/// As for [`ErasureCode::custom`]; `RANGE` for numbers that are no counts or no code.
pub fn check_record(matrix: &[u8], [number, data, parity]: [f64; 3], out: &mut [u8]) -> Result<()> {
    let code = code_of(number, data, parity, matrix)?;
    whole(out.len(), 0, 1)?;
    if code.kind() == Kind::Custom {
        ErasureCode::custom(code.data(), code.parity(), matrix)?;
    }
    Ok(())
}

/// [`chunk_hashes`] for bindings.
///
/// # Errors
/// As for [`chunk_hashes`].
pub fn chunk_hashes_record(chunks: &[u8], chunk_bytes: f64, out: &mut [u8]) -> Result<()> {
    chunk_hashes(chunks, small(chunk_bytes)?, out)
}

/// As [`chunk_hashes_record`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`chunk_hashes`].
#[cfg(feature = "parallel")]
pub fn par_chunk_hashes_record(chunks: &[u8], chunk_bytes: f64, out: &mut [u8]) -> Result<()> {
    crate::tree::par_chunk_hashes(chunks, small(chunk_bytes)?, out)
}

fn shape_of([number, data, parity, length]: [f64; 4], matrix: &[u8]) -> Result<(ErasureCode, usize)> {
    let code = code_of(number, data, parity, matrix)?;
    match count(length)? {
        0 => Err(Error::plain(Code::EmptyInput)),
        length if length > MAX_CALL_BYTES as u64 => {
            Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, length))
        }
        length => Ok((code, length as usize)),
    }
}

fn code_of(number: f64, data: f64, parity: f64, matrix: &[u8]) -> Result<ErasureCode> {
    ErasureCode::from_parts(Kind::numbered(count(number)?)?, small(data)?, small(parity)?, matrix)
}

/// A count of things in memory. Those here are far below 2^32; what is not is refused as itself later.
fn small(value: f64) -> Result<usize> {
    Ok(count(value)?.min(u32::MAX.into()) as usize)
}

fn some(list: &[u8]) -> Result<()> {
    if list.is_empty() { Err(Error::plain(Code::EmptyInput)) } else { Ok(()) }
}

/// Checks that a buffer has `count` shards of `length` bytes, and is within the limit.
fn whole(bytes: usize, count: usize, length: usize) -> Result<()> {
    let expected = count as u64 * length as u64;
    if bytes > MAX_CALL_BYTES {
        return Err(Error::mismatch(Code::LimitExceeded, MAX_CALL_BYTES as u64, bytes as u64));
    }
    if bytes as u64 != expected {
        return Err(Error::mismatch(Code::BufferLength, expected, bytes as u64));
    }
    Ok(())
}

fn pieces(bytes: &[u8], count: usize, length: usize) -> Result<Vec<&[u8]>> {
    whole(bytes.len(), count, length)?;
    Ok(bytes.chunks_exact(length).collect())
}
