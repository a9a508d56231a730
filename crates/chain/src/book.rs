//! The books of a reward contract (SPEC.md section 15).

use std::collections::BTreeMap;

use zgkit_core::limits::MAX_PRICING_CHUNKS;
use zgkit_core::{Code, Error, Result};

use crate::fee::{PRICING_SECTORS, fee_shares, split_service_fee};
use crate::reward::{Reward, RewardSchedule};

/// What a reward contract was told. Its owner may set the last two anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RewardRules {
    /// How rewards are released.
    pub schedule: RewardSchedule,
    /// What each answer is paid from the pot.
    pub base_reward: u128,
    /// Basis points of each fee that are taken off first.
    pub service_fee_bps: u64,
}

/// What an accepted answer was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RewardPayment {
    /// From the fees of its pricing chunk.
    pub reward: u128,
    /// From the pot of donations.
    pub base: u128,
}

/// The books of a reward contract: fees come in, rewards go out. The clock is the caller's.
///
/// ```
/// use zgkit_chain::{FeeParts, PRICING_SECTORS, RewardBook, RewardRules, RewardSchedule};
///
/// let schedule = RewardSchedule::Linear { release_seconds: 1000 };
/// let mut book = RewardBook::new(RewardRules { schedule, base_reward: 0, service_fee_bps: 0 });
///
/// // A submission fills the first pricing chunk; 250 of 1000 seconds later an answer is paid.
/// let price = 1_000_000;
/// let parts = FeeParts::of(price, PRICING_SECTORS, 0, price * u128::from(PRICING_SECTORS))?;
/// book.fill(0, PRICING_SECTORS, parts.upload, 1_700_000_000)?;
/// assert_eq!(book.claim(0, 1_700_000_250)?.reward, parts.upload / 4 / 2);
/// # Ok::<(), zgkit_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RewardBook {
    /// The rules that hold.
    pub rules: RewardRules,
    rewards: BTreeMap<u64, Reward>,
    pot: u128,
    service: u128,
}

impl RewardBook {
    /// Empty books.
    pub const fn new(rules: RewardRules) -> Self {
        Self { rules, rewards: BTreeMap::new(), pot: 0, service: 0 }
    }

    /// The reward of a pricing chunk.
    pub fn reward(&self, chunk: u64) -> Reward {
        self.rewards.get(&chunk).copied().unwrap_or_default()
    }

    /// What was donated and not yet paid as base reward.
    pub fn pot(&self) -> u128 {
        self.pot
    }

    /// Service fees taken so far.
    pub fn service(&self) -> u128 {
        self.service
    }

    /// Adds to the pot.
    ///
    /// # Errors
    /// `RANGE` past 2^128.
    pub fn donate(&mut self, amount: u128) -> Result<()> {
        self.pot = self.pot.checked_add(amount).ok_or(Error::plain(Code::Range))?;
        Ok(())
    }

    /// Books a fee for `sectors` sectors behind a flow of `before`. A submission makes two such calls, or one if nothing was
    /// skipped: [`FeeParts::padding`](crate::FeeParts) for the sectors skipped, then `upload` for its own.
    ///
    /// # Errors
    /// `LIMIT_EXCEEDED` above 65,536 pricing chunks; `RANGE` as [`fee_shares`], [`split_service_fee`] and [`Reward::with`].
    /// Nothing has changed then.
    pub fn fill(&mut self, before: u64, sectors: u64, fee: u128, now: u64) -> Result<()> {
        let chunks = sectors / PRICING_SECTORS;
        if chunks > MAX_PRICING_CHUNKS {
            return Err(Error::mismatch(Code::LimitExceeded, MAX_PRICING_CHUNKS, chunks));
        }
        let (service, rest) = split_service_fee(fee, self.rules.service_fee_bps)?;
        let total = self.service.checked_add(service).ok_or(Error::plain(Code::Range))?;
        let filled = fee_shares(before, sectors, rest)?
            .map(|share| Ok((share.chunk, self.reward(share.chunk).with(share.amount, share.complete, now)?)))
            .collect::<Result<Vec<_>>>()?;
        self.rewards.extend(filled);
        self.service = total;
        Ok(())
    }

    /// Pays an accepted answer whose recall position lies in pricing chunk `chunk`.
    ///
    /// # Errors
    /// As [`Reward::released`]. Nothing has changed then.
    pub fn claim(&mut self, chunk: u64, now: u64) -> Result<RewardPayment> {
        let RewardRules { schedule, base_reward, .. } = &self.rules;
        let (reward, paid) = self.reward(chunk).claimed(schedule, now)?;
        let base = reward.base_reward(schedule, *base_reward, now).min(self.pot);
        self.rewards.insert(chunk, reward);
        self.pot -= base;
        Ok(RewardPayment { reward: paid, base })
    }
}
