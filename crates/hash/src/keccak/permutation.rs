//! Keccak-f[1600] over vectors (the Keccak reference, version 3.0).

use crate::lanes::Vector;

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

/// The permutation.
///
/// The first and the last round stand outside the loop: what a caller's padding fixes in the first and what it does not read
/// of the last is then left out by the compiler.
#[inline(always)]
pub(super) fn permute<const L: usize, V: Vector<L>>(state: [V; WORDS]) -> [V; WORDS] {
    let mut state = round(state, ROUND_CONSTANTS[0]);
    for constant in &ROUND_CONSTANTS[1..ROUNDS - 1] {
        state = round(state, *constant);
    }
    round(state, ROUND_CONSTANTS[ROUNDS - 1])
}

/// One round, written out word by word: rho and pi only rename and rotate. Row after row, so that few words are alive at a
/// time.
#[inline(always)]
fn round<const L: usize, V: Vector<L>>(a: [V; WORDS], constant: u64) -> [V; WORDS] {
    let column = |x: usize| a[x].xor3(a[x + 5], a[x + 10]).xor3(a[x + 15], a[x + 20]);
    let (c0, c1, c2, c3, c4) = (column(0), column(1), column(2), column(3), column(4));
    let d0 = c4.xor_rotated(c1);
    let d1 = c0.xor_rotated(c2);
    let d2 = c1.xor_rotated(c3);
    let d3 = c2.xor_rotated(c4);
    let d4 = c3.xor_rotated(c0);

    let row = |b: [V; 5]| -> [V; 5] { core::array::from_fn(|x| b[x].chi(b[(x + 1) % 5], b[(x + 2) % 5])) };
    let [e0, e1, e2, e3, e4] = row([
        a[0].xor(d0),
        a[6].xor_rotate(d1, 44),
        a[12].xor_rotate(d2, 43),
        a[18].xor_rotate(d3, 21),
        a[24].xor_rotate(d4, 14),
    ]);
    let e0 = e0.xor(V::splat(constant));
    let [e5, e6, e7, e8, e9] = row([
        a[3].xor_rotate(d3, 28),
        a[9].xor_rotate(d4, 20),
        a[10].xor_rotate(d0, 3),
        a[16].xor_rotate(d1, 45),
        a[22].xor_rotate(d2, 61),
    ]);
    let [e10, e11, e12, e13, e14] = row([
        a[1].xor_rotate(d1, 1),
        a[7].xor_rotate(d2, 6),
        a[13].xor_rotate(d3, 25),
        a[19].xor_rotate(d4, 8),
        a[20].xor_rotate(d0, 18),
    ]);
    let [e15, e16, e17, e18, e19] = row([
        a[4].xor_rotate(d4, 27),
        a[5].xor_rotate(d0, 36),
        a[11].xor_rotate(d1, 10),
        a[17].xor_rotate(d2, 15),
        a[23].xor_rotate(d3, 56),
    ]);
    let [e20, e21, e22, e23, e24] = row([
        a[2].xor_rotate(d2, 62),
        a[8].xor_rotate(d3, 55),
        a[14].xor_rotate(d4, 39),
        a[15].xor_rotate(d0, 41),
        a[21].xor_rotate(d1, 2),
    ]);
    [
        e0, e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20, e21,
        e22, e23, e24,
    ]
}
