//! One program run: `SUBJECT WORKLOAD MESSAGES SECONDS`, input on standard input, result as one line of JSON.

use std::hint::black_box;
use std::io::Read;
use std::time::{Duration, Instant};

use crate::check_value;

/// Short operations are timed in bursts of about this long, so that reading the clock does not count.
const BURST: Duration = Duration::from_millis(1);

/// Bytes of a cache line.
const LINE: usize = 64;

/// No input of the benchmark is longer.
const MAX_INPUT: u64 = 1 << 30;

/// What a program is asked to do.
#[derive(Debug)]
pub struct Request {
    /// Who computes.
    pub subject: String,
    /// What.
    pub workload: String,
    /// Messages that the input is, 1 or more.
    pub messages: usize,
    /// How long it is measured: 0 runs it just long enough for the check value.
    pub limit: Duration,
    /// The bytes to work on.
    pub input: Vec<u8>,
}

impl Request {
    /// Reads arguments and standard input.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn read() -> Result<Self, String> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let Ok([subject, workload, messages, seconds]) = <[String; 4]>::try_from(arguments) else {
            return Err("usage: SUBJECT WORKLOAD MESSAGES SECONDS < INPUT".into());
        };
        let messages =
            messages.parse().ok().filter(|&count| count > 0).ok_or("MESSAGES is a number above 0")?;
        let seconds: f64 = seconds.parse().map_err(|_| "SECONDS is a number")?;
        let mut input = Vec::new();
        std::io::stdin().take(MAX_INPUT).read_to_end(&mut input).map_err(|error| error.to_string())?;
        let limit = Duration::from_secs_f64(seconds.clamp(0.0, 600.0));
        Ok(Self { subject, workload, messages, limit, input })
    }
}

/// Where `length` bytes begin at a cache line of `memory`, which is made that long. Some loads and stores are slower elsewhere.
pub fn aligned(memory: &mut Vec<u8>, length: usize) -> &mut [u8] {
    *memory = vec![0; length + LINE];
    let start = memory.as_ptr().align_offset(LINE).min(LINE);
    &mut memory[start..start + length]
}

/// [`measure_on`] for who does not say which instruction set it uses.
pub fn measure(limit: Duration, length: usize, operation: impl FnMut(&mut [u8])) {
    measure_on("", limit, length, operation);
}

/// Runs an operation that writes `length` bytes, again and again until `limit` is over, and prints
/// `{"seconds": [...], "check", "isa"}`: the seconds of one operation in each burst, and SHA3-256 of the first result in hex.
pub fn measure_on(isa: &str, limit: Duration, length: usize, mut operation: impl FnMut(&mut [u8])) {
    let mut memory = Vec::new();
    let mut result = aligned(&mut memory, length);
    let begun = Instant::now();
    operation(result);
    let once = begun.elapsed();
    let check = check_value(result);

    let repeats = (BURST.as_nanos() / once.as_nanos().max(1)).clamp(1, 1_000_000) as u32;
    let begun = Instant::now();
    let mut seconds = Vec::new();
    while begun.elapsed() < limit {
        let started = Instant::now();
        for _ in 0..repeats {
            operation(black_box(&mut result));
        }
        seconds.push((started.elapsed().as_secs_f64() / f64::from(repeats)).to_string());
    }
    println!(r#"{{"seconds":[{}],"check":"{check}","isa":"{isa}"}}"#, seconds.join(","));
}
