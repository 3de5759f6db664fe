//! By value: each element for itself.

use super::{ByValue, Case, result};
use crate::compare::{Expected, compare_one, same_bits};
use crate::exact::Wide;
use crate::real::towards_zero;
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Target, ulp};

/// CLP-01: to a unit in the last place; the direction of rounding is another clause.
pub(super) fn beyond<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (y, g, tau) = (result(target, case, ByValue)?, case.gradient(), case.threshold);
    let mut verdict = Verdict::CannotTell("nothing is beyond the threshold");
    for (i, (y, g)) in y.iter().zip(&g).enumerate().filter(|(_, (_, g))| g.to_f64().abs() > tau) {
        let expected = Wide::exact(tau.copysign(g.to_f64()));
        let one = Expected::new(expected, ulp::<T>(tau));
        verdict = verdict.and(|| compare_one::<T>(&|| format!("result[{i}]"), *y, one));
    }
    Ok(verdict)
}

/// CLP-02, with the threshold of the case and without one.
pub(super) fn within<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for case in [case.clone(), case.at(f64::INFINITY)] {
        let (mut y, mut g) = (result(target, &case, ByValue)?, case.gradient());
        for i in (0..g.len()).filter(|i| g[*i].to_f64().abs() > case.threshold).collect::<Vec<_>>()
        {
            (y[i], g[i]) = (T::from_f64(0.0), T::from_f64(0.0));
        }
        let why = "what is within the threshold stays, bit for bit";
        verdict = verdict.and(|| same_bits("result", &y, &g, why));
    }
    Ok(verdict)
}

/// CLP-03: for the threshold of the case, and for one that `T` does not have.
pub(super) fn no_element_passes<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    let others = [case.threshold * (1.0 - 0.3 * T::UNIT_ROUNDOFF), 0.5 * T::MIN_SUBNORMAL];
    for case in std::iter::once(case.clone()).chain(others.map(|threshold| case.at(threshold))) {
        let tau = towards_zero::<T>(case.threshold);
        for (i, y) in result(target, &case, ByValue)?.iter().enumerate() {
            if y.to_f64().abs() > tau {
                let expected = format!("at most {tau:?}");
                let why = "the threshold is rounded towards zero";
                return Ok(Finding::fail(format!("result[{i}]"), format!("{y:?}"), expected, why));
            }
            verdict = verdict.and(|| Verdict::HOLDS);
        }
    }
    Ok(verdict)
}
