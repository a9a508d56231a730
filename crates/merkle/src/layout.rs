use zgkit_core::size::{SECTOR_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};

/// Sectors are padded to a multiple of the next power of two divided by this.
const PADDING_PARTS: u64 = 16;

/// Sectors of a full segment, as a count.
const SEGMENT: u64 = SEGMENT_SECTORS as u64;

/// The smallest power of two that is not below `n`.
///
/// # Errors
/// `EMPTY_INPUT` for 0, `RANGE` above 2^63.
pub fn next_pow2(n: u64) -> Result<u64> {
    if n == 0 {
        return Err(Error::plain(Code::EmptyInput));
    }
    n.checked_next_power_of_two().ok_or(Error::mismatch(Code::Range, 1 << 63, n))
}

/// Sectors of a file after flow padding: `sectors` rounded up to a sixteenth of [`next_pow2`] (SPEC.md section 2).
///
/// # Errors
/// `EMPTY_INPUT` for 0, `RANGE` above 2^63.
pub fn padded_sectors(sectors: u64) -> Result<u64> {
    let unit = (next_pow2(sectors)? / PADDING_PARTS).max(1);
    Ok(sectors.next_multiple_of(unit))
}

/// The sizes that follow from a file's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLayout {
    /// Length of the file in bytes, at least 1.
    pub size: u64,
    /// Sectors with file bytes; the last is filled with zero bytes.
    pub sectors: u64,
    /// Sectors after flow padding: the leaves of the file tree.
    pub padded_sectors: u64,
    /// Segments of the padded file: the leaves of segment proofs.
    pub segments: u64,
}

impl FileLayout {
    /// The layout of a file of `size` bytes.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for 0.
    pub fn new(size: u64) -> Result<Self> {
        let sectors = size.div_ceil(SECTOR_BYTES as u64);
        let padded_sectors = padded_sectors(sectors)?;
        Ok(Self { size, sectors, padded_sectors, segments: padded_sectors.div_ceil(SEGMENT) })
    }

    /// Leaves of segment `index`: 1024, fewer in the last segment, 0 past the end.
    pub fn segment_leaves(&self, index: u64) -> usize {
        sectors_within(self.padded_sectors, index)
    }

    /// Sectors of segment `index` that hold file bytes; the rest of its leaves are zero sectors.
    pub fn segment_sectors(&self, index: u64) -> usize {
        sectors_within(self.sectors, index)
    }
}

/// How many of `total` sectors fall into segment `index`.
fn sectors_within(total: u64, index: u64) -> usize {
    let before = index.saturating_mul(SEGMENT);
    total.saturating_sub(before).min(SEGMENT) as usize
}
