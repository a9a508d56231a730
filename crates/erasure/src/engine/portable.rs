//! Plain Rust: bit by bit of the factors, from the highest, on many bytes at once. The compiler makes vectors of it.

use super::{Block, Engine, UNIT};
use crate::field::REDUCTION;

pub(super) const ENGINE: Engine = run;

type Words = [u64; UNIT / 8];

const ONES: u64 = u64::MAX / 255;

fn run(block: &mut Block) {
    let Block { factors, rows, first, inputs, add, .. } = *block;
    for at in block.range.clone().step_by(UNIT) {
        for (row, output) in (first..).zip(block.outputs.iter_mut()) {
            let output = &mut output[at..at + UNIT];
            let mut sum = [0; UNIT / 8];
            for bit in (0..8).rev() {
                sum = sum.map(double);
                for (input, factors) in inputs.iter().zip(factors.chunks_exact(rows)) {
                    if factors[row] >> bit & 1 == 1 {
                        sum = xor(sum, words(&input[at..at + UNIT]));
                    }
                }
            }
            if add {
                sum = xor(sum, words(output));
            }
            for (bytes, word) in output.as_chunks_mut::<8>().0.iter_mut().zip(sum) {
                *bytes = word.to_ne_bytes();
            }
        }
    }
}

/// All eight bytes times 2.
fn double(word: u64) -> u64 {
    let high = word >> 7 & ONES;
    let mut sum = (word & !(ONES << 7)) << 1;
    for bit in (0..8).filter(|bit| REDUCTION >> bit & 1 == 1) {
        sum ^= high << bit;
    }
    sum
}

fn words(bytes: &[u8]) -> Words {
    let mut words = [0; UNIT / 8];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<8>().0) {
        *word = u64::from_ne_bytes(*bytes);
    }
    words
}

fn xor(mut a: Words, b: Words) -> Words {
    for (a, b) in a.iter_mut().zip(b) {
        *a ^= b;
    }
    a
}
