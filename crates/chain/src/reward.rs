//! Rewards of pricing chunks and how they are released (SPEC.md section 15).

use zgkit_core::{Code, Error, Result, U256};

use crate::exponent::pow_half_x96;

/// Times are below this, in seconds (uint40).
const TIME_END: u64 = 1 << 40;

/// A year of the contracts, twelve months of 31 days, in milliseconds.
const YEAR_MS: u64 = 32_140_800_000;

/// 2^128 / ln(2), less 2^128.
const INVERSE_LN2_X128_LOW: u128 = 150_641_316_337_858_102_282_994_738_854_325_026_065;

/// How a reward is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardSchedule {
    /// Evenly over so many seconds, at least 1.
    Linear {
        /// The seconds.
        release_seconds: u64,
    },
    /// By a part of what is left.
    Decay {
        /// How many thousandths of it a year.
        annual_milli_rate: u16,
    },
}

/// The reward of one pricing chunk, in wei and seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reward {
    /// Not yet released.
    pub locked: u128,
    /// Released, and not yet paid.
    pub claimable: u128,
    /// Paid so far.
    pub distributed: u128,
    /// When the pricing chunk was filled, 0 before.
    pub start_time: u64,
    /// When something was last released.
    pub last_update: u64,
}

impl Reward {
    /// The reward with a fee's share added at a time; `complete` if the pricing chunk is filled with it.
    ///
    /// # Errors
    /// `RANGE` for a pricing chunk that was filled before, past 2^128, and for a time that is none (uint40).
    pub fn with(mut self, amount: u128, complete: bool, now: u64) -> Result<Self> {
        check_time(now)?;
        if self.start_time != 0 {
            return Err(Error::mismatch(Code::Range, 0, self.start_time));
        }
        self.locked = self.locked.checked_add(amount).ok_or(Error::plain(Code::Range))?;
        if complete {
            (self.start_time, self.last_update) = (now, now);
        }
        Ok(self)
    }

    /// What a schedule releases at a time, beyond what it has before. Nothing before the pricing chunk is filled.
    ///
    /// # Errors
    /// `RANGE` for a time that is none or before the reward's last one, without a release time, and for sums past 2^128.
    pub fn released(&self, schedule: &RewardSchedule, now: u64) -> Result<u128> {
        check_time(now)?;
        if let RewardSchedule::Linear { release_seconds: 0 } = schedule {
            return Err(Error::mismatch(Code::Range, 1, 0));
        }
        if self.start_time == 0 {
            return Ok(0);
        }
        let back = Error::mismatch(Code::Range, self.last_update, now);
        let since_update = now.checked_sub(self.last_update).ok_or(back)?;
        let since_start = now.checked_sub(self.start_time).ok_or(back)?;
        match *schedule {
            RewardSchedule::Decay { annual_milli_rate } => Ok(self.decayed(since_update, annual_milli_rate)),
            RewardSchedule::Linear { release_seconds } => self.due(since_start, release_seconds),
        }
    }

    /// The reward after an accepted answer, and what that is paid, but for the base reward: half of what is claimable when
    /// all that is due was released, rounded down. A pricing chunk that is not filled pays nothing.
    ///
    /// # Errors
    /// As [`Self::released`].
    pub fn claimed(&self, schedule: &RewardSchedule, now: u64) -> Result<(Self, u128)> {
        let released = self.released(schedule, now)?;
        let overflow = Error::plain(Code::Range);
        let claimable = self.claimable.checked_add(released).ok_or(overflow)?;
        let paid = if self.start_time == 0 { 0 } else { claimable / 2 };
        let reward = Self {
            locked: self.locked - released,
            claimable: claimable - paid,
            distributed: self.distributed.checked_add(paid).ok_or(overflow)?,
            last_update: now,
            ..*self
        };
        Ok((reward, paid))
    }

    /// The base reward that an answer is due beside that: with linear release only from when the pricing chunk is filled
    /// until all is released, otherwise always. The pot may hold less.
    pub fn base_reward(&self, schedule: &RewardSchedule, base: u128, now: u64) -> u128 {
        match *schedule {
            RewardSchedule::Decay { .. } => base,
            RewardSchedule::Linear { release_seconds } => {
                let open = self.start_time != 0 && self.start_time.saturating_add(release_seconds) > now;
                if open { base } else { 0 }
            }
        }
    }

    fn decayed(&self, seconds: u64, annual_milli_rate: u16) -> u128 {
        // Below 2^66, so that with the 129 bits of 1 / ln(2) it stays far below 2^256.
        let factor = U256::from(u128::from(seconds) * 1000 * u128::from(annual_milli_rate));
        let exponent = factor
            .checked_shl(128)
            .zip(factor.checked_mul(INVERSE_LN2_X128_LOW.into()))
            .and_then(|(high, low)| high.checked_add(low))
            .and_then(|product| product.shr(64).div_rem(YEAR_MS.into()))
            .and_then(|(exponent, _)| exponent.div_rem(1000u64.into()));
        let (exponent, _) = exponent.expect("195 bits, and no divisor is zero");
        let part = U256::from((1 << 96) - pow_half_x96(exponent));
        let released = part.checked_mul(self.locked.into()).expect("at most 2^96 times 2^128").shr(96);
        released.to_u128().expect("a part of what is locked")
    }

    fn due(&self, seconds: u64, release_seconds: u64) -> Result<u128> {
        let overflow = Error::plain(Code::Range);
        let released = self.claimable.checked_add(self.distributed).ok_or(overflow)?;
        let total = self.locked.checked_add(released).ok_or(overflow)?;
        let due = U256::from(total)
            .checked_mul(seconds.into())
            .and_then(|product| product.div_rem(release_seconds.into()))
            .map(|(due, _)| due.min(total.into()));
        let due = due.and_then(U256::to_u128).expect("at most the total");
        Ok(due.saturating_sub(released))
    }
}

fn check_time(now: u64) -> Result<()> {
    if now < TIME_END { Ok(()) } else { Err(Error::mismatch(Code::Range, TIME_END - 1, now)) }
}
