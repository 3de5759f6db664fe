//! Numbers against numbers: the one place where a target's value meets a bound.

use crate::exact::Wide;
use crate::verdict::{Finding, Measure, Verdict};
use crate::{Real, ulp};

/// Covers products of two errors in a bound: every error that is not carried in full is below 2⁻²⁰.
pub(crate) const SECOND_ORDER: f64 = 1.0 + 1.0 / 1024.0;

/// What one number must be, and how far from it a target may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    /// The true value.
    pub truth: Wide,
    /// The bound that the clause derives.
    pub bound: f64,
    /// The largest term of the sum that the number is: ulps are told of that, since where terms
    /// cancel the ulp of what is left says nothing about the arithmetic.
    pub scale: f64,
}

impl Expected {
    /// A number that is no sum of larger ones.
    pub(crate) fn new(truth: Wide, bound: f64) -> Self {
        Self { truth, bound, scale: truth.to_f64().abs() }
    }

    /// A number that is a sum of terms of at most this magnitude.
    pub(crate) fn of_terms(self, largest: f64) -> Self {
        Self { scale: self.scale.max(largest), ..self }
    }
}

/// Compares `got[i]` with `expected(i)`; `None` where nothing can be told of that element.
///
/// A true value beyond the range of `T` says nothing about a rounding error and is passed over.
pub(crate) fn compare<T: Real>(
    name: &str,
    got: &[T],
    expected: impl Fn(usize) -> Option<Expected>,
) -> Verdict {
    let mut verdict = Verdict::CannotTell("too ill-conditioned for a bound");
    for (i, value) in got.iter().enumerate() {
        if let Some(one) = expected(i) {
            verdict = verdict.and(|| compare_one::<T>(&|| format!("{name}[{i}]"), *value, one));
        }
    }
    verdict
}

/// Compares one number.
pub(crate) fn compare_one<T: Real>(place: &dyn Fn() -> String, got: T, one: Expected) -> Verdict {
    let truth = one.truth.to_f64();
    if truth.is_nan() || truth.abs() >= T::MAX {
        return Verdict::CannotTell("the true value is beyond the range of the type");
    }
    let error = one.truth.distance(got.to_f64());
    let within = error <= one.bound;
    if !within {
        return out_of_bound::<T>(&place(), got.to_f64(), one, error);
    }
    Verdict::Pass(Measure {
        ratio: if error == 0.0 { 0.0 } else { error / one.bound },
        ulps: error / ulp::<T>(one.scale),
        compared: 1,
    })
}

fn out_of_bound<T: Real>(place: &str, got: f64, one: Expected, error: f64) -> Verdict {
    let truth = one.truth.to_f64();
    let ulps = error / ulp::<T>(one.scale);
    Finding::fail(
        place,
        show::<T>(got),
        format!("{}{}", show::<T>(truth), distance(error, ulps)),
        format!("±{:.3e}{}", one.bound, multiple(error / one.bound)),
    )
}

fn distance(error: f64, ulps: f64) -> String {
    if error.is_finite() {
        format!(" (off by {error:.3e}, {} ulp)", brief(ulps))
    } else {
        String::new()
    }
}

fn multiple(times: f64) -> String {
    if times.is_finite() {
        format!(" (the error is {} times that)", brief(times))
    } else {
        String::new()
    }
}

/// A ratio for reading: digits while they say something, then its size.
fn brief(ratio: f64) -> String {
    if ratio < 1e4 { format!("{ratio:.1}") } else { format!("{ratio:.0e}") }
}

/// As short as repeats the number in its own precision.
pub(crate) fn show<T: Real>(value: f64) -> String {
    format!("{:?}", T::from_f64(value))
}

/// Holds if `got` and `expected` have the same bits; a NaN is as good as any other NaN.
pub(crate) fn same_bits<T: Real>(name: &str, got: &[T], expected: &[T], why: &str) -> Verdict {
    for (i, (a, b)) in got.iter().zip(expected).enumerate() {
        if a.bits() != b.bits() && !(a.is_nan() && b.is_nan()) {
            let place = format!("{name}[{i}]");
            return Finding::fail(place, format!("{a:?}"), format!("{b:?}"), why);
        }
    }
    Verdict::Pass(Measure { ratio: 0.0, ulps: 0.0, compared: got.len() as u64 })
}

/// Numbers and where they stand.
type Places<'a, T> = &'a mut dyn Iterator<Item = (usize, T)>;

/// Holds if every number of `values` is NaN.
pub(crate) fn all_nan<T: Real>(name: &str, values: Places<'_, T>, why: &str) -> Verdict {
    all(name, values, T::is_nan, "NaN", why)
}

/// Holds if no number of `values` is finite.
pub(crate) fn none_finite<T: Real>(name: &str, values: Places<'_, T>, why: &str) -> Verdict {
    all(name, values, |value| !value.is_finite(), "NaN or infinite", why)
}

fn all<T: Real>(
    name: &str,
    values: Places<'_, T>,
    holds: impl Fn(T) -> bool,
    expected: &str,
    why: &str,
) -> Verdict {
    let mut compared = 0;
    for (i, value) in values {
        if !holds(value) {
            return Finding::fail(format!("{name}[{i}]"), format!("{value:?}"), expected, why);
        }
        compared += 1;
    }
    Verdict::Pass(Measure { ratio: 0.0, ulps: 0.0, compared })
}
