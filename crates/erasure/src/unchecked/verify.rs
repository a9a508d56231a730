use zgkit_core::{Code, Error, Result};

use super::Plan;
use crate::ErasureCode;

/// Bytes of parity that are computed at a time to be compared.
const SCRATCH_BYTES: usize = 1 << 16;

/// Where parity first differs from what follows from the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The lowest place in the shards with a difference.
    pub place: usize,
    /// The lowest parity shard that differs there.
    pub index: usize,
}

/// Compares parity with data. It finds a difference, but not which shard is wrong: that takes a commitment.
///
/// # Errors
/// `BUFFER_LENGTH` unless all shards are there and have one length; `EMPTY_INPUT` if that is 0.
pub fn verify(code: &ErasureCode, shards: &[&[u8]]) -> Result<Option<Difference>> {
    check(code, shards)?;
    differ(code, shards)
}

/// As [`verify`], on all threads of the current rayon pool.
///
/// # Errors
/// As for [`verify`].
#[cfg(feature = "parallel")]
pub fn par_verify(code: &ErasureCode, shards: &[&[u8]]) -> Result<Option<Difference>> {
    use crate::engine::columns_of_a_thread;
    use rayon::prelude::*;
    check(code, shards)?;
    let length = shards[0].len();
    let step = columns_of_a_thread(length, shards.len());
    let parts: Vec<usize> = (0..length).step_by(step).collect();
    let first = parts.into_par_iter().find_map_first(|start| {
        let columns = start..length.min(start + step);
        let shards: Vec<&[u8]> = shards.iter().map(|shard| &shard[columns.clone()]).collect();
        let at = |found: Difference| Difference { place: start + found.place, ..found };
        differ(code, &shards).map(|found| found.map(at)).transpose()
    });
    first.transpose()
}

fn check(code: &ErasureCode, shards: &[&[u8]]) -> Result<()> {
    if shards.len() != code.shards() {
        return Err(Error::mismatch(Code::BufferLength, code.shards() as u64, shards.len() as u64));
    }
    let length = shards[0].len();
    if let Some(other) = shards.iter().find(|shard| shard.len() != length) {
        return Err(Error::mismatch(Code::BufferLength, length as u64, other.len() as u64));
    }
    if length == 0 { Err(Error::plain(Code::EmptyInput)) } else { Ok(()) }
}

/// The first difference of shards that were checked.
fn differ(code: &ErasureCode, shards: &[&[u8]]) -> Result<Option<Difference>> {
    let (data, parity) = shards.split_at(code.data());
    let length = data[0].len();
    let plan = Plan::encode(code);
    let step = length.min(SCRATCH_BYTES / code.parity());
    let mut scratch = vec![0; step * code.parity()];
    for start in (0..length).step_by(step) {
        let end = length.min(start + step);
        let mut computed: Vec<&mut [u8]> =
            scratch.chunks_exact_mut(step).map(|piece| &mut piece[..end - start]).collect();
        let inputs: Vec<&[u8]> = data.iter().map(|shard| &shard[start..end]).collect();
        plan.run(&inputs, &mut computed)?;
        let differences = computed.iter().zip(parity).enumerate().filter_map(|(row, (computed, given))| {
            let given = &given[start..end];
            // Whole buffers compare fast; only one that differs is looked at byte by byte.
            let differs = **computed != *given;
            let place = differs.then(|| computed.iter().zip(given).position(|(a, b)| a != b)).flatten()?;
            Some(Difference { place: start + place, index: code.data() + row })
        });
        if let Some(first) = differences.min_by_key(|difference| difference.place) {
            return Ok(Some(first));
        }
    }
    Ok(None)
}
