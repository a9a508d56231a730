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

/// Bytes of inputs and outputs from which on outputs go past the caches: above what a third-level cache usually keeps.
const STREAM_BYTES: usize = 1 << 25;

/// Bytes of inputs from which on it pays to begin where their units begin in memory: loads that straddle cache lines take twice as
/// long.
const ALIGN_BYTES: usize = 1 << 16;

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
    /// Whether outputs go past the caches; they are aligned to a unit then.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "plain Rust cannot"))]
    stream: bool,
}

/// Most outputs of one call.
const GROUP: usize = 4;

/// An engine.
type Engine = fn(&mut Block);

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
/// All inputs and outputs have one length; of each there are at most [`MAX_SHARDS`]. With `PARALLEL` on the threads of the
/// current rayon pool.
pub(crate) fn combine<const PARALLEL: bool>(
    isa: Isa,
    factors: &[u8],
    inputs: &[&[u8]],
    outputs: &mut [&mut [u8]],
    add: bool,
) {
    let rows = outputs.len();
    let Some(length) = outputs.first().map(|output| output.len()) else { return };
    // Engines rely on these.
    assert_eq!(factors.len(), inputs.len() * rows);
    assert!(inputs.iter().all(|input| input.len() == length));
    assert!(outputs.iter().all(|output| output.len() == length));
    // What is not read again before it would be displaced need not displace anything.
    let large = length.saturating_mul(inputs.len() + rows) >= STREAM_BYTES;
    let stream = large && !add;
    let run = engine(isa);
    #[cfg(feature = "parallel")]
    if PARALLEL {
        use rayon::prelude::*;
        let step = columns_of_a_thread(length, inputs.len() + rows);
        let mut parts: Vec<Vec<&mut [u8]>> = Vec::new();
        parts.resize_with(length.div_ceil(step), Vec::new);
        for output in outputs {
            for (part, columns) in parts.iter_mut().zip(output.chunks_mut(step)) {
                part.push(columns);
            }
        }
        return parts.par_iter_mut().enumerate().for_each(|(part, outputs)| {
            let columns = part * step..length.min((part + 1) * step);
            let inputs: Vec<&[u8]> = inputs.iter().map(|input| &input[columns.clone()]).collect();
            part_of(run, factors, &inputs, outputs, add, stream);
        });
    }
    part_of(run, factors, inputs, outputs, add, stream);
}

/// Columns that one thread of the current rayon pool takes at a time: several times for each thread, since some begin late,
/// but not so few that handing them over takes longer.
#[cfg(feature = "parallel")]
pub(crate) fn columns_of_a_thread(length: usize, buffers: usize) -> usize {
    const LEAST_BYTES: usize = 1 << 18;
    let share = length.div_ceil(4 * rayon::current_num_threads());
    share.max(LEAST_BYTES / buffers).next_multiple_of(UNIT)
}

/// What one thread does of [`combine`]; with `stream` outputs may go past the caches.
fn part_of(
    run: Engine,
    factors: &[u8],
    inputs: &[&[u8]],
    outputs: &mut [&mut [u8]],
    add: bool,
    stream: bool,
) {
    let (rows, length) = (outputs.len(), outputs[0].len());
    let groups = rows.div_ceil(GROUP);
    let of_outputs = until_unit(outputs.iter().map(|output| output.as_ptr()));
    let stream = stream && of_outputs.is_some();
    let head = if stream {
        of_outputs
    } else if !add && length.saturating_mul(inputs.len()) >= ALIGN_BYTES {
        until_unit(inputs.iter().map(|input| input.as_ptr()))
    } else {
        None
    };
    let head = head.unwrap_or(0).min(length);
    let whole = length - (length - head) % UNIT;
    // One group reads its inputs once, and nothing needs to stay.
    let columns = match groups {
        1 => whole - head,
        _ => (RESIDENT_BYTES / inputs.len().max(1)).next_multiple_of(UNIT).max(8 * UNIT),
    };
    for start in (head..whole).step_by(columns.max(1)) {
        let range = start..whole.min(start + columns);
        groups_of(rows, groups, |first, end| {
            let (outputs, range) = (&mut outputs[first..end], range.clone());
            run(&mut Block { factors, rows, first, inputs, outputs, range, add, stream });
        });
    }
    for columns in [0..head, whole..length] {
        if columns.is_empty() {
            continue;
        }
        if add || length < UNIT {
            edge(run, (rows, groups), factors, inputs, outputs, columns, add);
            continue;
        }
        // Columns of a whole unit, some of which are computed again: to the same sums.
        let start = columns.start.min(length - UNIT);
        groups_of(rows, groups, |first, end| {
            let (outputs, range) = (&mut outputs[first..end], start..start + UNIT);
            run(&mut Block { factors, rows, first, inputs, outputs, range, add, stream: false });
        });
    }
}

/// Bytes before all shards reach the start of a unit in memory, if they do so together, as those that lie one after the other
/// mostly do.
fn until_unit(mut shards: impl Iterator<Item = *const u8>) -> Option<usize> {
    let first = shards.next()?.align_offset(UNIT);
    shards.all(|shard| shard.align_offset(UNIT) == first).then_some(first)
}

/// Calls with the bounds of `groups` groups of `rows`, as equal as can be.
fn groups_of(rows: usize, groups: usize, mut call: impl FnMut(usize, usize)) {
    for group in 0..groups {
        call(group * rows / groups, (group + 1) * rows / groups);
    }
}

/// Columns that are no whole unit, in units of our own. Not inlined: they take 32 KiB of the stack.
#[inline(never)]
fn edge(
    run: Engine,
    (rows, groups): (usize, usize),
    factors: &[u8],
    inputs: &[&[u8]],
    outputs: &mut [&mut [u8]],
    columns: Range<usize>,
    add: bool,
) {
    let mut units = [[0; UNIT]; MAX_SHARDS];
    let mut sums = [[0; UNIT]; MAX_SHARDS];
    let mut views: [&[u8]; MAX_SHARDS] = [&[]; MAX_SHARDS];
    let length = columns.len();
    for ((unit, view), input) in units.iter_mut().zip(&mut views).zip(inputs) {
        unit[..length].copy_from_slice(&input[columns.clone()]);
        *view = unit;
    }
    groups_of(rows, groups, |first, end| {
        let mut sums: [&mut [u8]; MAX_SHARDS] = sums.each_mut().map(|sum| &mut sum[..]);
        let outputs = &mut sums[first..end];
        let (inputs, range) = (&views[..inputs.len()], 0..UNIT);
        run(&mut Block { factors, rows, first, inputs, outputs, range, add: false, stream: false });
    });
    for (output, sum) in outputs.iter_mut().zip(&sums) {
        for (byte, sum) in output[columns.clone()].iter_mut().zip(sum) {
            *byte = if add { *byte ^ sum } else { *sum };
        }
    }
}
