//! The formulas on eight lanes.

use fearless_simd::{Simd, f64x8};

use super::planes::{
    BETA, EXTRA, FACTOR, GAMMA, MEAN_DY, MEAN_DY_X, OFFSET, Planes, RSTD, SCALE, SHIFT,
};
use crate::element::{Element, Fused};

/// What the lanes of a kernel run along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Along {
    /// The values of one channel.
    Channel,
    /// Neighbouring columns, each with its own coefficients.
    Columns,
}

/// Something done to eight values at a time, with the coefficients of one column or of eight.
pub(crate) trait Formula<S: Simd>: Copy {
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self;

    /// The formula for sixteen columns, or twice for one.
    #[inline(always)]
    fn pair(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> [Self; 2] {
        let next = if along == Along::Columns { column + 8 } else { column };
        [Self::new(simd, planes, column, along), Self::new(simd, planes, next, along)]
    }
}

/// x̂ = (x − μ)·r, the mean in two parts.
#[derive(Clone, Copy)]
pub(crate) struct Normalized<S: Simd> {
    scale: f64x8<S>,
    shift: f64x8<S>,
    offset: f64x8<S>,
    rstd: f64x8<S>,
}

impl<S: Simd> Formula<S> for Normalized<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            scale: planes.lanes(simd, SCALE, column, along),
            shift: planes.lanes(simd, SHIFT, column, along),
            offset: planes.lanes(simd, OFFSET, column, along),
            rstd: planes.lanes(simd, RSTD, column, along),
        }
    }
}

impl<S: Simd> Normalized<S> {
    #[inline(always)]
    pub(crate) fn of<T: Element>(&self, x: f64x8<S>) -> f64x8<S> {
        (difference::<S, T>(x, self.scale, self.shift) - self.offset) * self.rstd
    }
}

impl<S: Simd> Normalized<S> {
    /// x − shift, of data that is not scaled.
    #[inline(always)]
    pub(crate) fn shifted(&self, x: f64x8<S>) -> f64x8<S> {
        x - self.shift
    }
}

/// x·scale − shift with one rounding; `f32` data is never scaled.
#[inline(always)]
pub(crate) fn difference<S: Simd, T: Element>(
    x: f64x8<S>,
    scale: f64x8<S>,
    shift: f64x8<S>,
) -> f64x8<S> {
    if T::SCALED { x.fused(scale, -shift) } else { x - shift }
}

/// y = γ·x̂ + β; for `f32` folded to (x − shift)·a + c, with a where γ is and c where β is.
#[derive(Clone, Copy)]
pub(crate) struct Forward<S: Simd> {
    normalized: Normalized<S>,
    gamma: f64x8<S>,
    beta: f64x8<S>,
}

impl<S: Simd> Formula<S> for Forward<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            normalized: Normalized::new(simd, planes, column, along),
            gamma: planes.lanes(simd, GAMMA, column, along),
            beta: planes.lanes(simd, BETA, column, along),
        }
    }
}

impl<S: Simd> Forward<S> {
    #[inline(always)]
    pub(crate) fn of<T: Element>(&self, x: f64x8<S>) -> f64x8<S> {
        let x = if T::SCALED { self.normalized.of::<T>(x) } else { self.normalized.shifted(x) };
        x.fused(self.gamma, self.beta)
    }
}

/// What [`Backward`] does with x̂ and dy.
#[derive(Clone, Copy)]
pub(crate) struct Sloped<S: Simd> {
    mean_dy: f64x8<S>,
    mean_dy_x: f64x8<S>,
    factor: f64x8<S>,
    extra: f64x8<S>,
}

impl<S: Simd> Formula<S> for Sloped<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            mean_dy: planes.lanes(simd, MEAN_DY, column, along),
            mean_dy_x: planes.lanes(simd, MEAN_DY_X, column, along),
            factor: planes.lanes(simd, FACTOR, column, along),
            extra: planes.lanes(simd, EXTRA, column, along),
        }
    }
}

impl<S: Simd> Sloped<S> {
    #[inline(always)]
    pub(crate) fn of<T: Element>(&self, xhat: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
        let centred = (-xhat).fused(self.mean_dy_x, dy - self.mean_dy);
        if T::SCALED { centred * self.factor * self.extra } else { centred * self.factor }
    }
}

/// dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)); for `f32` folded to γ·r·(dy + ((x − shift)·e + k)), with
/// k where mean(dy) is and e where mean(dy·x̂) is.
#[derive(Clone, Copy)]
pub(crate) struct Backward<S: Simd> {
    normalized: Normalized<S>,
    sloped: Sloped<S>,
}

impl<S: Simd> Formula<S> for Backward<S> {
    #[inline(always)]
    fn new(simd: S, planes: &Planes<'_>, column: usize, along: Along) -> Self {
        Self {
            normalized: Normalized::new(simd, planes, column, along),
            sloped: Sloped::new(simd, planes, column, along),
        }
    }
}

impl<S: Simd> Backward<S> {
    #[inline(always)]
    pub(crate) fn of<T: Element>(&self, x: f64x8<S>, dy: f64x8<S>) -> f64x8<S> {
        if T::SCALED {
            return self.sloped.of::<T>(self.normalized.of::<T>(x), dy);
        }
        let Sloped { mean_dy: k, mean_dy_x: e, factor, .. } = self.sloped;
        (self.normalized.shifted(x).fused(e, k) + dy) * factor
    }
}
