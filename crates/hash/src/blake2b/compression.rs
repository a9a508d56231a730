//! BLAKE2b over vectors (RFC 7693).

use crate::lanes::{Vector, keep_in_memory};

/// Words of a message block.
pub const BLOCK_WORDS: usize = 16;

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// BLAKE2b-512 of messages of one length, one for each lane, without key.
#[derive(Clone, Copy)]
pub struct Blake2b<V> {
    h: [V; 8],
    hashed: u64,
}

impl<V> Blake2b<V> {
    /// Nothing hashed yet.
    #[inline(always)]
    pub fn new<const L: usize>() -> Self
    where
        V: Vector<L>,
    {
        let mut h = IV.map(V::splat);
        // Parameter block: 64-byte digest, no key, fan-out 1, depth 1.
        h[0] = V::splat(IV[0] ^ 0x0101_0040);
        Self { h, hashed: 0 }
    }

    /// Takes a block that is not the last.
    #[inline(always)]
    pub fn update<const L: usize>(&mut self, mut block: [V; BLOCK_WORDS])
    where
        V: Vector<L>,
    {
        self.hashed += 8 * BLOCK_WORDS as u64;
        self.compress(&mut block, 0);
    }

    /// Takes the last block, of which `bytes` (0 to 128) belong to the message and the rest are zero. Gives the digest.
    #[inline(always)]
    pub fn finish<const L: usize>(mut self, mut block: [V; BLOCK_WORDS], bytes: u64) -> [V; 8]
    where
        V: Vector<L>,
    {
        self.hashed += bytes;
        self.compress(&mut block, u64::MAX);
        self.h
    }

    /// Messages in memory are shorter than 2^64 bytes: the counter's upper word stays 0.
    #[inline(always)]
    fn compress<const L: usize>(&mut self, m: &mut [V; BLOCK_WORDS], last: u64)
    where
        V: Vector<L>,
    {
        let [h0, h1, h2, h3, h4, h5, h6, h7] = self.h;
        let iv = IV.map(V::splat);
        let (counter, flag) = (V::splat(IV[4] ^ self.hashed), V::splat(IV[6] ^ last));
        let v =
            [[h0, h1, h2, h3], [h4, h5, h6, h7], [iv[0], iv[1], iv[2], iv[3]], [counter, iv[5], flag, iv[7]]];
        // Twelve rounds written out: with the schedule known at compile time the message words are plain operands.
        let v = round(v, m, &SIGMA[0]);
        let v = round(v, m, &SIGMA[1]);
        let v = round(v, m, &SIGMA[2]);
        let v = round(v, m, &SIGMA[3]);
        let v = round(v, m, &SIGMA[4]);
        let v = round(v, m, &SIGMA[5]);
        let v = round(v, m, &SIGMA[6]);
        let v = round(v, m, &SIGMA[7]);
        let v = round(v, m, &SIGMA[8]);
        let v = round(v, m, &SIGMA[9]);
        let v = round(v, m, &SIGMA[0]);
        let v = round(v, m, &SIGMA[1]);
        for (i, h) in self.h.iter_mut().enumerate() {
            *h = h.xor3(v[i / 4][i % 4], v[i / 4 + 2][i % 4]);
        }
    }
}

/// A row of the working vector's 4 x 4 words.
type Row<V> = [V; 4];

/// One round: the columns, then the diagonals.
#[inline(always)]
fn round<const L: usize, V: Vector<L>>(
    v: [Row<V>; 4],
    m: &mut [V; BLOCK_WORDS],
    s: &[usize; 16],
) -> [Row<V>; 4] {
    if V::MEMORY_OPERANDS {
        keep_in_memory(m);
    }
    let [a, b, c, d] = mix(v, [m[s[0]], m[s[2]], m[s[4]], m[s[6]]], [m[s[1]], m[s[3]], m[s[5]], m[s[7]]]);
    let diagonals = [a, [b[1], b[2], b[3], b[0]], [c[2], c[3], c[0], c[1]], [d[3], d[0], d[1], d[2]]];
    let [a, b, c, d] =
        mix(diagonals, [m[s[8]], m[s[10]], m[s[12]], m[s[14]]], [m[s[9]], m[s[11]], m[s[13]], m[s[15]]]);
    [a, [b[3], b[0], b[1], b[2]], [c[2], c[3], c[0], c[1]], [d[1], d[2], d[3], d[0]]]
}

/// BLAKE2's G on four columns, step by step: they do not depend on each other, and so a processor finds work while it waits.
#[inline(always)]
fn mix<const L: usize, V: Vector<L>>([a, b, c, d]: [Row<V>; 4], x: Row<V>, y: Row<V>) -> [Row<V>; 4] {
    let a = add(add(a, x), b);
    let d = xor_rotate(d, a, 32);
    let c = add(c, d);
    let b = xor_rotate(b, c, 40);
    let a = add(add(a, y), b);
    let d = xor_rotate(d, a, 48);
    let c = add(c, d);
    let b = xor_rotate(b, c, 1);
    [a, b, c, d]
}

#[inline(always)]
fn add<const L: usize, V: Vector<L>>(a: Row<V>, b: Row<V>) -> Row<V> {
    [a[0].add(b[0]), a[1].add(b[1]), a[2].add(b[2]), a[3].add(b[3])]
}

#[inline(always)]
fn xor_rotate<const L: usize, V: Vector<L>>(a: Row<V>, b: Row<V>, bits: u32) -> Row<V> {
    [
        a[0].xor_rotate(b[0], bits),
        a[1].xor_rotate(b[1], bits),
        a[2].xor_rotate(b[2], bits),
        a[3].xor_rotate(b[3], bits),
    ]
}
