//! Reed-Solomon over GF(2^8) by its formula (SPEC.md section 12, `rs8-vandermonde`): a table of products for each factor.

use zgkit_bench_scalar::Shape;

/// Product in GF(2^8) with polynomial 0x11D, bit by bit.
fn product(a: u8, b: u8) -> u8 {
    let mut shifted = a;
    (0..8).fold(0, |sum, bit| {
        let sum = if b >> bit & 1 == 1 { sum ^ shifted } else { sum };
        shifted = shifted << 1 ^ if shifted >> 7 == 1 { 0x1d } else { 0 };
        sum
    })
}

/// `a / b`: the multiplicative group has 255 elements, so `1 / b` is `b^254`.
fn quotient(a: u8, b: u8) -> u8 {
    (0..254).fold(a, |value, _| product(value, b))
}

/// The factor of data shard `column` in shard `row`.
fn factor(row: usize, column: usize, data: usize) -> u8 {
    let others = (0..data).filter(|&other| other != column);
    others.fold(1, |value, other| product(value, quotient((row ^ other) as u8, (column ^ other) as u8)))
}

/// Writes the parity of `input`'s shards.
pub fn encode(shape: &Shape, input: &[u8], parity: &mut [u8]) {
    parity.fill(0);
    for (sums, row) in parity.chunks_exact_mut(shape.length).zip(shape.data..) {
        for (column, shard) in input.chunks_exact(shape.length).enumerate() {
            let factor = factor(row, column, shape.data);
            let table: [u8; 256] = std::array::from_fn(|byte| product(factor, byte as u8));
            sums.iter_mut().zip(shard).for_each(|(sum, &byte)| *sum ^= table[usize::from(byte)]);
        }
    }
}
