//! Powers of two as the contracts compute them, to the integer (SPEC.md section 15).

use zgkit_core::U256;

/// Bits of an exponent that the series takes; the ten above them are a factor each.
const SERIES_BITS: u32 = 54;

/// ln(2)^k * 2^128, for k from 1 to 4.
const LN2: [u128; 4] = [
    235_865_763_225_513_294_137_944_142_764_154_484_399,
    163_489_688_770_384_171_654_468_164_494_102_986_538,
    113_322_416_821_814_740_463_990_287_346_838_243_787,
    78_549_113_714_279_805_586_246_364_391_047_974_677,
];

/// 2^(127 + 2^-m), for m from 10 down to 1.
const ROOTS_X127: [u128; 10] = [
    0x8016302f174676283690dfe44d11d008,
    0x802c6436d0e04f50ff8ce94a6797b3ce,
    0x8058d7d2d5e5f6b094d589f608ee4aa2,
    0x80b1ed4fd999ab6c25335719b6e6fd20,
    0x8164d1f3bc0307737be56527bd14def4,
    0x82cd8698ac2ba1d73e2a475b46520bff,
    0x85aac367cc487b14c5c95b8c2154c1b2,
    0x8b95c1e3ea8bd6e6fbe4628758a53c90,
    0x9837f0518db8a96f46ad23182e42f6f6,
    0xb504f333f9de6484597d89b3754abe9f,
];

/// 2^(128 - 2^-m), for m from 10 down to 1.
const INVERSE_ROOTS_X128: [u128; 10] = [
    0xffd3a751c0f7e10bd3b9f8ae012fbe06,
    0xffa756521c8daed19f3a1b48fb94c589,
    0xff4ecb59511ec8a5301ba217ef18dd7c,
    0xfe9e115c7b8f884badd25995e79d2f09,
    0xfd3e0c0cf486c174853f3a5931e0ee03,
    0xfa83b2db722a033a7c25bb14315d7fcc,
    0xf5257d152486cc2c7b9d0c7aed980fc3,
    0xeac0c6e7dd24392ed02d75b3706e54fa,
    0xd744fccad69d6af439a68bb9902d3fde,
    0xb504f333f9de6484597d89b3754abe9f,
];

/// 2^x times 2^96, where `exponent_x64` is x times 2^64; 2^256 - 1 for x of 160 and more.
pub fn pow_two_x96(exponent_x64: U256) -> U256 {
    let Some(whole) = whole_below(exponent_x64, 160) else {
        return U256::MAX;
    };
    let low = exponent_x64.low_u64();
    let power = U256::from(with_factors(series(low, Sign::Plus), low, &ROOTS_X127, 127));
    if whole < 31 {
        power.shr(31 - whole)
    } else {
        power.checked_shl(whole - 31).expect("128 bits, shifted by at most 128")
    }
}

/// 2^-x times 2^96, where `exponent_x64` is x times 2^64: at most 2^96.
pub fn pow_half_x96(exponent_x64: U256) -> u128 {
    // From 97 on every bit is shifted out.
    let Some(whole) = whole_below(exponent_x64, 97) else {
        return 0;
    };
    let low = exponent_x64.low_u64();
    with_factors(series(low, Sign::Minus), low, &INVERSE_ROOTS_X128, 128) >> (31 + whole)
}

/// The whole part of an exponent, if it is below a bound.
fn whole_below(exponent_x64: U256, bound: u64) -> Option<u32> {
    exponent_x64.shr(64).to_u64().filter(|&whole| whole < bound).map(|whole| whole as u32)
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Plus,
    Minus,
}

/// 2^127 times 2^(±small / 2^64), where small are the low bits of `exponent`, by five terms.
///
/// The terms are computed without their signs. Shifts of negative numbers round away from zero then, divisions towards it:
/// so does the EVM.
fn series(exponent: u64, sign: Sign) -> u128 {
    let x = u128::from(exponent & ((1 << SERIES_BITS) - 1)) << 63;
    let x2 = product(x, x, 127, Sign::Plus);
    let x3 = product(x2, x, 127, sign);
    let x4 = product(x3, x, 127, Sign::Plus);
    let odd = [product(x, LN2[0], 127, sign), product(x3, LN2[2], 127, sign) / 6];
    let even = [product(x2, LN2[1], 128, Sign::Plus), product(x4, LN2[3], 127, Sign::Plus) / 24];

    // The sum is 2^128 and a little, and is halved: the low 128 bits of the little are enough. It is below 2^119.
    let [odd, even] = [odd, even].map(|terms| terms[0] + terms[1]);
    match sign {
        Sign::Plus => (1 << 127) + ((odd + even) >> 1),
        // What is missing, rounded up, since the sum is rounded down.
        Sign::Minus => (1 << 127) - (odd - even).div_ceil(2),
    }
}

/// `a * b / 2^bits`, rounded away from zero if the product is negative.
fn product(a: u128, b: u128, bits: u32, sign: Sign) -> u128 {
    let whole = U256::from(a).checked_mul(b.into()).expect("two halves always fit");
    let up = match sign {
        Sign::Plus => U256::ZERO,
        Sign::Minus => U256::from(u128::MAX >> (128 - bits)),
    };
    let shifted = whole.checked_add(up).expect("negative products have at most 245 bits").shr(bits);
    shifted.to_u128().expect("a power stays below 2^128, a term below 2^119")
}

fn with_factors(series: u128, exponent: u64, factors: &[u128; 10], bits: u32) -> u128 {
    let is_set = |place: u32| exponent >> (SERIES_BITS + place) & 1 == 1;
    (0..)
        .zip(factors)
        .filter(|(place, _)| is_set(*place))
        .fold(series, |power, (_, &factor)| product(power, factor, bits, Sign::Plus))
}
