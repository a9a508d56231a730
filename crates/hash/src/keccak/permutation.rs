//! Keccak-f[1600] over vectors (the Keccak reference, version 3.0).

use crate::lanes::{RowsInMemory, Vector, have_ready, keep_in_memory};

/// Words of the state, `state[x + 5 * y]`.
pub(super) const WORDS: usize = 25;

const ROUNDS: usize = 24;

const ROUND_CONSTANTS: [u64; ROUNDS] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808a,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808b,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008a,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000a,
    0x0000_0000_8000_808b,
    0x8000_0000_0000_008b,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800a,
    0x8000_0000_8000_000a,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// Words of the state that lie in memory between rounds: its first three rows.
const BEFORE_LAST: usize = 15;

/// The permutation.
///
/// The first and the last round stand outside the loop: what a caller's padding fixes in the first and what it does not read
/// of the last is then left out by the compiler.
#[inline(always)]
pub(super) fn permute<const L: usize, V: Vector<L>>(state: [V; WORDS]) -> [V; WORDS] {
    let mut parity = [state[0], state[1], state[2], state[3], state[4]];
    for row in state.as_chunks().0.iter().skip(1) {
        parity = add_row(parity, *row);
    }
    let mut a: [V; BEFORE_LAST] = core::array::from_fn(|i| state[i]);
    let mut last = core::array::from_fn(|i| state[BEFORE_LAST + i]);
    let mut e = a;
    (last, parity) = round(parity, &mut a, last, &mut e, ROUND_CONSTANTS[0]);
    for constants in ROUND_CONSTANTS[1..ROUNDS - 1].as_chunks::<2>().0 {
        (last, parity) = round(parity, &mut e, last, &mut a, constants[0]);
        (last, parity) = round(parity, &mut a, last, &mut e, constants[1]);
    }
    (last, _) = round(parity, &mut e, last, &mut a, ROUND_CONSTANTS[ROUNDS - 1]);
    core::array::from_fn(|i| if i < BEFORE_LAST { a[i] } else { last[i - BEFORE_LAST] })
}

/// One round from a state with its columns' parities to the next, whose parities it gives: the first rows from `a` to `e`, the
/// last two by value. Rho and pi only rename and rotate, so it is written out word by word; row after row, so that few words are
/// alive at a time.
#[inline(always)]
fn round<const L: usize, V: Vector<L>>(
    c: [V; 5],
    a: &mut [V; BEFORE_LAST],
    mut last: [V; WORDS - BEFORE_LAST],
    e: &mut [V; BEFORE_LAST],
    constant: u64,
) -> ([V; WORDS - BEFORE_LAST], [V; 5]) {
    match V::ROWS_IN_MEMORY {
        RowsInMemory::None => {}
        RowsInMemory::First => keep_in_memory(a),
        RowsInMemory::All => {
            keep_in_memory(a);
            keep_in_memory(&mut last);
        }
    }
    let d0 = c[4].xor_rotated(c[1]);
    let d1 = c[0].xor_rotated(c[2]);
    let d2 = c[1].xor_rotated(c[3]);
    let d3 = c[2].xor_rotated(c[4]);
    let d4 = c[3].xor_rotated(c[0]);

    let mut row = chi([
        a[0].xor(d0),
        a[6].xor_rotate(d1, 44),
        a[12].xor_rotate(d2, 43),
        last[3].xor_rotate(d3, 21),
        last[9].xor_rotate(d4, 14),
    ]);
    row[0] = row[0].xor(V::splat(constant));
    e[0..5].copy_from_slice(&row);
    let parity = row;
    let row = chi([
        a[3].xor_rotate(d3, 28),
        a[9].xor_rotate(d4, 20),
        a[10].xor_rotate(d0, 3),
        last[1].xor_rotate(d1, 45),
        last[7].xor_rotate(d2, 61),
    ]);
    e[5..10].copy_from_slice(&row);
    let parity = add_row(parity, row);
    let row = chi([
        a[1].xor_rotate(d1, 1),
        a[7].xor_rotate(d2, 6),
        a[13].xor_rotate(d3, 25),
        last[4].xor_rotate(d4, 8),
        last[5].xor_rotate(d0, 18),
    ]);
    e[10..15].copy_from_slice(&row);
    let parity = add_row(parity, row);
    if V::ROWS_IN_MEMORY == RowsInMemory::First {
        have_ready(parity);
    }
    let fourth = chi([
        a[4].xor_rotate(d4, 27),
        a[5].xor_rotate(d0, 36),
        a[11].xor_rotate(d1, 10),
        last[2].xor_rotate(d2, 15),
        last[8].xor_rotate(d3, 56),
    ]);
    let parity = add_row(parity, fourth);
    let fifth = chi([
        a[2].xor_rotate(d2, 62),
        a[8].xor_rotate(d3, 55),
        a[14].xor_rotate(d4, 39),
        last[0].xor_rotate(d0, 41),
        last[6].xor_rotate(d1, 2),
    ]);
    let last = core::array::from_fn(|i| if i < 5 { fourth[i] } else { fifth[i - 5] });
    (last, add_row(parity, fifth))
}

#[inline(always)]
fn chi<const L: usize, V: Vector<L>>(b: [V; 5]) -> [V; 5] {
    [
        b[0].chi(b[1], b[2]),
        b[1].chi(b[2], b[3]),
        b[2].chi(b[3], b[4]),
        b[3].chi(b[4], b[0]),
        b[4].chi(b[0], b[1]),
    ]
}

#[inline(always)]
fn add_row<const L: usize, V: Vector<L>>(c: [V; 5], row: [V; 5]) -> [V; 5] {
    [c[0].xor(row[0]), c[1].xor(row[1]), c[2].xor(row[2]), c[3].xor(row[3]), c[4].xor(row[4])]
}
