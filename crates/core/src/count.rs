use crate::{Code, Error, Result, limits::MAX_COUNT};

/// Turns a JavaScript number into a count.
///
/// # Errors
/// [`Code::Range`] unless `value` is an integer from 0 to 2^53 - 1.
pub fn count(value: f64) -> Result<u64> {
    if value.trunc() == value && (0.0..=MAX_COUNT as f64).contains(&value) {
        Ok(value as u64)
    } else {
        // A saturating cast keeps the report meaningful for huge values; NaN reads as 0.
        Err(Error::mismatch(Code::Range, MAX_COUNT, value as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_exactly_the_safe_integers() {
        for good in [0.0, 1.0, 2147483648.0, 4294967296.0, MAX_COUNT as f64] {
            assert_eq!(count(good).map(|n| n as f64), Ok(good));
        }
        for bad in [-1.0, 0.5, 9007199254740992.0, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(count(bad).unwrap_err().code, Code::Range, "{bad}");
        }
    }
}
