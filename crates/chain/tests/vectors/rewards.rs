//! Rewards and, in one file with them, adjustments of the target.

use serde::Deserialize;
use zgkit_chain::*;
use zgkit_core::U256;
use zgkit_testdata::{Int, list, load};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DifficultyFile {
    adjust: Vec<AdjustRow>,
    min_difficulty: Vec<BoundRow>,
    linear_release: Vec<LinearRow>,
    exp_decay_release: Vec<DecayRow>,
    claim: Vec<ClaimRow>,
    exponent: Vec<ExponentRow>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AdjustRow {
    target: Int,
    ratio: u64,
    submissions: u64,
    target_submissions: u64,
    scaled_expected: Int,
    new_target: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BoundRow {
    min_difficulty: Int,
    target_after_from_max: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LinearRow {
    locked: Int,
    claimable: Int,
    distributed: Int,
    seconds_since_start: Int,
    release_seconds: Int,
    released: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DecayRow {
    locked: Int,
    seconds_since_update: Int,
    annual_milli_decay_rate: u16,
    released: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimRow {
    claimable: Int,
    distributed: Int,
    paid: Int,
    new_claimable: Int,
    new_distributed: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExponentRow {
    #[serde(rename = "exponentX64")]
    exponent: Int,
    #[serde(rename = "powTwoX96")]
    two: Int,
    #[serde(rename = "powHalfX96")]
    half: Int,
}

#[test]
fn difficulty_reward() {
    let file: DifficultyFile = load("storage/difficulty_reward.json");
    for row in &file.adjust {
        let adjustment = Adjustment {
            target: row.target.0,
            submissions: row.submissions,
            target_submissions: row.target_submissions,
            ratio: row.ratio,
            min_difficulty: U256::ZERO,
        };
        assert_eq!(adjustment.expected_target(), Ok(row.scaled_expected.0));
        assert_eq!(adjustment.adjusted_target(), Ok(row.new_target.0));
    }
    for row in &file.min_difficulty {
        assert_eq!(capped_target(U256::MAX, row.min_difficulty.0), row.target_after_from_max.0);
    }

    let start = 1_700_000_000;
    let filled = Reward { start_time: start, last_update: start, ..Reward::default() };
    for row in &file.linear_release {
        let schedule = RewardSchedule::Linear { release_seconds: row.release_seconds.u64() };
        let now = start + row.seconds_since_start.u64();
        let reward = Reward {
            locked: row.locked.u128(),
            claimable: row.claimable.u128(),
            distributed: row.distributed.u128(),
            ..filled
        };
        assert_eq!(reward.released(&schedule, now), Ok(row.released.u128()));
        assert_eq!(Reward { start_time: 0, ..reward }.released(&schedule, now), Ok(0));
    }
    for row in &file.exp_decay_release {
        let schedule = RewardSchedule::Decay { annual_milli_rate: row.annual_milli_decay_rate };
        let reward = Reward { locked: row.locked.u128(), ..filled };
        let now = start + row.seconds_since_update.u64();
        assert_eq!(reward.released(&schedule, now), Ok(row.released.u128()));
    }
    for row in &file.claim {
        let before =
            Reward { claimable: row.claimable.u128(), distributed: row.distributed.u128(), ..filled };
        let (after, paid) = before.claimed(&RewardSchedule::Linear { release_seconds: 1 }, start).unwrap();
        assert_eq!(paid, row.paid.u128());
        assert_eq!(after.claimable, row.new_claimable.u128());
        assert_eq!(after.distributed, row.new_distributed.u128());
    }
    for row in &file.exponent {
        assert_eq!(pow_two_x96(row.exponent.0), row.two.0);
        assert_eq!(pow_half_x96(row.exponent.0), row.half.u128());
    }
    let ran = [
        file.adjust.len(),
        file.min_difficulty.len(),
        file.linear_release.len(),
        file.exp_decay_release.len(),
        file.claim.len(),
        file.exponent.len(),
    ];
    assert_eq!(ran, [30, 3, 8, 7, 4, 12]);
}

#[test]
fn rewards() {
    #[derive(Deserialize)]
    struct Run {
        rules: Rules,
        price: Int,
        steps: Vec<Step>,
        rewards: Vec<Item>,
        pot: Int,
        service: Int,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Rules {
        release_seconds: Int,
        base_reward: Int,
        service_fee_bps: Int,
    }
    #[derive(Deserialize)]
    #[serde(tag = "op", rename_all = "camelCase")]
    enum Step {
        Donate {
            amount: Int,
            pot: Int,
        },
        #[serde(rename_all = "camelCase")]
        Submit {
            now: Int,
            before: Int,
            padding: Int,
            upload: Int,
            paid: Int,
            for_padding: Int,
            service: Int,
        },
        Claim {
            now: Int,
            chunk: Int,
            reward: Int,
            base: Int,
        },
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Item {
        chunk: Int,
        locked: Int,
        claimable: Int,
        distributed: Int,
        start_time: Int,
        last_update: Int,
    }

    let runs: Vec<Run> = list("chain/rewards.json", "runs");
    let mut ran = 0;
    for run in &runs {
        let schedule = RewardSchedule::Linear { release_seconds: run.rules.release_seconds.u64() };
        let mut book = RewardBook::new(RewardRules {
            schedule,
            base_reward: run.rules.base_reward.u128(),
            service_fee_bps: run.rules.service_fee_bps.u64(),
        });
        for step in &run.steps {
            match step {
                Step::Donate { amount, pot } => {
                    book.donate(amount.u128()).unwrap();
                    assert_eq!(book.pot(), pot.u128());
                }
                Step::Submit { now, before, padding, upload, paid, for_padding, service } => {
                    let [before, padding, upload, now] = [before, padding, upload, now].map(|n| n.u64());
                    let parts = FeeParts::of(run.price.u128(), upload, padding, paid.u128()).unwrap();
                    assert_eq!(parts.padding, for_padding.u128());
                    if padding > 0 {
                        book.fill(before, padding, parts.padding, now).unwrap();
                    }
                    book.fill(before + padding, upload, parts.upload, now).unwrap();
                    assert_eq!(book.service(), service.u128());
                }
                Step::Claim { now, chunk, reward, base } => {
                    let due = RewardPayment { reward: reward.u128(), base: base.u128() };
                    assert_eq!(book.claim(chunk.u64(), now.u64()), Ok(due));
                }
            }
            ran += 1;
        }
        for item in &run.rewards {
            let due = Reward {
                locked: item.locked.u128(),
                claimable: item.claimable.u128(),
                distributed: item.distributed.u128(),
                start_time: item.start_time.u64(),
                last_update: item.last_update.u64(),
            };
            assert_eq!(book.reward(item.chunk.u64()), due);
        }
        assert_eq!((book.pot(), book.service()), (run.pot.u128(), run.service.u128()));
    }
    assert_eq!((runs.len(), ran), (6, 240));
}
