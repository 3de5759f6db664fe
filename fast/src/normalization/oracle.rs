//! For tests: the formulas in 320 bits, the promised bounds, and draws.

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;

use crate::{Element, Policy};

pub(crate) type Big = FBig<HalfEven, 2>;

pub(crate) fn big(value: f64) -> Big {
    Big::try_from(value).unwrap().with_precision(320).value()
}

pub(crate) fn sum(values: impl Iterator<Item = Big>) -> Big {
    values.fold(big(0.0), |a, b| a + b)
}

pub(crate) fn small(value: &Big) -> f64 {
    value.to_f64().value()
}

pub(crate) fn absolute(value: Big) -> f64 {
    small(&value).abs()
}

/// The truth about one channel or row.
pub(crate) struct Truth {
    pub(crate) mean: Big,
    pub(crate) variance: Big,
    pub(crate) rstd: Big,
    pub(crate) normalized: Vec<Big>,
}

impl Truth {
    pub(crate) fn new(x: &[f64], epsilon: f64) -> Self {
        let m = big(x.len() as f64);
        let mean = sum(x.iter().map(|&x| big(x))) / &m;
        let squares = x.iter().map(|&x| big(x) - &mean).map(|d| &d * &d);
        let variance = sum(squares) / &m;
        let rstd = big(1.0) / (&variance + big(epsilon)).sqrt();
        let normalized = x.iter().map(|&x| (big(x) - &mean) * &rstd).collect();
        Self { mean, variance, rstd, normalized }
    }

    pub(crate) fn y(&self, i: usize, gamma: f64, beta: f64) -> Big {
        big(gamma) * &self.normalized[i] + big(beta)
    }
}

/// The truth about the gradients of a channel; of a row, if dy is dy·γ and γ is 1.
pub(crate) struct Slopes {
    pub(crate) dbeta: Big,
    pub(crate) dgamma: Big,
    pub(crate) dx: Vec<Big>,
}

impl Slopes {
    pub(crate) fn new(truth: &Truth, gamma: f64, dy: &[Big]) -> Self {
        let m = big(dy.len() as f64);
        let xhat = &truth.normalized;
        let dbeta = sum(dy.iter().cloned());
        let dgamma = sum(dy.iter().zip(xhat).map(|(dy, xhat)| dy * xhat));
        let (b, c, k) = (&dbeta / &m, &dgamma / &m, big(gamma) * &truth.rstd);
        let dx = dy.iter().zip(xhat).map(|(dy, xhat)| (dy - &b - xhat * &c) * &k).collect();
        Self { dbeta, dgamma, dx }
    }
}

/// The unit in the last place of a number in the type's grid.
pub(crate) fn ulp<T: Element>(value: f64) -> f64 {
    let (digits, lowest) = if T::SCALED { (52, -1022) } else { (23, -126) };
    let exponent = if value == 0.0 { lowest } else { value.abs().log2().floor() as i32 };
    let exponent = exponent.max(lowest) - digits;
    2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
}

/// The bound promised for y of `f32` data.
pub(crate) fn allowed_f32(y: f64, gamma: f64, xhat: f64) -> f64 {
    0.501 * ulp::<f32>(y) + gamma.abs() * (2_f64.powi(-33) * xhat.abs() + 2_f64.powi(-36))
}

/// Errors of mean and r that `f64` data may show: (Δ·r, ρ), by h additions in a row.
pub(crate) fn relative_f64(truth: &Truth, x: &[f64], epsilon: f64) -> [f64; 2] {
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
pub(crate) fn allowed_f64([delta, rho]: [f64; 2], y: f64, gamma: f64, xhat: f64) -> f64 {
    let u = 2_f64.powi(-53);
    let e = delta + xhat.abs() * (rho + 3.0 * u);
    gamma.abs() * e + u * (2.0 * (gamma * xhat).abs() + y.abs()) + 5e-324 * (1.0 + gamma.abs())
}

/// SplitMix64: a fixed seed, the same draws everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Uniform in (0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (((z ^ (z >> 31)) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Nearly normal: the sum of twelve uniforms.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Serial, on the best level.
pub(crate) fn serial() -> Policy {
    Policy { serial_below: usize::MAX, ..Policy::default() }
}

/// Calls in a pool while another of its workers is awake and looks for work, if one can be had: a kernel
/// is done before a sleeping worker wakes, above all on a busy machine.
pub(crate) fn in_company<R: Send>(pool: &rayon::ThreadPool, call: impl FnOnce() -> R + Send) -> R {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
    const PATIENCE: std::time::Duration = std::time::Duration::from_millis(10);
    let (done, beat) = (AtomicBool::new(false), AtomicUsize::new(0));
    pool.install(|| {
        let caller = rayon::current_thread_index();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| {
                // The caller itself would wait for its own end here.
                while rayon::current_thread_index() != caller && !done.load(Relaxed) {
                    beat.fetch_add(1, Relaxed);
                    rayon::yield_now();
                }
            });
            let since = std::time::Instant::now();
            while beat.load(Relaxed) == 0 && since.elapsed() < PATIENCE {
                std::hint::spin_loop();
            }
            // A panic must not leave the other one waiting.
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
            done.store(true, Relaxed);
            result.unwrap_or_else(|cause| std::panic::resume_unwind(cause))
        })
    })
}
