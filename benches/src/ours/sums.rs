//! What sums a tensor: the values of penalties, and clipping by the norm.

use std::time::Instant;

use evenkeel_fast::clipping::{self, NonFinite};
use evenkeel_fast::regularization::{l1, l2};

use super::{Lent, Offer, room};
use crate::case::{BadCase, Case};
use crate::data::values;

/// The sum itself: λ = 1.
pub(super) fn penalty(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let w = values::<f32>(case.size("n")?, 1);
    let penalty = if case.kernel == "l1_value" { l1 } else { l2 };
    Ok(vec![Offer::out(room(1), move |value, Lent { workspace, policy }| {
        value[0] = penalty(1.0, &w, workspace, policy)?;
        Ok(())
    })])
}

/// Sizes of so many tensors of n elements together: alike for 1 and 1000, and as 1 : 2 : … : 161.
fn sizes(case: &Case) -> Result<Vec<usize>, BadCase> {
    let (tensors, n) = (case.size("tensors")?, case.size("n")?);
    if tensors != 161 {
        return Ok(vec![n / tensors; tensors]);
    }
    let mut sizes: Vec<usize> = (1..=161).map(|k| n * k / (161 * 162 / 2)).collect();
    sizes[160] = n - sizes[..160].iter().sum::<usize>();
    Ok(sizes)
}

/// Each call has a threshold a little below the norm that the call before has left: all of them scale.
const SHRINK: f64 = 0.9999;

pub(super) fn clip_norm(case: &Case) -> Result<Vec<Offer>, BadCase> {
    let sizes = sizes(case)?;
    let all = values::<f32>(sizes.iter().sum(), 1);
    let square = |w: &f32| f64::from(*w) * f64::from(*w);
    let mut threshold = 0.5 * all.iter().map(square).sum::<f64>().sqrt();
    let timed = move |all: &mut [f32], calls, Lent { workspace, policy }: &mut Lent| {
        // A caller has this list: it is made once for all calls.
        let mut tensors = split(all, &sizes);
        let start = Instant::now();
        for _ in 0..calls {
            let refuse = NonFinite::Refuse;
            let tensors = &mut tensors;
            clipping::by_global_norm_in_place(threshold, refuse, tensors, workspace, policy)?;
            threshold *= SHRINK;
        }
        Ok(start.elapsed())
    };
    Ok(vec![Offer::timed(all, timed)])
}

/// The tensors of a gradient, one after the other.
fn split<'a>(mut all: &'a mut [f32], sizes: &[usize]) -> Vec<&'a mut [f32]> {
    let next = |size: &usize| all.split_off_mut(..*size).unwrap_or_default();
    sizes.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_hold_all_elements() {
        for line in ["n=14000000 tensors=161", "n=256000 tensors=1000", "n=7 tensors=1"] {
            let case: Case = format!("clip_norm {line}").parse().unwrap();
            let sizes = sizes(&case).unwrap();
            assert_eq!(sizes.iter().sum::<usize>(), case.size("n").unwrap());
            assert_eq!(sizes.len(), case.size("tensors").unwrap());
        }
        let mut all = [1.0, 2.0, 3.0];
        assert_eq!(split(&mut all, &[1, 2]), [&[1.0][..], &[2.0, 3.0]]);
    }
}
