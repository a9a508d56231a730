//! How long a cycle of the processor is now, without asking the system, which may not know.

use std::hint::black_box;
use std::time::Instant;

/// Cycles of one [`run_clock`].
pub const CLOCK_STEPS: usize = 64 * 2048;

/// A chain of additions and exclusive-ors of 64 bits: each waits for the one before, and takes one cycle on processors of
/// today. The two alternate, so that no compiler can shorten the chain.
pub fn run_clock(start: u64) -> u64 {
    let [a, b] = black_box([0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03]);
    let mut x = start;
    for _ in 0..CLOCK_STEPS / 64 {
        for _ in 0..32 {
            x = x.wrapping_add(a) ^ b;
        }
    }
    x
}

/// Seconds of one cycle: the fastest of many short runs.
pub fn cycle() -> f64 {
    let seconds = (0..500).map(|start| {
        let started = Instant::now();
        black_box(run_clock(black_box(start)));
        started.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min) / CLOCK_STEPS as f64
}
