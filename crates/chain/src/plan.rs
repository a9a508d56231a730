//! What an upload costs, before any byte of it is read (SPEC.md section 5).

use zgkit_core::limits::MAX_COUNT;
use zgkit_core::size::{SECTOR_BYTES, SEGMENT_SECTORS};
use zgkit_core::{Code, Error, Result};
use zgkit_merkle::FileLayout;

use crate::fee::fee;

/// Bytes of the largest fragment as a rule (4 GiB).
pub const FRAGMENT_BYTES: u64 = 1 << 32;

/// Most fragments as a rule.
pub const USUAL_FRAGMENTS: u64 = 16;

/// What an upload may cost, and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadTerms {
    /// Least bytes of a fragment, rounded up to a power of two and never less than 256.
    pub min_fragment: u64,
    /// Most bytes of a fragment, rounded up to a power of two.
    pub max_fragment: u64,
    /// Most fragments; `None` for [`USUAL_FRAGMENTS`], or as many as the largest make.
    pub max_fragments: Option<u64>,
    /// The flow contract's price of a sector in wei.
    pub price_per_sector: u128,
    /// What each submission costs beside that in wei, its gas for instance.
    pub submission_cost: u128,
}

impl Default for UploadTerms {
    fn default() -> Self {
        Self {
            min_fragment: SECTOR_BYTES as u64,
            max_fragment: FRAGMENT_BYTES,
            max_fragments: None,
            price_per_sector: 0,
            submission_cost: 0,
        }
    }
}

/// An upload before any byte of it is read. Fragment `i` has the file's bytes from `i * fragment_size` on and is a file of its
/// own; only the last may be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadPlan {
    /// Bytes of the file.
    pub size: u64,
    /// Bytes of a fragment: a power of two.
    pub fragment_size: u64,
    /// How many there are.
    pub fragments: u64,
    /// Segments of all fragments together, as are all numbers that follow.
    pub segments: u64,
    /// Nodes that are submitted.
    pub nodes: u64,
    /// Sectors with file bytes.
    pub sectors: u64,
    /// Sectors that are stored and paid: the capacity of the submissions.
    pub padded_sectors: u64,
    /// The flow contract's fee, in wei: the price for each of them.
    pub fee: u128,
    /// The fee and the costs of all submissions.
    pub cost: u128,
}

impl UploadPlan {
    /// The upload of a file of `size` bytes in fragments of the cheapest size that the terms admit; of equal ones the one with
    /// less padding, then the largest. Small fragments need less padding and more submissions.
    ///
    /// # Errors
    /// `EMPTY_INPUT` for 0; `RANGE` if no fragment size is within the limits, and past 2^53 - 1 bytes and 2^128 wei.
    pub fn of(size: u64, terms: &UploadTerms) -> Result<Self> {
        if size > MAX_COUNT {
            return Err(Error::mismatch(Code::Range, MAX_COUNT, size));
        }
        FileLayout::new(size)?;
        let (least, most) = (fragment_size(terms.min_fragment)?, fragment_size(terms.max_fragment)?);
        let count = terms.max_fragments.unwrap_or(USUAL_FRAGMENTS.max(size.div_ceil(most)));
        let mut best: Option<Self> = None;
        let sizes = (least.trailing_zeros()..=most.trailing_zeros()).rev().map(|bits| 1 << bits);
        for fragment_size in sizes.take_while(|fragment_size| size.div_ceil(*fragment_size) <= count) {
            let plan = Self::in_fragments(size, fragment_size, terms)?;
            let key = |plan: &Self| (plan.cost, plan.padded_sectors);
            if best.is_none_or(|best| key(&plan) < key(&best)) {
                best = Some(plan);
            }
        }
        best.ok_or(Error::mismatch(Code::Range, most, least))
    }

    /// What padding costs, in sectors.
    pub fn padding_sectors(&self) -> u64 {
        self.padded_sectors - self.sectors
    }

    /// Bytes that are stored beyond the file's own.
    pub fn padding_bytes(&self) -> u64 {
        self.padded_sectors * SECTOR_BYTES as u64 - self.size
    }

    /// A fragment that is full is a perfect tree: one node, no padding. So only the last one is laid out.
    fn in_fragments(size: u64, fragment_size: u64, terms: &UploadTerms) -> Result<Self> {
        let fragments = size.div_ceil(fragment_size);
        let full = fragments - 1;
        let last = FileLayout::new(size - full * fragment_size)?;
        let full_sectors = fragment_size / SECTOR_BYTES as u64;
        let padded_sectors = full * full_sectors + last.padded_sectors;
        let fee = fee(terms.price_per_sector, padded_sectors)?;
        let submissions = terms.submission_cost.checked_mul(fragments.into());
        let cost = submissions.and_then(|cost| cost.checked_add(fee)).ok_or(Error::plain(Code::Range))?;
        Ok(Self {
            size,
            fragment_size,
            fragments,
            segments: full * full_sectors.div_ceil(SEGMENT_SECTORS as u64) + last.segments,
            nodes: full + u64::from(last.padded_sectors.count_ones()),
            sectors: full * full_sectors + last.sectors,
            padded_sectors,
            fee,
            cost,
        })
    }
}

/// A wished fragment size as it can be had: at least 256 bytes, rounded up to a power of two.
///
/// # Errors
/// `RANGE` above 2^52.
pub fn fragment_size(bytes: u64) -> Result<u64> {
    let size = bytes.max(SECTOR_BYTES as u64).checked_next_power_of_two();
    size.filter(|&size| size <= MOST).ok_or(Error::mismatch(Code::Range, MOST, bytes))
}

/// The highest power of two that is a count.
const MOST: u64 = 1 << 52;
