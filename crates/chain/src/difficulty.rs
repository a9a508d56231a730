//! The target, and how it follows the number of answers (SPEC.md section 15).

use zgkit_core::{Code, Error, Result, U256};
use zgkit_pora::target_of;

/// Over how many epochs an adjustment is spread, unless the contract is told otherwise.
pub const ADJUST_RATIO: u64 = 20;

/// Low bits of a target that the adjustment leaves out, so that nothing of it overflows.
const DROPPED: u32 = 16;

/// The highest target without its low bits.
const HIGHEST: U256 = U256::MAX.shr(DROPPED);

/// What a new target follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The target so far.
    pub target: U256,
    /// Answers in the last epoch that was mined.
    pub submissions: u64,
    /// How many there should have been.
    pub target_submissions: u64,
    /// Weight of the old target against the new one, 1 to 65,536: [`ADJUST_RATIO`] as a rule.
    pub ratio: u64,
    /// The target stays at or below that of this difficulty; 0 for no such bound.
    pub min_difficulty: U256,
}

impl Adjustment {
    /// The target, without its low 16 bits, at which the epoch would have had the due number of answers: the highest there
    /// is if it had none.
    ///
    /// # Errors
    /// `RANGE` past 2^256, where the contract reverts.
    pub fn expected_target(&self) -> Result<U256> {
        let count = U256::from(self.submissions);
        let Some((quotient, remainder)) = self.target.shr(DROPPED).div_rem(count) else {
            return Ok(HIGHEST);
        };
        // Quotient and remainder apart, so that the product needs no 512 bits. The remainder is below 2^64.
        let due = u128::from(self.target_submissions);
        let rest = U256::from(u128::from(remainder.low_u64()) * due / u128::from(self.submissions));
        quotient.checked_mul(due.into()).and_then(|whole| whole.checked_add(rest)).ok_or(OVERFLOW)
    }

    /// The target after an epoch with so many answers: a step of 1 in `ratio` towards [`Self::expected_target`], at most to
    /// the half or the double.
    ///
    /// # Errors
    /// As [`Self::expected_target`], and `RANGE` for another ratio.
    pub fn adjusted_target(&self) -> Result<U256> {
        if !(1..=1 << DROPPED).contains(&self.ratio) {
            return Err(Error::mismatch(Code::Range, 1 << DROPPED, self.ratio));
        }
        let scaled = self.target.shr(DROPPED);
        let moved = scaled
            .checked_mul((self.ratio - 1).into())
            .and_then(|kept| kept.checked_add(self.expected_target().ok()?))
            .and_then(|sum| sum.div_rem(self.ratio.into()))
            .ok_or(OVERFLOW)?
            .0;
        let double = scaled.checked_shl(1).expect("240 bits have room for one more");
        let clamped = moved.max(scaled.shr(1)).min(double).min(HIGHEST);
        let target = clamped.checked_shl(DROPPED).expect("240 bits have room for 16 more");
        Ok(capped_target(target, self.min_difficulty))
    }
}

const OVERFLOW: Error = Error::plain(Code::Range);

/// The target at or below that of a least difficulty, 0 for no bound: what setting one does at once.
pub fn capped_target(target: U256, min_difficulty: U256) -> U256 {
    target_of(min_difficulty).map_or(target, |highest| target.min(highest))
}

/// What an admin of the mine contract sets for the epochs to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkParams {
    /// Answers that an epoch should have; it takes up to twice as many.
    pub target_submissions: u64,
    /// Subtasks of an epoch.
    pub subtasks: u64,
    /// Blocks from the start of one subtask to that of the next.
    pub subtask_interval: u64,
}

/// The part of the mine contract's state that targets follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MineState {
    /// The target before scaling.
    pub target: U256,
    /// The last epoch with an accepted answer, 0 if there was none.
    pub last_mined_epoch: u64,
    /// Accepted answers in that epoch.
    pub submissions: u64,
    /// The parameters that hold.
    pub params: WorkParams,
    /// The parameters from the next epoch that is mined on.
    pub next: WorkParams,
    /// Whether the contract was made with a target that never changes.
    pub fixed: bool,
    /// As in [`Adjustment`].
    pub ratio: u64,
    /// As in [`Adjustment`].
    pub min_difficulty: U256,
}

impl MineState {
    /// The mine contract as it begins. With `fixed`, its setting 4, the target is the highest there is and stays so.
    ///
    /// # Errors
    /// `RANGE` for a difficulty of 0.
    pub fn new(difficulty: U256, params: WorkParams, fixed: bool) -> Result<Self> {
        Ok(Self {
            target: if fixed { U256::MAX } else { target_of(difficulty)? },
            last_mined_epoch: 0,
            submissions: 0,
            params,
            next: params,
            fixed,
            ratio: ADJUST_RATIO,
            min_difficulty: U256::ZERO,
        })
    }

    /// The state as a call in epoch `epoch` sees it. In the first call of a later epoch than the last mined one, if there was
    /// one, the target is adjusted, once however many epochs lie between, and the next parameters hold. Only an accepted
    /// answer makes this last.
    ///
    /// # Errors
    /// `RANGE` for an epoch before the last mined one, and as [`Adjustment::adjusted_target`].
    pub fn entered(&self, epoch: u64) -> Result<Self> {
        if epoch < self.last_mined_epoch {
            return Err(Error::mismatch(Code::Range, self.last_mined_epoch, epoch));
        }
        if epoch == self.last_mined_epoch || self.last_mined_epoch == 0 {
            return Ok(*self);
        }
        let adjustment = Adjustment {
            target: self.target,
            submissions: self.submissions,
            target_submissions: self.params.target_submissions,
            ratio: self.ratio,
            min_difficulty: self.min_difficulty,
        };
        let target = if self.fixed { self.target } else { adjustment.adjusted_target()? };
        Ok(Self { target, submissions: 0, params: self.next, ..*self })
    }

    /// Whether the epoch takes no more answers: it has twice as many as it should have.
    pub fn is_full(&self) -> bool {
        u128::from(self.submissions) >= 2 * u128::from(self.params.target_submissions)
    }

    /// Counts an accepted answer in epoch `epoch`.
    ///
    /// # Errors
    /// As [`Self::entered`], and `RANGE` for an epoch that [is full](Self::is_full). Nothing has changed then.
    pub fn accept(&mut self, epoch: u64) -> Result<()> {
        let entered = self.entered(epoch)?;
        if entered.is_full() {
            return Err(Error::mismatch(Code::Range, entered.params.target_submissions, entered.submissions));
        }
        *self = Self { last_mined_epoch: epoch, submissions: entered.submissions + 1, ..entered };
        Ok(())
    }

    /// Sets parameters: at once while nothing was mined, otherwise from the next epoch on.
    pub fn set_params(&mut self, params: WorkParams) {
        self.next = params;
        if self.last_mined_epoch == 0 {
            self.params = params;
        }
    }

    /// Sets a least difficulty, 0 for none: it caps the target at once.
    pub fn set_min_difficulty(&mut self, min_difficulty: U256) {
        self.min_difficulty = min_difficulty;
        self.target = capped_target(self.target, min_difficulty);
    }
}
