//! e⁻ᶻ for z ≥ 0, taken apart.
//!
//! ```text
//! −z = k·ln 2 + r,  |r| ≤ ½·ln 2           e⁻ᶻ = 2ᵏ·(1 + r + r²·P(r))
//! ```
//!
//! P is the polynomial of degree 10 whose error, as a share of eʳ − 1, is nowhere above 2⁻⁵⁹·⁹ (Remez's
//! exchange, then rounded to `f64`). Apart, 1 and 2ᵏ can be taken away without losing digits:
//! e⁻ᶻ − 1 = (2ᵏ − 1) + 2ᵏ·(r + r²·P(r)), which is right to the last place for every z.

use crate::pair::{Pair, sum};

/// e⁻ᶻ = 2ᵏ·(1 + r + rest).
#[derive(Clone, Copy)]
pub(super) struct Exponential {
    /// k: a whole number from −2165 to 0.
    k: f64,
    r: f64,
    /// r²·P(r), and what r lost when it was rounded.
    rest: f64,
}

impl Exponential {
    /// Of −z, 0 ≤ z ≤ 1500.
    #[inline(always)]
    pub(super) fn of_minus(z: f64) -> Self {
        const LN2_HIGH: f64 = 6.931_471_803_691_238e-1; // 32 bits: times k it is exact
        const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;
        const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5·2⁵²: adding it rounds to a whole number
        let k = (-z).mul_add(std::f64::consts::LOG2_E, SHIFT) - SHIFT;
        let (high, low) = ((-k).mul_add(LN2_HIGH, -z), k * LN2_LOW);
        let r = high - low;
        let lost = (high - r) - low;
        Self { k, r, rest: (r * r).mul_add(series(r), lost) }
    }

    /// e⁻ᶻ in two factors: a pair that is no smaller than 2⁻⁵⁰⁰, and what it is short of.
    #[inline(always)]
    pub(super) fn pair(self) -> (Pair, Scale) {
        let k = at_least(self.k, -500.0);
        let pair = sum(1.0, self.r).plus(self.rest);
        (pair.scaled(power_of_two(k)), Scale(self.k - k))
    }

    /// 1 − e⁻ᶻ, for z ≤ 40.
    #[inline(always)]
    pub(super) fn one_minus_pair(self) -> Pair {
        let scale = power_of_two(self.k);
        sum(1.0, -scale).plus(-(scale * self.r)).plus(-(scale * self.rest))
    }
}

/// 2ᵏ, −2000 ≤ k ≤ 0, which need not be a number of `f64`.
#[derive(Clone, Copy)]
pub(super) struct Scale(f64);

impl Scale {
    pub(super) const ONE: Self = Self(0.0);

    /// The number times 2ᵏ: rounded twice, at most, where it is below the normal numbers.
    #[inline(always)]
    pub(super) fn times(self, number: f64) -> f64 {
        let k = at_least(self.0, -1000.0);
        number * power_of_two(k) * power_of_two(self.0 - k)
    }
}

#[inline(always)]
fn at_least(k: f64, least: f64) -> f64 {
    if k < least { least } else { k }
}

/// 2ᵏ for a whole number −1022 ≤ k ≤ 1023: k goes where the exponent stands.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    const BIASED: f64 = 4_503_599_627_370_496.0 + 1023.0;
    f64::from_bits((k + BIASED).to_bits() << 52)
}

/// P(r) = (eʳ − 1 − r)/r².
#[inline(always)]
fn series(r: f64) -> f64 {
    const P: [f64; 11] = [
        0.5,
        1.666_666_666_666_667_7e-1,
        4.166_666_666_666_656e-2,
        8.333_333_333_321_596e-3,
        1.388_888_888_893_942e-3,
        1.984_126_988_625_102e-4,
        2.480_158_721_219_745_5e-5,
        2.755_724_406_597_308e-6,
        2.755_737_237_404_091e-7,
        2.510_908_968_467_561e-8,
        2.088_383_064_644_537e-9,
    ];
    P.iter().rev().fold(0.0, |sum, coefficient| sum.mul_add(r, *coefficient))
}
