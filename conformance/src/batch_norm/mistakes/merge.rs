//! The statistics of two parts of a channel, merged.
//!
//! ```text
//! δ = mean_b − mean_a    mean = mean_a + δ·n_b/n    Q = Q_a + Q_b + δ²·n_a·n_b/n
//! ```
//! Q is Σ(x − mean)² (Chan, Golub & LeVeque 1983). Every mean is a shift and an offset from it, and the
//! parts have shifts of their own.

use crate::Real;
use crate::normalization::mistakes::Fault;
use crate::normalization::mistakes::base::Statistics;

/// What is kept of one part.
struct Moments {
    count: f64,
    shift: f64,
    offset: f64,
    squares: f64,
}

/// The statistics of `first` followed by `rest`.
pub(super) fn merged<T: Real>(first: &[T], rest: &[T], epsilon: f64, fault: Fault) -> Statistics {
    let part = |values: &[T]| {
        let it = Statistics::of(values, epsilon, fault, 0.0);
        let (shift, offset) = it.shift_and_offset();
        let count = values.len() as f64;
        Moments { count, shift, offset, squares: it.variance() * count }
    };
    match fault {
        Fault::MergeShift | Fault::MergeDistance if !first.is_empty() && !rest.is_empty() => {
            merge(&part(first), &part(rest), epsilon, fault)
        }
        // What is no mistake of merging takes the whole: δ² in plain `f64` would be one more fault.
        _ => Statistics::of(&[first, rest].concat(), epsilon, fault, 0.0),
    }
}

fn merge(a: &Moments, b: &Moments, epsilon: f64, fault: Fault) -> Statistics {
    let between_shifts = if fault == Fault::MergeShift { 0.0 } else { b.shift - a.shift };
    let delta = between_shifts + (b.offset - a.offset);
    let count = a.count + b.count;
    let distance = delta * delta * a.count * (b.count / count);
    let distance = if fault == Fault::MergeDistance { 0.0 } else { distance };
    let offset = a.offset + delta * (b.count / count);
    let variance = (a.squares + b.squares + distance) / count;
    Statistics::unscaled(a.shift, offset, variance, fault.reciprocal(variance, epsilon, 1.0))
}
