//! The sums of penalties: blocks, a tree over them, a tree over the tensors, and one product at the end.

use super::Penalty;
use crate::moments::{RESCUE, exp2};
use crate::normalization::sums::BLOCK;
use crate::policy::Work;
use crate::workspace::{Crew, at_least, tree};
use crate::{Element, Policy, Workspace};

/// Below it the squares that count may have lost bits.
const SMALLEST: f64 = exp2(-960);

/// λ times the sum, or half of it, over all elements of all tensors.
pub(super) fn penalty<'a, T: Element>(
    penalty: Penalty,
    lambda: f64,
    tensors: impl Iterator<Item = &'a [T]> + Clone,
    workspace: &mut Workspace,
    policy: &Policy,
) -> T {
    let mut all = |exponent| sum(penalty, tensors.clone(), exp2(exponent), workspace, policy);
    let (mut total, mut exponent) = (all(0), 0);
    if T::SCALED && (total < SMALLEST || total.is_infinite()) {
        exponent = if total < SMALLEST { RESCUE } else { -RESCUE };
        total = all(exponent);
    }
    T::round(match penalty {
        Penalty::L1 => times(lambda, total, -exponent),
        Penalty::L2 => times(lambda, total, -2 * exponent - 1),
    })
}

/// Blocks that a thread sums at a time.
const TOGETHER: usize = 8;

/// Σ|w·scale| or Σ(w·scale)².
fn sum<'a, T: Element>(
    penalty: Penalty,
    tensors: impl Iterator<Item = &'a [T]> + Clone,
    scale: f64,
    workspace: &mut Workspace,
    policy: &Policy,
) -> f64 {
    let over = |of: fn(&[T]) -> usize| tensors.clone().map(of).sum::<usize>();
    let blocks = over(|tensor| tensor.len().div_ceil(BLOCK));
    let Workspace { slots, workers, .. } = workspace;
    let crew = Crew::new(policy.parallel(over(<[T]>::len), Work::Light), workers);
    let (mut slots, totals) = at_least(slots, blocks + over(|_| 1)).split_at_mut(blocks);
    for (tensor, total) in tensors.zip(&mut *totals) {
        let own = slots.split_off_mut(..tensor.len().div_ceil(BLOCK)).unwrap_or_default();
        *total = of_tensor(crew, penalty, tensor, scale, own, policy);
    }
    tree(totals)
}

/// The same of one tensor; a slot for each of its blocks.
fn of_tensor<T: Element>(
    crew: Crew<'_>,
    penalty: Penalty,
    tensor: &[T],
    scale: f64,
    slots: &mut [f64],
    policy: &Policy,
) -> f64 {
    let far = policy.streams::<T>(tensor.len());
    crew.each_chunk(slots, TOGETHER, |k, slots| {
        let rest = &tensor[k * TOGETHER * BLOCK..];
        T::magnitudes(policy.level, penalty, far, rest, scale, slots);
    });
    tree(slots)
}

/// λ·x·2ᵏ for x ≥ 0: nothing leaves the range on the way unless the result does.
fn times(lambda: f64, x: f64, k: i32) -> f64 {
    let ((lambda, of_lambda), (x, of_x)) = (split(lambda), split(x));
    // Two halves: the first leaves a normal number, so that the second rounds once.
    let k = (k + of_lambda + of_x).clamp(-2 * 1021, 2 * 1021);
    lambda * x * exp2(k / 2) * exp2(k - k / 2)
}

/// A positive number as one of [1, 2) and a power of two; what has none, as it is.
fn split(x: f64) -> (f64, i32) {
    if !(x > 0.0 && x.is_finite()) {
        return (x.abs(), 0);
    }
    // The exponent of a subnormal number is read from a normal one.
    let (x, own) = if x < f64::MIN_POSITIVE { (x * exp2(100), -100) } else { (x, 0) };
    let exponent = (x.to_bits() >> 52) as i32 - 1023;
    let near_1 = f64::from_bits((x.to_bits() & !(0x7ff << 52)) | (1023 << 52));
    (near_1, exponent + own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_split_and_joined_exactly() {
        for x in [1.0, 0.1, 3.5, 1e300, 1e-300, 5e-324, f64::MIN_POSITIVE, f64::MAX] {
            let (near_1, exponent) = split(x);
            assert!((1.0..2.0).contains(&near_1), "{x}");
            assert_eq!(times(1.0, x, 0), x);
            assert_eq!(near_1 * exp2(exponent / 2) * exp2(exponent - exponent / 2), x);
        }
        assert_eq!((split(0.0), split(-0.0)), ((0.0, 0), (0.0, 0)));
    }

    #[test]
    fn products_leave_the_range_only_with_their_result() {
        assert_eq!(times(f64::MAX, 5e-324, 0), f64::MAX * 5e-324);
        assert_eq!(times(exp2(1000), exp2(1000), -1990), exp2(10));
        assert_eq!(times(exp2(-1000), exp2(-1000), 1990), exp2(-10));
        assert_eq!(times(exp2(1000), 1.0, 100), f64::INFINITY);
        assert_eq!(times(exp2(-1000), 1.0, -100), 0.0);
        assert_eq!((times(0.0, 3.0, 50), times(0.25, f64::INFINITY, -1200)), (0.0, f64::INFINITY));
        assert!(times(0.0, f64::INFINITY, 0).is_nan() && times(1.0, f64::NAN, 0).is_nan());
    }
}
