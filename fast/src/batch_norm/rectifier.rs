//! What may follow a normalisation in the same pass: nothing, or ReLU and leaky ReLU, bit for bit as [`activation`](crate::activation)
//! has them of a tensor of y.
//!
//! Hazard: the activation sees the rounded y, and a positive y may round to 0. Method: y is rounded before
//! its side is looked at, and so is the gradient by y before it goes on.

use fearless_simd::{Simd, SimdBase, f64x8, prelude::*};

use crate::element::{Element, Pair, STEP};
use crate::{Error, check};

/// What follows a normalisation in the same pass. A type, not a value, so that no kernel asks for each
/// sixteen elements.
pub(super) trait Activation: Copy + Send + Sync {
    /// Whether nothing follows.
    const NONE: bool;
    /// The activation of y.
    fn of<S: Simd, T: Element>(self, simd: S, y: Pair<S>) -> Pair<S>;
    /// The gradient by y from `dy`, that by the activation of y.
    fn gradient<S: Simd, T: Element>(self, simd: S, y: Pair<S>, dy: Pair<S>) -> Pair<S>;
}

/// Nothing follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Identity;

impl Activation for Identity {
    const NONE: bool = true;

    #[inline(always)]
    fn of<S: Simd, T: Element>(self, _: S, y: Pair<S>) -> Pair<S> {
        y
    }

    #[inline(always)]
    fn gradient<S: Simd, T: Element>(self, _: S, _: Pair<S>, dy: Pair<S>) -> Pair<S> {
        dy
    }
}

/// ReLU if the slope is 0, leaky ReLU otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Rectifier {
    slope: f64,
}

impl Activation for Rectifier {
    const NONE: bool = false;

    #[inline(always)]
    fn of<S: Simd, T: Element>(self, simd: S, y: Pair<S>) -> Pair<S> {
        let y = rounded::<S, T>(simd, y);
        let (below, zero) = (self.below(simd, y), f64x8::splat(simd, 0.0));
        // A NaN is not ≤ 0 and stays.
        [y[0].simd_le(zero).select(below[0], y[0]), y[1].simd_le(zero).select(below[1], y[1])]
    }

    #[inline(always)]
    fn gradient<S: Simd, T: Element>(self, simd: S, y: Pair<S>, dy: Pair<S>) -> Pair<S> {
        let y = rounded::<S, T>(simd, y);
        let below = rounded::<S, T>(simd, self.below(simd, dy));
        let [zero, nan] = [f64x8::splat(simd, 0.0), f64x8::splat(simd, f64::NAN)];
        let [low, high] = [y[0].simd_gt(zero), y[1].simd_gt(zero)];
        [
            y[0].simd_eq(y[0]).select(low.select(dy[0], below[0]), nan),
            y[1].simd_eq(y[1]).select(high.select(dy[1], below[1]), nan),
        ]
    }
}

impl Rectifier {
    /// Refuses a slope that is not finite.
    pub(super) fn new(slope: f64) -> Result<Self, Error> {
        check::slope(slope)?;
        Ok(Self { slope })
    }

    /// What stands where y is not positive: 0, whatever the value, or its product with the slope.
    #[inline(always)]
    fn below<S: Simd>(self, simd: S, [low, high]: Pair<S>) -> Pair<S> {
        let slope = f64x8::splat(simd, self.slope);
        if self.slope == 0.0 { [slope.abs(); 2] } else { [slope * low, slope * high] }
    }
}

/// Rounds to the precision of the data.
#[inline(always)]
fn rounded<S: Simd, T: Element>(simd: S, pair: Pair<S>) -> Pair<S> {
    let mut rounded = [T::default(); STEP];
    T::narrow(pair, &mut rounded);
    T::widen(simd, &rounded)
}
