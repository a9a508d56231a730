//! The closed form of the built-in codes.
//!
//! Shard `i` of both is the value at point `i` of a polynomial of degree below K, divided by a weight `v(i)`. For the
//! Vandermonde code all weights are 1; for the Cauchy code they are the products of `i + j` over the data points `j != i`.
//! So any shard follows from any K others by Lagrange's formula, and no matrix is ever inverted.

use crate::code::{ErasureCode, Kind};
use crate::field::{inv, mul};

/// For each shard of `used` in turn, of which there are K, its factor in every shard of `wanted`.
pub(crate) fn factors(code: &ErasureCode, used: &[u8], wanted: &[u8]) -> Vec<u8> {
    let weight = |point: u8| match code.kind() {
        Kind::Cauchy => difference_product(point, 0..code.data() as u8),
        _ => 1,
    };
    let used_points = || used.iter().copied();
    let to: Vec<u8> =
        wanted.iter().map(|&w| mul(difference_product(w, used_points()), inv(weight(w)))).collect();
    let mut factors = Vec::with_capacity(used.len() * wanted.len());
    for u in used_points() {
        let from = mul(weight(u), inv(difference_product(u, used_points())));
        for (&w, &to) in wanted.iter().zip(&to) {
            factors.push(match u == w {
                true => 1,
                // The product over the others is the whole one without `w + u`; it is 0 at a point that is used.
                false if used.binary_search(&w).is_ok() => 0,
                false => mul(mul(from, to), inv(w ^ u)),
            });
        }
    }
    factors
}

/// The product of `point + other` over all others but the point itself.
fn difference_product(point: u8, others: impl Iterator<Item = u8>) -> u8 {
    others.filter(|&other| other != point).fold(1, |product, other| mul(product, point ^ other))
}
