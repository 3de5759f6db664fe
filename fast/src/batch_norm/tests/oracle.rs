//! The formulas in 320 bits, and the promised bounds.

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

use crate::Element;

pub(super) type Big = FBig<HalfEven, 2>;

pub(super) fn big(value: f64) -> Big {
    Big::try_from(value).unwrap().with_precision(320).value()
}

fn sum(values: impl Iterator<Item = Big>) -> Big {
    values.fold(big(0.0), |a, b| a + b)
}

pub(super) fn small(value: &Big) -> f64 {
    value.to_f64().value()
}

pub(super) fn absolute(value: Big) -> f64 {
    small(&value).abs()
}

/// The truth about one channel.
pub(super) struct Truth {
    pub(super) mean: Big,
    pub(super) variance: Big,
    pub(super) rstd: Big,
    pub(super) normalized: Vec<Big>,
}

impl Truth {
    pub(super) fn new(x: &[f64], epsilon: f64) -> Self {
        let m = big(x.len() as f64);
        let mean = sum(x.iter().map(|&x| big(x))) / &m;
        let squares = x.iter().map(|&x| big(x) - &mean).map(|d| &d * &d);
        let variance = sum(squares) / &m;
        let rstd = big(1.0) / (&variance + big(epsilon)).sqrt();
        let normalized = x.iter().map(|&x| (big(x) - &mean) * &rstd).collect();
        Self { mean, variance, rstd, normalized }
    }

    pub(super) fn y(&self, i: usize, gamma: f64, beta: f64) -> Big {
        big(gamma) * &self.normalized[i] + big(beta)
    }
}

/// The truth about a channel's gradients.
pub(super) struct Slopes {
    pub(super) dbeta: Big,
    pub(super) dgamma: Big,
    pub(super) dx: Vec<Big>,
}

impl Slopes {
    pub(super) fn new(truth: &Truth, gamma: f64, dy: &[f64]) -> Self {
        let m = big(dy.len() as f64);
        let xhat = &truth.normalized;
        let dbeta = sum(dy.iter().map(|&dy| big(dy)));
        let dgamma = sum(dy.iter().zip(xhat).map(|(&dy, xhat)| big(dy) * xhat));
        let (b, c, k) = (&dbeta / &m, &dgamma / &m, big(gamma) * &truth.rstd);
        let dx = dy.iter().zip(xhat).map(|(&dy, xhat)| (big(dy) - &b - xhat * &c) * &k).collect();
        Self { dbeta, dgamma, dx }
    }
}

/// The unit in the last place of a number in the type's grid.
pub(super) fn ulp<T: Element>(value: f64) -> f64 {
    let (digits, lowest) = if T::SCALED { (52, -1022) } else { (23, -126) };
    let exponent = if value == 0.0 { lowest } else { value.abs().log2().floor() as i32 };
    let exponent = exponent.max(lowest) - digits;
    2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
}

/// The bound promised for y of `f32` data.
pub(super) fn allowed_f32(y: f64, gamma: f64, xhat: f64) -> f64 {
    0.501 * ulp::<f32>(y) + gamma.abs() * (2_f64.powi(-33) * xhat.abs() + 2_f64.powi(-36))
}

/// Errors of mean and r that `f64` data may show: (Δ·r, ρ), by h additions in a row.
pub(super) fn relative_f64(truth: &Truth, x: &[f64], epsilon: f64) -> [f64; 2] {
    let u = 2_f64.powi(-53);
    let m = x.len() as f64;
    let h = m.min(72.0) + (m / 4096.0).max(1.0).log2().ceil() + 8.0;
    let deviation = x.iter().map(|&x| big(x) - &truth.mean).fold(big(0.0), |a, d| {
        let d = if d < big(0.0) { -d } else { d };
        if d > a { d } else { a }
    });
    let spread = (&truth.variance + big(epsilon)).sqrt();
    let ratio = |value: Big| if value == big(0.0) { 0.0 } else { small(&(value / &spread)) };
    let delta = u * (h * ratio(truth.variance.sqrt()) + 8.0 * ratio(deviation));
    [delta, (h + 8.0) * u / 2.0 + 3.0 * u]
}

/// The bound promised for y of `f64` data.
pub(super) fn allowed_f64([delta, rho]: [f64; 2], y: f64, gamma: f64, xhat: f64) -> f64 {
    let u = 2_f64.powi(-53);
    let e = delta + xhat.abs() * (rho + 3.0 * u);
    gamma.abs() * e + u * (2.0 * (gamma * xhat).abs() + y.abs()) + 5e-324 * (1.0 + gamma.abs())
}
