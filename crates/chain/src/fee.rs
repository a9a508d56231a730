//! Fees, and which pricing chunks they go to (SPEC.md section 15).

use zgkit_core::{Code, Error, Result, U256};

/// Sectors of a pricing chunk (8 GiB), the unit in which fees are kept and rewards paid.
pub const PRICING_SECTORS: u64 = 1 << 25;

/// What a whole is in basis points.
const ALL_BPS: u64 = 10_000;

/// What of a submission's fee goes where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeParts {
    /// The part booked to the sectors that were skipped before the submission.
    pub padding: u128,
    /// The part booked to its own sectors, with what was paid above the price.
    pub upload: u128,
}

/// The fee of `sectors` sectors: the price of one for each.
///
/// # Errors
/// `RANGE` above 128 bits.
pub fn fee(price_per_sector: u128, sectors: u64) -> Result<u128> {
    price_per_sector.checked_mul(sectors.into()).ok_or(Error::plain(Code::Range))
}

impl FeeParts {
    /// Parts what was paid for a submission of `upload` sectors that was placed `padding` sectors behind the flow's end.
    ///
    /// # Errors
    /// `RANGE` without sectors, for less than the price, and above 128 bits.
    pub fn of(price_per_sector: u128, upload: u64, padding: u64, paid: u128) -> Result<Self> {
        if upload == 0 {
            return Err(Error::mismatch(Code::Range, 1, 0));
        }
        let fee = fee(price_per_sector, upload)?;
        if paid < fee {
            return Err(Error::plain(Code::Range));
        }
        let sectors = u128::from(upload) + u128::from(padding);
        let padding = scaled(fee, padding.into(), sectors)?;
        Ok(Self { padding, upload: paid - padding })
    }
}

/// Takes the service fee of `bps` basis points off: gives it, rounded down, and the rest.
///
/// # Errors
/// `RANGE` above 10,000.
pub fn split_service_fee(fee: u128, bps: u64) -> Result<(u128, u128)> {
    if bps > ALL_BPS {
        return Err(Error::mismatch(Code::Range, ALL_BPS, bps));
    }
    let service = scaled(fee, bps.into(), ALL_BPS.into())?;
    Ok((service, fee - service))
}

/// What of a fee goes to one pricing chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeShare {
    /// Number of the pricing chunk.
    pub chunk: u64,
    /// In wei.
    pub amount: u128,
    /// Whether the sectors fill it to its end: its reward then begins.
    pub complete: bool,
}

/// Spreads a fee over the pricing chunks that `sectors` sectors behind a flow of `before` fall in, in order. A fee for several
/// is first rounded down to one for a whole pricing chunk; what rounding loses is in none of them.
///
/// # Errors
/// `RANGE` without sectors and for a flow of 2^64 and more.
pub fn fee_shares(before: u64, sectors: u64, fee: u128) -> Result<impl Iterator<Item = FeeShare>> {
    if sectors == 0 {
        return Err(Error::mismatch(Code::Range, 1, 0));
    }
    let after = before.checked_add(sectors).ok_or(Error::plain(Code::Range))?;
    let whole = U256::from(fee).checked_mul(PRICING_SECTORS.into());
    let (per_chunk, _) =
        whole.and_then(|whole| whole.div_rem(sectors.into())).expect("153 bits, not by zero");
    Ok((before / PRICING_SECTORS..=(after - 1) / PRICING_SECTORS).map(move |chunk| {
        // The last pricing chunk may end at 2^64, which is no number here, so ends are the sectors before them.
        let start = chunk * PRICING_SECTORS;
        let last = start + (PRICING_SECTORS - 1);
        let (from, to) = (start.max(before), last.min(after - 1));
        let amount = if (from, to) == (before, after - 1) {
            fee
        } else {
            // At most the fee, since only parts of what the fee is for get a part of it.
            let part = per_chunk.checked_mul((to - from + 1).into()).expect("179 bits");
            part.shr(PRICING_SECTORS.trailing_zeros()).to_u128().expect("at most the fee")
        };
        FeeShare { chunk, amount, complete: to == last }
    }))
}

/// `amount * part / whole`, rounded down.
fn scaled(amount: u128, part: u128, whole: u128) -> Result<u128> {
    U256::from(amount)
        .checked_mul(part.into())
        .and_then(|product| product.div_rem(whole.into()))
        .and_then(|(quotient, _)| quotient.to_u128())
        .ok_or(Error::plain(Code::Range))
}
