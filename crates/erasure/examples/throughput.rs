//! Encoding speed for shapes and shard lengths on every instruction set of this processor, in GB/s of data.
//!
//! `cargo run --release -p zgkit-erasure --example throughput [isa [shape [shard bytes]]]`

use std::time::{Duration, Instant};

use zgkit_core::Isa;
use zgkit_erasure::ErasureCode;
use zgkit_erasure::unchecked::Plan;

/// Time spent on one row.
const ROW: Duration = Duration::from_millis(600);

/// Least time of one burst, so that the clock's own time does not count.
const BURST: Duration = Duration::from_micros(200);

fn main() {
    let filters: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |text: &str, place: usize| filters.get(place).is_none_or(|filter| filter == text);
    println!("{:<12} {:>6} {:>10} {:>8} {:>8}", "isa", "shape", "shard", "best", "median");
    for isa in Isa::available().filter(|isa| wanted(isa.name(), 0)) {
        isa.make_current();
        for (data, parity) in [(10, 4), (17, 3), (32, 32)] {
            let shape = format!("{data}+{parity}");
            let code = ErasureCode::vandermonde(data, parity).expect("shapes are valid");
            for length in [1 << 10, 1 << 14, 1 << 20, 1 << 24]
                .into_iter()
                .filter(|length: &usize| wanted(&shape, 1) && wanted(&length.to_string(), 2))
            {
                let (best, median) = measure(&code, length);
                println!("{:<12} {shape:>6} {length:>10} {best:>8.2} {median:>8.2}", isa.name());
            }
        }
    }
}

/// Best and median rate of encoding.
fn measure(code: &ErasureCode, length: usize) -> (f64, f64) {
    // As kernels have them: one after the other. Their places modulo a page are then the same, the hardest case.
    let mut memory = vec![0; code.shards() * length + 64];
    memory.iter_mut().enumerate().for_each(|(i, byte)| *byte = (i * 7 + i / length) as u8);
    let aligned = memory.as_ptr().align_offset(64);
    let (data, parity) = memory[aligned..][..code.shards() * length].split_at_mut(code.data() * length);
    let inputs: Vec<&[u8]> = data.chunks_exact(length).collect();
    let mut outputs: Vec<&mut [u8]> = parity.chunks_exact_mut(length).collect();
    let plan = Plan::encode(code);
    let mut run = || plan.run(&inputs, &mut outputs).expect("lengths fit");
    let single = {
        run();
        let start = Instant::now();
        run();
        start.elapsed()
    };
    let runs = (BURST.as_nanos() / single.as_nanos().max(1)).max(1) as u32;
    let mut times = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < ROW || times.len() < 5 {
        let start = Instant::now();
        (0..runs).for_each(|_| run());
        times.push(start.elapsed().as_secs_f64() / f64::from(runs));
    }
    times.sort_by(f64::total_cmp);
    let rate = |seconds: f64| (code.data() * length) as f64 / seconds / 1e9;
    (rate(times[0]), rate(times[times.len() / 2]))
}
