//! GF(2^8) with the polynomial 0x11D and generator 2, and the tables of the engines.

/// The polynomial without its leading term: what doubling adds when a byte overflows.
pub(crate) const REDUCTION: u8 = 0x1D;

/// Order of the multiplicative group.
const ORDER: usize = 255;

/// `EXP[i]` is 2^i, for sums of two logarithms.
static EXP: [u8; 2 * ORDER] = exponentials();
static LOG: [u8; 256] = logarithms();

const fn double(a: u8) -> u8 {
    a << 1 ^ if a >> 7 == 1 { REDUCTION } else { 0 }
}

const fn exponentials() -> [u8; 2 * ORDER] {
    let mut table = [1; 2 * ORDER];
    let mut i = 1;
    while i < table.len() {
        table[i] = double(table[i - 1]);
        i += 1;
    }
    table
}

/// `LOG[0]` is 0 and means nothing.
const fn logarithms() -> [u8; 256] {
    let exp = exponentials();
    let mut table = [0; 256];
    let mut i = 0;
    while i < ORDER {
        table[exp[i] as usize] = i as u8;
        i += 1;
    }
    table
}

/// The product.
pub(crate) fn mul(a: u8, b: u8) -> u8 {
    if a == 0 || b == 0 { 0 } else { EXP[LOG[a as usize] as usize + LOG[b as usize] as usize] }
}

/// The inverse of `a`, which is not 0.
pub(crate) fn inv(a: u8) -> u8 {
    debug_assert_ne!(a, 0);
    EXP[ORDER - LOG[a as usize] as usize]
}

/// `to += factor * from`, element by element.
pub(crate) fn add_scaled(to: &mut [u8], factor: u8, from: &[u8]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to ^= mul(factor, *from);
    }
}

/// For each factor its products with the 16 low and the 16 high nibbles: the form of engines that shuffle bytes.
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
))]
pub(crate) static NIBBLES: [[[u8; 16]; 2]; 256] = {
    let mut table = [[[0; 16]; 2]; 256];
    let mut factor = 0;
    while factor < 256 {
        let mut bit = 0;
        let mut product = factor as u8;
        // Products of powers of two first, then sums of them.
        while bit < 8 {
            let (half, power) = (bit / 4, 1 << (bit % 4));
            let mut nibble = 0;
            while nibble < power {
                table[factor][half][power + nibble] = table[factor][half][nibble] ^ product;
                nibble += 1;
            }
            product = double(product);
            bit += 1;
        }
        factor += 1;
    }
    table
};

/// For each factor the 8x8 bit matrix that multiplies by it, in the layout of GFNI: byte 7 - i is the row of bit i.
#[cfg(target_arch = "x86_64")]
pub(crate) static AFFINE: [u64; 256] = {
    let mut table = [0; 256];
    let mut factor = 0;
    while factor < 256 {
        let mut column = 0;
        let mut product = factor as u8;
        while column < 8 {
            let mut row = 0;
            while row < 8 {
                table[factor] |= ((product >> row & 1) as u64) << (8 * (7 - row) + column);
                row += 1;
            }
            product = double(product);
            column += 1;
        }
        factor += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Multiplication from its definition: shift and reduce.
    fn slow(a: u8, b: u8) -> u8 {
        (0..8).filter(|bit| b >> bit & 1 == 1).fold(0, |sum, bit| sum ^ (0..bit).fold(a, |x, _| double(x)))
    }

    #[test]
    fn products_and_inverses_follow_from_the_definition() {
        for a in 0..=255 {
            for b in 0..=255 {
                assert_eq!(mul(a, b), slow(a, b));
            }
            assert!(a == 0 || slow(a, inv(a)) == 1);
        }
        assert_eq!(slow(0x80, 2), REDUCTION);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn tables_of_the_engines_multiply() {
        for factor in 0..=255u8 {
            let [low, high] = &NIBBLES[factor as usize];
            for x in 0..=255u8 {
                let product = slow(factor, x);
                assert_eq!(low[(x & 15) as usize] ^ high[(x >> 4) as usize], product);
                let rows = AFFINE[factor as usize].to_be_bytes();
                let affine = (0..8).fold(0, |sum, bit| sum | ((rows[bit] & x).count_ones() as u8 & 1) << bit);
                assert_eq!(affine, product);
            }
        }
    }
}
