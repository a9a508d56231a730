//! Wall-clock time, shown in cycles too.

use std::fmt;

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use zgkit_bench_scalar::cycle;

/// Wall-clock time on a processor whose cycles are this long.
pub struct Cycles {
    clock: WallTime,
    format: Format,
}

struct Format {
    nanoseconds: f64,
}

impl Cycles {
    /// With the frequency that the processor has now.
    pub fn measure() -> Self {
        Self { clock: WallTime, format: Format { nanoseconds: 1e9 * cycle() } }
    }
}

impl fmt::Display for Cycles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} GHz by a chain of dependent additions", 1.0 / self.format.nanoseconds)
    }
}

impl Measurement for Cycles {
    type Intermediate = <WallTime as Measurement>::Intermediate;
    type Value = <WallTime as Measurement>::Value;

    fn start(&self) -> Self::Intermediate {
        self.clock.start()
    }

    fn end(&self, begun: Self::Intermediate) -> Self::Value {
        self.clock.end(begun)
    }

    fn add(&self, a: &Self::Value, b: &Self::Value) -> Self::Value {
        self.clock.add(a, b)
    }

    fn zero(&self) -> Self::Value {
        self.clock.zero()
    }

    fn to_f64(&self, value: &Self::Value) -> f64 {
        self.clock.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &self.format
    }
}

impl ValueFormatter for Format {
    fn format_throughput(&self, throughput: &Throughput, nanoseconds: f64) -> String {
        let cycles = nanoseconds / self.nanoseconds;
        match *throughput {
            Throughput::Bytes(bytes) => {
                let bytes = bytes as f64;
                format!("{:.3} GB/s, {:.3} cycles/B", bytes / nanoseconds, cycles / bytes)
            }
            Throughput::Elements(count) => {
                let count = count as f64;
                format!("{:.1} ns, {:.0} cycles each", nanoseconds / count, cycles / count)
            }
            _ => format!("{cycles:.0} cycles"),
        }
    }

    fn scale_values(&self, _typical: f64, _values: &mut [f64]) -> &'static str {
        "ns"
    }

    fn scale_throughputs(&self, _typical: f64, throughput: &Throughput, values: &mut [f64]) -> &'static str {
        let (amount, unit) = match *throughput {
            Throughput::Bytes(bytes) => (bytes as f64, "GB/s"),
            Throughput::Elements(count) => (count as f64, "elements/ns"),
            _ => (1.0, "calls/ns"),
        };
        values.iter_mut().for_each(|value| *value = amount / *value);
        unit
    }

    fn scale_for_machines(&self, _values: &mut [f64]) -> &'static str {
        "ns"
    }
}
