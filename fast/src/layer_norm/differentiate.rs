//! dx of a few rows that stand one after the other, and what they give to dγ and dβ.
//!
//! Columns are taken sixteen at a time, of all rows: γ and the sums of the features are loaded once
//! for them, and x̂ is at hand for dx and dγ both.

use fearless_simd::{Simd, SimdBase, f64x8};

use super::normalize::Standard;
use super::out::Out;
use crate::element::{Element, Fused, Pair, STEP, load};
use crate::normalization::Source;
use crate::normalization::planes::Slope;
use crate::normalization::sums::{Factors, add};

/// a = dy·γ, b = x̂ along one row, whose standard is `FOLDED` or any.
#[derive(Clone, Copy)]
pub(super) struct Gradient<'a, T, O, const FOLDED: bool> {
    pub(super) x: &'a [T],
    pub(super) dy: &'a [T],
    pub(super) gamma: &'a [T],
    pub(super) standard: Standard,
    pub(super) out: O,
}

impl<T: Element, O: Out<T>, const FOLDED: bool> Factors for Gradient<'_, T, O, FOLDED> {
    #[inline(always)]
    fn at<S: Simd>(&self, simd: S, at: usize, _: [usize; 2], count: usize) -> [Pair<S>; 2] {
        let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy, at, count));
        let gamma = load(simd, self.gamma, at, count);
        let xhat = self.standard.splat(simd).of::<T, FOLDED>(x);
        self.out.ask(at);
        [[dy[0] * gamma[0], dy[1] * gamma[1]], xhat]
    }
}

/// dx = ((dy·γ − mean(g)) − x̂·mean(g·x̂))·r, three operations.
#[derive(Clone, Copy, Default)]
pub(super) struct Sloped {
    minus_mean: f64,
    minus_mean_x: f64,
    factor: f64,
    extra: f64,
}

impl Sloped {
    pub(super) fn new(slope: &Slope) -> Self {
        let Slope { mean_dy, mean_dy_x, factor, extra } = *slope;
        Self { minus_mean: -mean_dy, minus_mean_x: -mean_dy_x, factor, extra }
    }

    /// Whether a finite x̂ and dy give a finite dx.
    pub(super) fn is_finite(&self) -> bool {
        // 0 times what is not finite is NaN.
        0.0 * self.minus_mean + 0.0 * self.minus_mean_x + 0.0 * self.factor == 0.0
    }

    #[inline(always)]
    fn of<S: Simd, T: Element>(
        &self,
        simd: S,
        xhat: f64x8<S>,
        dy: f64x8<S>,
        gamma: f64x8<S>,
    ) -> f64x8<S> {
        let centred = dy.fused(gamma, f64x8::splat(simd, self.minus_mean));
        let result = xhat.fused(f64x8::splat(simd, self.minus_mean_x), centred)
            * f64x8::splat(simd, self.factor);
        if T::SCALED { result * f64x8::splat(simd, self.extra) } else { result }
    }
}

/// A few rows, whose dy may stand where dx goes; `coefficients` has a pair for each.
#[derive(Clone, Copy)]
pub(super) struct Differentiate<'a, T> {
    pub(super) x: &'a [T],
    pub(super) dy: Source<'a, T>,
    pub(super) gamma: &'a [T],
    pub(super) coefficients: &'a [(Standard, Sloped)],
}

impl<T: Element> Differentiate<'_, T> {
    /// All rows; `sums` holds Σ dy of every feature, then Σ dy·x̂.
    #[inline(always)]
    pub(super) fn run<S: Simd>(self, simd: S, dx: &mut [T], sums: &mut [f64], out: impl Out<T>) {
        if self.coefficients.iter().all(|(standard, _)| standard.is_folded::<T>()) {
            self.all::<S, true>(simd, dx, sums, out);
        } else {
            self.all::<S, false>(simd, dx, sums, out);
        }
    }

    #[inline(always)]
    fn all<S: Simd, const FOLDED: bool>(
        self,
        simd: S,
        dx: &mut [T],
        sums: &mut [f64],
        out: impl Out<T>,
    ) {
        let width = self.gamma.len();
        let (dbeta, dgamma) = sums.split_at_mut(width);
        let head = out.head(&dx[..width]);
        let mut column = 0;
        if head > 0 {
            self.strip::<S, FOLDED>(simd, column, head, dx, [dbeta, dgamma], out);
            column = head;
        }
        while column + STEP <= width {
            self.strip::<S, FOLDED>(simd, column, STEP, dx, [dbeta, dgamma], out);
            column += STEP;
        }
        if column < width {
            self.strip::<S, FOLDED>(simd, column, width - column, dx, [dbeta, dgamma], out);
        }
    }

    /// Up to sixteen features of all rows.
    #[inline(always)]
    fn strip<S: Simd, const FOLDED: bool>(
        self,
        simd: S,
        column: usize,
        count: usize,
        dx: &mut [T],
        [dbeta, dgamma]: [&mut [f64]; 2],
        out: impl Out<T>,
    ) {
        let gamma = load(simd, self.gamma, column, count);
        let (b, g) = (load(simd, dbeta, column, count), load(simd, dgamma, column, count));
        let mut lanes = [b[0], b[1], g[0], g[1]];
        for (row, (standard, sloped)) in self.coefficients.iter().enumerate() {
            let at = row * self.gamma.len() + column;
            let (x, dy) = (load(simd, self.x, at, count), load(simd, self.dy.or(dx), at, count));
            let xhat = standard.splat(simd).of::<T, FOLDED>(x);
            add(&mut lanes, [dy, xhat]);
            let result = [
                sloped.of::<S, T>(simd, xhat[0], dy[0], gamma[0]),
                sloped.of::<S, T>(simd, xhat[1], dy[1], gamma[1]),
            ];
            out.store(simd, result, dx, at, count);
        }
        keep([lanes[0], lanes[1]], dbeta, column, count);
        keep([lanes[2], lanes[3]], dgamma, column, count);
    }
}

/// Sums on their way, as they are.
#[inline(always)]
fn keep<S: Simd>(pair: Pair<S>, sums: &mut [f64], at: usize, count: usize) {
    if count == STEP {
        pair[0].store_slice(&mut sums[at..at + 8]);
        pair[1].store_slice(&mut sums[at + 8..at + STEP]);
    } else {
        let mut padded = [0.0; STEP];
        pair[0].store_slice(&mut padded[..8]);
        pair[1].store_slice(&mut padded[8..]);
        sums[at..at + count].copy_from_slice(&padded[..count]);
    }
}
