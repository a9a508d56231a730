//! Sums of products over whole shards: all that encoding and decoding do with bytes. One file for each instruction set.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod gfni;
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
mod kernel;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128;
#[cfg(target_arch = "x86_64")]
mod ssse3;

use core::ops::Range;

use zgkit_core::Isa;
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
use zgkit_core::Level;
use zgkit_core::limits::MAX_SHARDS;

/// Engines work on whole units; what is left of a shard is brought to one.
const UNIT: usize = 64;

/// Bytes of inputs that stay in the second-level cache while group after group of outputs is made from them.
const RESIDENT_BYTES: usize = 1 << 17;

/// What an engine does in one call: a range of columns of a few outputs.
struct Block<'a, 'b> {
    /// The factors, input by input; each has one for every row.
    factors: &'a [u8],
    /// Rows in all, of which the outputs here are some.
    rows: usize,
    /// The row of the first output.
    first: usize,
    inputs: &'a [&'a [u8]],
    outputs: &'a mut [&'b mut [u8]],
    /// Columns: whole units within every input and output.
    range: Range<usize>,
    /// Whether outputs keep what they have.
    add: bool,
}

/// An engine: the most outputs of one call, and the call.
type Engine = (usize, fn(Block));

fn engine(isa: Isa) -> Engine {
    #[cfg(target_arch = "x86_64")]
    for (level, engine) in [
        (Level::Avx512Gfni, avx512::ENGINE),
        (Level::Avx2Gfni, gfni::ENGINE),
        (Level::Avx2, avx2::ENGINE),
        (Level::Ssse3, ssse3::ENGINE),
    ] {
        if isa.includes(level) {
            return engine;
        }
    }
    #[cfg(target_arch = "aarch64")]
    if isa.includes(Level::Neon) {
        return neon::ENGINE;
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    if isa.includes(Level::Simd128) {
        return simd128::ENGINE;
    }
    let _ = isa;
    portable::ENGINE
}

/// `outputs[j] = sum of factors[i * outputs + j] * inputs[i]`, or with `add` that much is added.
///
/// All inputs and outputs have one length; of each there are at most [`MAX_SHARDS`].
pub(crate) fn combine(isa: Isa, factors: &[u8], inputs: &[&[u8]], outputs: &mut [&mut [u8]], add: bool) {
    let rows = outputs.len();
    let Some(length) = outputs.first().map(|output| output.len()) else { return };
    // Engines rely on these.
    assert_eq!(factors.len(), inputs.len() * rows);
    assert!(inputs.iter().all(|input| input.len() == length));
    assert!(outputs.iter().all(|output| output.len() == length));
    let (most, run) = engine(isa);
    let groups = rows.div_ceil(most);
    let whole = length - length % UNIT;
    // One group reads its inputs once, and nothing needs to stay.
    let columns = match groups {
        1 => whole,
        _ => (RESIDENT_BYTES / inputs.len().max(1)).next_multiple_of(UNIT).max(8 * UNIT),
    };
    let mut start = 0;
    while start < whole {
        let range = start..whole.min(start + columns);
        start = range.end;
        groups_of(rows, groups, |first, end| {
            let outputs = &mut outputs[first..end];
            run(Block { factors, rows, first, inputs, outputs, range: range.clone(), add });
        });
    }
    if whole < length {
        tail(run, (rows, groups), factors, inputs, outputs, add);
    }
}

/// Calls with the bounds of `groups` groups of `rows`, as equal as can be.
fn groups_of(rows: usize, groups: usize, mut call: impl FnMut(usize, usize)) {
    for group in 0..groups {
        call(group * rows / groups, (group + 1) * rows / groups);
    }
}

/// The bytes behind the last whole unit, in units of our own.
fn tail(
    run: fn(Block),
    (rows, groups): (usize, usize),
    factors: &[u8],
    inputs: &[&[u8]],
    outputs: &mut [&mut [u8]],
    add: bool,
) {
    let mut units = [[0; UNIT]; MAX_SHARDS];
    let mut sums = [[0; UNIT]; MAX_SHARDS];
    let mut views: [&[u8]; MAX_SHARDS] = [&[]; MAX_SHARDS];
    let length = outputs[0].len() % UNIT;
    for ((unit, view), input) in units.iter_mut().zip(&mut views).zip(inputs) {
        unit[..length].copy_from_slice(&input[input.len() - length..]);
        *view = unit;
    }
    groups_of(rows, groups, |first, end| {
        let mut sums: [&mut [u8]; MAX_SHARDS] = sums.each_mut().map(|sum| &mut sum[..]);
        let outputs = &mut sums[first..end];
        run(Block { factors, rows, first, inputs: &views[..inputs.len()], outputs, range: 0..UNIT, add: false });
    });
    for (output, sum) in outputs.iter_mut().zip(&sums) {
        let at = output.len() - length;
        for (byte, sum) in output[at..].iter_mut().zip(sum) {
            *byte = if add { *byte ^ sum } else { *sum };
        }
    }
}
