//! The battery: small inputs on which the mistakes differ, the same for every diagnosis.

use super::answer::{Answer, Part, ask};
use crate::batch_norm::mistakes::Mistake;
use crate::batch_norm::{BatchNorm, Case, Variance};
use crate::inputs::unit_at;
use crate::{Real, Shape};

/// One call: an input and a function.
pub(super) struct Probe<T> {
    pub(super) case: Case<T>,
    pub(super) part: Part,
    /// Its sums are exact in any order: no allowance for rounding x.
    pub(super) exact: bool,
}

/// Row-major, column-major and images; two values and many channels.
const LAYOUTS: [Shape; 5] = [
    Shape::new(8, 3, 1),
    Shape::new(1, 3, 8),
    Shape::new(3, 3, 4),
    Shape::new(2, 3, 1),
    Shape::new(7, 16, 1),
];

/// A case of numbers with full significands: γ and β neither 0 nor 1, statistics unlike the batch's.
///
/// Channel c has the mean `mean`·(1, −½, ⅓, …) and a standard deviation near `deviation`.
pub(super) fn case<T: Real>(shape: Shape, mean: f64, deviation: f64, epsilon: f64) -> Case<T> {
    let number = |seed: u64, i: usize| unit_at(seed ^ shape.len() as u64, i);
    let own = |seed: u64| (0..shape.channels).map(|c| number(seed, c)).collect::<Vec<f64>>();
    let sign = |c: usize| if c.is_multiple_of(2) { 1.0 } else { -1.0 };
    let x = |i: usize| {
        let c = if shape.is_empty() { 0 } else { shape.channel_of(i) };
        (mean * sign(c) + deviation * number(1, i)) / (1.0 + c as f64)
    };
    let all = |value: &dyn Fn(usize) -> f64| (0..shape.len()).map(value).map(T::from_f64).collect();
    let round = |values: Vec<f64>| values.into_iter().map(T::from_f64).collect();
    let given = |c: usize, z: f64| (mean * sign(c) + 0.3 * deviation * z) / (1.0 + c as f64);
    Case {
        shape,
        x: all(&x),
        dy: all(&|i| number(2, i) + 0.4),
        gamma: round(own(3).into_iter().map(|z| 0.5 + z.abs()).collect()),
        beta: round(own(4).into_iter().map(|z| z - 0.3).collect()),
        mean: round(own(5).into_iter().enumerate().map(|(c, z)| given(c, z)).collect()),
        variance: round(own(6).into_iter().map(|z| (0.2 + z.abs()) * deviation.powi(2)).collect()),
        epsilon,
        weight_of_new: 0.3,
        convention: Variance::Biased,
    }
}

/// Valid inputs on which every sound implementation agrees, up to rounding.
pub(super) fn valid<T: Real>() -> Vec<Probe<T>> {
    let mut cases = Vec::new();
    for shape in LAYOUTS {
        cases.push(case(shape, 1.0, 1.0, 1e-3));
        cases.push(Case { convention: Variance::Unbiased, ..case(shape, 0.5, 2.0, 1.0) });
        cases.push(case(shape, 1e-2, 1e-2, 1e-5));
        cases.push(case(shape, 0.0, 3.0, 0.0));
    }
    // Where mean(x²) − μ² loses some digits, most, and all.
    for bits in [T::DIGITS / 4, T::DIGITS / 2, T::DIGITS * 5 / 8] {
        for shape in [Shape::new(8, 3, 1), Shape::new(7, 16, 1)] {
            cases.push(case(shape, f64::from(bits).exp2(), 1.0, 1e-6));
        }
    }
    let mut probes = calls(cases, false);
    probes.extend(calls(degenerate(), true).into_iter().filter(is_the_formula_s));
    probes.extend(calls(with_nan(), false));
    probes
}

/// One value per channel, no channel, constant channels whose sums are exact.
fn degenerate<T: Real>() -> Vec<Case<T>> {
    let number = T::from_f64;
    let mut cases = vec![
        case(Shape::new(1, 3, 1), 1.0, 1.0, 1e-3),
        case(Shape::new(1, 3, 1), 1.0, 1.0, 0.0),
        case(Shape::new(4, 0, 2), 1.0, 1.0, 1e-3),
    ];
    for (value, epsilon) in [(2.0, 1e-3), (0.0, 1e-3), (0.0, 0.0)] {
        let constant = case(Shape::new(4, 2, 1), 0.0, 1.0, epsilon);
        cases.push(Case { x: vec![number(value); 8], ..constant });
    }
    cases
}

/// Where σ² + ε is 0, only y is asked for: what 0·∞ becomes in a gradient depends on how it is written.
fn is_the_formula_s<T>(probe: &Probe<T>) -> bool {
    probe.case.epsilon > 0.0 || probe.part == Part::Forward
}

/// A NaN in x, then in dy.
fn with_nan<T: Real>() -> Vec<Case<T>> {
    let number = T::from_f64;
    let mut cases = Vec::new();
    for place in [0, 5] {
        let mut nan = case(Shape::new(4, 3, 1), 1.0, 1.0, 1e-3);
        nan.x[place] = number(f64::NAN);
        cases.push(nan.clone());
        nan.x[place] = number(0.7);
        nan.dy[place] = number(f64::NAN);
        cases.push(nan);
    }
    cases
}

/// Arguments that must be refused, one at a time.
pub(super) fn invalid<T: Real>() -> Vec<Probe<T>> {
    let plain: Case<T> = case(Shape::new(4, 3, 2), 1.0, 1.0, 1e-3);
    let mut cases = Vec::new();
    for epsilon in [-1e-3, f64::NAN, f64::INFINITY] {
        cases.push(Case { epsilon, ..plain.clone() });
    }
    for weight_of_new in [-0.5, 1.5, f64::NAN] {
        cases.push(Case { weight_of_new, ..plain.clone() });
    }
    let short = |values: &[T]| values[..values.len() - 1].to_vec();
    cases.push(Case { gamma: short(&plain.gamma), ..plain.clone() });
    cases.push(Case { beta: short(&plain.beta), ..plain.clone() });
    cases.push(Case { x: short(&plain.x), ..plain.clone() });
    cases.push(Case { dy: short(&plain.dy), ..plain.clone() });
    cases.push(Case { mean: short(&plain.mean), ..plain.clone() });
    cases.push(case(Shape::new(0, 3, 1), 1.0, 1.0, 1e-3));
    let single = case(Shape::new(1, 3, 1), 1.0, 1.0, 1e-3);
    cases.push(Case { convention: Variance::Unbiased, ..single });
    let mut probes = calls(cases, true);
    probes.retain(|probe| probe.part != Part::ForwardInParts);
    probes
}

/// The failing cases that are small and in a range where every sound implementation works.
pub(super) fn from_failures<T: Real>(failing: &[Case<T>]) -> Vec<Probe<T>> {
    /// Enough to tell, few enough to try every mistake on.
    const SIZE: usize = 2048;
    const COUNT: usize = 12;
    let mut cases: Vec<_> =
        failing.iter().filter(|c| c.shape.len() <= SIZE && is_moderate(c)).cloned().collect();
    cases.sort_by_key(|case| case.shape.len());
    cases.truncate(COUNT);
    calls(cases, false)
}

/// Whether squares of all its numbers, and squares of those, stay well inside the range of `T`.
fn is_moderate<T: Real>(case: &Case<T>) -> bool {
    let (low, high) = (T::MIN_POSITIVE.powf(0.25), T::MAX.powf(0.25));
    let fits = |v: f64| v == 0.0 || (low..=high).contains(&v.abs());
    let numbers = [&case.gamma, &case.beta, &case.mean, &case.variance, &case.dy, &case.x];
    fits(case.epsilon.sqrt())
        && numbers.into_iter().flatten().all(|v| v.is_nan() || fits(v.to_f64()))
}

/// Every function on every case, as far as the arguments concern it.
fn calls<T: Real>(cases: Vec<Case<T>>, exact: bool) -> Vec<Probe<T>> {
    let each = |case: Case<T>| {
        let parts = Part::ALL.into_iter().filter(|part| part.concerns(&case));
        parts.map(|part| Probe { case: case.clone(), part, exact }).collect::<Vec<_>>()
    };
    cases.into_iter().flat_map(each).collect()
}

/// The answer of a mistake: it offers everything.
pub(super) fn answer_of<T: Real>(mistake: &Mistake, probe: &Probe<T>) -> Answer {
    ask(mistake as &dyn BatchNorm<T>, &probe.case, probe.part)
}
