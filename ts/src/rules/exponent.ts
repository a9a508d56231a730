import { toUint, type Uint } from './uint.js'

/** Bits of an exponent that the series takes; the ten above them are a factor each. */
const SERIES_BITS = 54n
/** ln(2)^k * 2^128, for k from 1 to 4. */
const [LN2, LN2_2, LN2_3, LN2_4] = [
  235865763225513294137944142764154484399n,
  163489688770384171654468164494102986538n,
  113322416821814740463990287346838243787n,
  78549113714279805586246364391047974677n,
] as const
/** 2^(127 + 2^-m), for m from 10 down to 1. */
const ROOTS_X127 = [
  0x8016302f174676283690dfe44d11d008n,
  0x802c6436d0e04f50ff8ce94a6797b3cen,
  0x8058d7d2d5e5f6b094d589f608ee4aa2n,
  0x80b1ed4fd999ab6c25335719b6e6fd20n,
  0x8164d1f3bc0307737be56527bd14def4n,
  0x82cd8698ac2ba1d73e2a475b46520bffn,
  0x85aac367cc487b14c5c95b8c2154c1b2n,
  0x8b95c1e3ea8bd6e6fbe4628758a53c90n,
  0x9837f0518db8a96f46ad23182e42f6f6n,
  0xb504f333f9de6484597d89b3754abe9fn,
]
/** 2^(128 - 2^-m), for m from 10 down to 1. */
const INVERSE_ROOTS_X128 = [
  0xffd3a751c0f7e10bd3b9f8ae012fbe06n,
  0xffa756521c8daed19f3a1b48fb94c589n,
  0xff4ecb59511ec8a5301ba217ef18dd7cn,
  0xfe9e115c7b8f884badd25995e79d2f09n,
  0xfd3e0c0cf486c174853f3a5931e0ee03n,
  0xfa83b2db722a033a7c25bb14315d7fccn,
  0xf5257d152486cc2c7b9d0c7aed980fc3n,
  0xeac0c6e7dd24392ed02d75b3706e54fan,
  0xd744fccad69d6af439a68bb9902d3fden,
  0xb504f333f9de6484597d89b3754abe9fn,
]

/**
 * 2^x as the contracts compute it, to the integer (SPEC.md section 15).
 * @param exponentX64 x times 2^64 (uint256)
 * @returns the power times 2^96; 2^256 - 1 for x of 160 and more
 * @throws {ZgkitError} `RANGE`
 */
export function powTwoX96(exponentX64: Uint): bigint {
  const exponent = toUint(exponentX64, 256, 'exponentX64')
  const whole = exponent >> 64n
  if (whole >= 160n) return 2n ** 256n - 1n
  const power = withFactors(series(smallPart(exponent)), exponent, ROOTS_X127, 127n)
  return whole < 31n ? power >> (31n - whole) : power << (whole - 31n)
}

/** As {@link powTwoX96} for 2^-x: at most 2^96. */
export function powHalfX96(exponentX64: Uint): bigint {
  const exponent = toUint(exponentX64, 256, 'exponentX64')
  const whole = exponent >> 64n
  // From 97 on every bit is shifted out; an engine need not take shifts by any number.
  if (whole > 96n) return 0n
  return withFactors(series(-smallPart(exponent)), exponent, INVERSE_ROOTS_X128, 128n) >> (31n + whole)
}

function smallPart(exponent: bigint): bigint {
  return exponent & (2n ** SERIES_BITS - 1n)
}

/** 2^127 times 2^(small / 2^64), by five terms. Shifts round down, divisions towards zero: so does the EVM. */
function series(small: bigint): bigint {
  const x = small << 63n
  const x2 = (x * x) >> 127n
  const x3 = (x2 * x) >> 127n
  const x4 = (x3 * x) >> 127n
  const sum = 2n ** 128n + ((x * LN2) >> 127n) + ((x2 * LN2_2) >> 128n)
  return (sum + ((x3 * LN2_3) >> 127n) / 6n + ((x4 * LN2_4) >> 127n) / 24n) >> 1n
}

function withFactors(series: bigint, exponent: bigint, factors: readonly bigint[], bits: bigint): bigint {
  return factors.reduce((power, factor, j) => {
    const isSet = (exponent >> (SERIES_BITS + BigInt(j))) & 1n
    return isSet ? (power * factor) >> bits : power
  }, series)
}
