//! Sigmoid, tanh and their derivatives for `f32`: in `f64` lanes, rounded once.
//!
//! ```text
//! −z = k·ln 2 + r,  |r| ≤ ½·ln 2           e⁻ᶻ = 2ᵏ·(A + p)/(A − p),  A = A(r²),  p = r·B(r²)
//!
//! sigmoid     (A − p)/((A − p) + 2ᵏ·(A + p))                                  z = x
//! sigmoid′    2ᵏ·(A + p)·(A − p)/((A − p) + 2ᵏ·(A + p))²                      z = x
//! tanh        ((1 − 2ᵏ)·A − (1 + 2ᵏ)·p)/((1 + 2ᵏ)·A − (1 − 2ᵏ)·p)            z = 2x
//! tanh′       4·sigmoid′(2x)
//! ```
//!
//! A and B have degree 2 in r²: p/A is nowhere off by more than 2⁻⁵⁶ of tanh(r/2) (Remez's exchange for
//! quotients), less than one rounding of `f64`. Each of the four divides in any case, so that the halves of
//! the quotient cost seven operations, where a polynomial of a like error takes eleven.
//!
//! **Hazard.** 1 − e⁻ᶻ loses all digits near 0. In tanh 1 is taken away from 2ᵏ alone, which loses nothing;
//! where k = 0 what is left is −2p. e⁻ᶻ of no `f32` that matters leaves the range of `f64`, of either sign, so that
//! nobody asks for |x| or the side that x is on.

use crate::element::{Fused, Pair};
use fearless_simd::{Simd, SimdBase, SimdNarrow, SimdWiden, f32x16, f64x8, prelude::*, u64x8};

/// 1.5·2⁵²: adding it rounds to a whole number, and leaves that in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;

/// e⁻ᶻ = 2ᵏ·(A + r·B)/(A − r·B).
#[derive(Clone, Copy)]
struct Exponential<S: Simd> {
    r: f64x8<S>,
    a: f64x8<S>,
    b: f64x8<S>,
    /// k, where the exponent of a number stands: added to its bits, it is a factor 2ᵏ.
    k: u64x8<S>,
}

impl<S: Simd> Exponential<S> {
    /// Of −z, |z| ≤ 700.
    #[inline(always)]
    fn of_minus(simd: S, z: f64x8<S>) -> Self {
        const A: [f64; 3] = [1.0, 0.111_108_103_628_777_27, 0.000_991_762_781_542_183];
        const B: [f64; 3] = [0.5, 0.013_887_385_147_722_971, 0.000_033_043_739_504_948_15];
        let minus_log2_e = f64x8::splat(simd, -std::f64::consts::LOG2_E);
        let shifted = z.fused(minus_log2_e, f64x8::splat(simd, SHIFT));
        let k = shifted - f64x8::splat(simd, SHIFT);
        let r = k.fused(f64x8::splat(simd, -std::f64::consts::LN_2), -z);
        let square = r * r;
        let k: u64x8<S> = shifted.bitcast();
        Self { r, a: polynomial(simd, square, &A), b: polynomial(simd, square, &B), k: k << 52 }
    }

    /// A − p and 2ᵏ·(A + p).
    #[inline(always)]
    fn halves(self) -> [f64x8<S>; 2] {
        let Self { r, a, b, k } = self;
        let above: u64x8<S> = r.fused(b, a).bitcast();
        [(-r).fused(b, a), (above + k).bitcast()]
    }

    /// 2ᵏ.
    #[inline(always)]
    fn power(self, simd: S) -> f64x8<S> {
        (u64x8::splat(simd, 1.0_f64.to_bits()) + self.k).bitcast()
    }
}

/// Σ cₖ·xᵏ.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(simd: S, x: f64x8<S>, coefficients: &[f64; N]) -> f64x8<S> {
    let mut sum = f64x8::splat(simd, coefficients[N - 1]);
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = sum.fused(x, f64x8::splat(simd, *coefficient));
    }
    sum
}

/// x, at most `most` away from 0; a NaN as whatever number or NaN.
#[inline(always)]
fn near<S: Simd>(simd: S, x: f32x16<S>, most: f32) -> Pair<S> {
    let most = f32x16::splat(simd, most);
    x.min(most).max(-most).widen().into()
}

/// `value`, or the one NaN where x is any.
#[inline(always)]
fn rounded<S: Simd>(simd: S, x: f32x16<S>, [low, high]: Pair<S>) -> f32x16<S> {
    x.simd_eq(x).select(low.narrow(high), f32x16::splat(simd, f32::NAN))
}

/// 1/(1 + e⁻ˣ).
#[inline(always)]
pub(super) fn sigmoid<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    // Beyond it the result is 1, or below half of the smallest number.
    let [low, high] = near(simd, x, 150.0);
    rounded(simd, x, [logistic(simd, low), logistic(simd, high)])
}

#[inline(always)]
fn logistic<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let [below, above] = Exponential::of_minus(simd, x).halves();
    below / (below + above)
}

/// (1 − e^−2x)/(1 + e^−2x).
#[inline(always)]
pub(super) fn tanh<S: Simd>(simd: S, x: f32x16<S>) -> f32x16<S> {
    // Far beyond what rounds to 1.
    let [low, high] = near(simd, x, 20.0);
    // What is taken away from itself is +0, of −0 too.
    rounded(simd, x, [hyperbolic(simd, low), hyperbolic(simd, high)]).copysign(x)
}

#[inline(always)]
fn hyperbolic<S: Simd>(simd: S, x: f64x8<S>) -> f64x8<S> {
    let exponential = Exponential::of_minus(simd, x + x);
    let (Exponential { r, a, b, .. }, power) = (exponential, exponential.power(simd));
    let (one, p) = (f64x8::splat(simd, 1.0), r * b);
    let (less, more) = (one - power, one + power);
    less.fused(a, -(more * p)) / more.fused(a, -(less * p))
}

/// dy·sigmoid′(x).
#[inline(always)]
pub(super) fn sigmoid_backward<S: Simd>(simd: S, x: f32x16<S>, dy: f32x16<S>) -> f32x16<S> {
    bell(simd, x, [1.0, 1.0], dy)
}

/// dy·tanh′(x).
#[inline(always)]
pub(super) fn tanh_backward<S: Simd>(simd: S, x: f32x16<S>, dy: f32x16<S>) -> f32x16<S> {
    bell(simd, x, [2.0, 4.0], dy)
}

/// dy·`height`·sigmoid′(x·`times`); 1 and 1, or 2 and 4.
#[inline(always)]
fn bell<S: Simd>(simd: S, x: f32x16<S>, [times, height]: [f64; 2], dy: f32x16<S>) -> f32x16<S> {
    // Beyond it the result is below half of the smallest number, of the largest dy too.
    let ([x_low, x_high], [low, high]): (_, Pair<S>) = (near(simd, x, 200.0), dy.widen().into());
    let (times, height) = (f64x8::splat(simd, times), f64x8::splat(simd, height));
    let low = (low * height) * slope(simd, x_low * times);
    let high = (high * height) * slope(simd, x_high * times);
    let gradient = rounded(simd, x, [low, high]);
    gradient.simd_eq(gradient).select(gradient, f32x16::splat(simd, f32::NAN))
}

/// sigmoid′(z).
#[inline(always)]
fn slope<S: Simd>(simd: S, z: f64x8<S>) -> f64x8<S> {
    let [below, above] = Exponential::of_minus(simd, z).halves();
    let sum = below + above;
    (below * above) / (sum * sum)
}

/// dy·y·(1 − y).
#[inline(always)]
pub(super) fn sigmoid_from_output<S: Simd>(simd: S, y: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    dy * (y * (f64x8::splat(simd, 1.0) - y))
}

/// dy·(1 − y)·(1 + y).
#[inline(always)]
pub(super) fn tanh_from_output<S: Simd>(simd: S, y: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
    let one = f64x8::splat(simd, 1.0);
    dy * ((one - y) * (one + y))
}
