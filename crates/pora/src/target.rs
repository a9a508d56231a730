//! How low a PoRA hash must be (SPEC.md section 8).

use zgkit_core::{Code, Error, Result, U256};

use crate::range::WINDOW_SECTORS;

/// The target of a difficulty: `floor((2^256 - 1) / difficulty)`.
///
/// # Errors
/// `RANGE` for 0.
pub fn target_of(difficulty: U256) -> Result<U256> {
    match U256::MAX.div_rem(difficulty) {
        Some((target, _)) => Ok(target),
        None => Err(Error::mismatch(Code::Range, 1, 0)),
    }
}

/// How much harder than an unpartitioned range a partition is to win, times 2^64; from 2^64 to 2^64 times the number of
/// partitions. `flow_length` is the context's, in sectors.
///
/// `None` where the contract divides by zero: fewer sectors than partitions.
pub fn scale_x64(flow_length: U256, partitions: u128) -> Option<u128> {
    let window = u128::from(WINDOW_SECTORS);
    let clamp = |sectors: U256| sectors.to_u64().map_or(window, |sectors| window.min(sectors.into()));
    let (share, _) = flow_length.div_rem(partitions.into())?;
    // At most 2^99.
    (clamp(flow_length) << 64).checked_div(clamp(share))
}

/// The highest PoRA hash that wins, as a big-endian number: `floor(target / scale_x64) * 2^64`.
///
/// # Errors
/// `RANGE` for a scale below 2^64.
pub fn threshold(target: U256, scale_x64: u128) -> Result<U256> {
    let low = Error::mismatch(Code::Range, u64::MAX, scale_x64 as u64);
    if scale_x64 >> 64 == 0 {
        return Err(low);
    }
    let (quotient, _) = target.div_rem(scale_x64.into()).ok_or(low)?;
    quotient.checked_shl(64).ok_or(low)
}
