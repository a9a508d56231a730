//! Plain Rust: bit by bit of the factors, from the highest, on many bytes at once. The compiler makes vectors of it.

use super::{Block, Engine, UNIT};
use crate::field::REDUCTION;

pub(super) const ENGINE: Engine = run;

/// Units that are summed up at once: enough to hide that a factor's bits cannot be foreseen.
const UNITS: usize = 8;

type Words = [u64; UNIT / 8];

const ONES: u64 = u64::MAX / 255;

fn run(block: &mut Block) {
    let Block { factors, rows, first, inputs, add, .. } = *block;
    let range = block.range.clone();
    for start in range.clone().step_by(UNITS * UNIT) {
        let end = range.end.min(start + UNITS * UNIT);
        for (row, output) in (first..).zip(block.outputs.iter_mut()) {
            let (output, _) = output[start..end].as_chunks_mut::<UNIT>();
            let mut sums = [[0; UNIT / 8]; UNITS];
            let sums = &mut sums[..output.len()];
            for bit in (0..8).rev() {
                for sum in sums.as_flattened_mut() {
                    *sum = double(*sum);
                }
                for (input, factors) in inputs.iter().zip(factors.chunks_exact(rows)) {
                    if factors[row] >> bit & 1 == 1 {
                        xor(sums, input[start..end].as_chunks().0);
                    }
                }
            }
            if add {
                xor(sums, output);
            }
            for (unit, sum) in output.iter_mut().zip(sums) {
                for (bytes, word) in unit.as_chunks_mut().0.iter_mut().zip(sum) {
                    *bytes = word.to_ne_bytes();
                }
            }
        }
    }
}

/// All eight bytes times 2.
fn double(word: u64) -> u64 {
    const { assert!(REDUCTION == 1 << 4 | 1 << 3 | 1 << 2 | 1) };
    let high = word >> 7 & ONES;
    // Shifts and not a product: the compiler has vectors for them.
    (word & !(ONES << 7)) << 1 ^ high << 4 ^ high << 3 ^ high << 2 ^ high
}

fn xor(sums: &mut [Words], units: &[[u8; UNIT]]) {
    for (sum, unit) in sums.iter_mut().zip(units) {
        for (word, bytes) in sum.iter_mut().zip(unit.as_chunks().0) {
            *word ^= u64::from_ne_bytes(*bytes);
        }
    }
}
