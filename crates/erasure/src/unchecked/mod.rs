//! The codec itself, which believes every shard it is given.
//!
//! A corrupt shard that goes in here makes wrong data come out, and no error. Where shards come from anybody else, use
//! [`decode`](crate::decode), which takes them with a commitment.
//!
//! [`Plan`] does everything: it is made once for the shards that are present and those that are wanted, and then runs over
//! the bytes of all shards, or of one shard at a time. The functions here are its common uses.
//!
//! ```
//! use zgkit_erasure::ErasureCode;
//! use zgkit_erasure::unchecked::{encode, reconstruct};
//!
//! let code = ErasureCode::vandermonde(2, 1)?;
//! let parity = encode(&code, &[b"spam", b"eggs"])?;
//! let mut shards = [None, Some(b"eggs".to_vec()), Some(parity[0].clone())];
//! reconstruct(&code, &mut shards)?;
//! assert_eq!(shards[0].as_deref(), Some(&b"spam"[..]));
//! # Ok::<(), zgkit_core::Error>(())
//! ```

mod plan;
mod verify;

use zgkit_core::{Code, Error, Result};

use crate::ErasureCode;
pub use plan::Plan;
#[cfg(feature = "parallel")]
pub use verify::par_verify;
pub use verify::{Difference, verify};

/// The parity shards of all data shards.
///
/// # Errors
/// As for [`encode_into`].
pub fn encode<S: AsRef<[u8]>>(code: &ErasureCode, data: &[S]) -> Result<Vec<Vec<u8>>> {
    let plan = Plan::encode(code);
    let data: Vec<&[u8]> = data.iter().map(AsRef::as_ref).collect();
    plan.check(&data, &[])?;
    let mut parity = vec![vec![0; data[0].len()]; code.parity()];
    plan.run(&data, &mut views(&mut parity))?;
    Ok(parity)
}

/// Writes the parity shards of all data shards into the caller's buffers.
///
/// # Errors
/// `BUFFER_LENGTH` unless there are as many shards as the code has, all of one length; `EMPTY_INPUT` if that is 0.
pub fn encode_into(code: &ErasureCode, data: &[&[u8]], parity: &mut [&mut [u8]]) -> Result<()> {
    Plan::encode(code).run(data, parity)
}

/// Computes every shard that is `None`.
///
/// # Errors
/// `BUFFER_LENGTH` unless there is a place for every shard and those present have one length, `EMPTY_INPUT` if that is 0;
/// `TOO_FEW_SHARDS`; `MATRIX_SINGULAR` where a custom code cannot be solved. On an error nothing has changed.
pub fn reconstruct(code: &ErasureCode, shards: &mut [Option<Vec<u8>>]) -> Result<()> {
    reconstruct_some(code, shards, |_| true)
}

/// Computes every data shard that is `None`, and no parity.
///
/// # Errors
/// As for [`reconstruct`].
pub fn reconstruct_data(code: &ErasureCode, shards: &mut [Option<Vec<u8>>]) -> Result<()> {
    reconstruct_some(code, shards, |index| index < code.data())
}

/// Computes those shards that are `None` and wanted.
///
/// # Errors
/// As for [`reconstruct`].
pub fn reconstruct_some(
    code: &ErasureCode,
    shards: &mut [Option<Vec<u8>>],
    wanted: impl Fn(usize) -> bool,
) -> Result<()> {
    if shards.len() != code.shards() {
        return Err(Error::mismatch(Code::BufferLength, code.shards() as u64, shards.len() as u64));
    }
    let (present, missing): (Vec<u8>, Vec<u8>) =
        (0..=u8::MAX).take(shards.len()).partition(|&index| shards[usize::from(index)].is_some());
    let wanted: Vec<u8> = missing.into_iter().filter(|&index| wanted(index.into())).collect();
    let plan = Plan::solve(code, &present, &wanted)?;
    let inputs: Vec<&[u8]> =
        plan.used().iter().filter_map(|&index| shards[usize::from(index)].as_deref()).collect();
    plan.check(&inputs, &[])?;
    let mut outputs = vec![vec![0; inputs[0].len()]; wanted.len()];
    plan.run(&inputs, &mut views(&mut outputs))?;
    for (index, output) in wanted.into_iter().zip(outputs) {
        shards[usize::from(index)] = Some(output);
    }
    Ok(())
}

/// Brings parity up to date after data shard `index` changed from `old` to `new`.
///
/// # Errors
/// As for [`encode_into`]; `INDEX_RANGE` unless it is a data shard.
pub fn update(
    code: &ErasureCode,
    index: usize,
    old: &[u8],
    new: &[u8],
    parity: &mut [&mut [u8]],
) -> Result<()> {
    let Some(index) = u8::try_from(index).ok().filter(|_| index < code.data()) else {
        return Err(Error::mismatch(Code::IndexRange, code.data() as u64, index as u64));
    };
    Plan::encode(code).add(&[index, index], &[old, new], parity)
}

fn views(shards: &mut [Vec<u8>]) -> Vec<&mut [u8]> {
    shards.iter_mut().map(Vec::as_mut_slice).collect()
}
