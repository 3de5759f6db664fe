//! CAP-17 … CAP-19: how much better a network does on what it has seen.

use super::{Case, Function, ask};
use crate::compare::same_bits;
use crate::exact::Exact;
use crate::verdict::{Checked, Verdict};
use crate::{Real, Target};

/// The nearest number of `T` to more − less, both finite: that of `f64` first, which changes nothing for
/// `f32`.
fn difference<T: Real>(more: T, less: T) -> T {
    let exact = Exact::from_f64(more.to_f64()) - Exact::from_f64(less.to_f64());
    T::from_f64(exact.to_f64())
}

/// The same bits; a zero may have either sign.
fn agrees<T: Real>(name: &str, got: T, expected: T) -> Verdict {
    if got.to_f64() == 0.0 && expected.to_f64() == 0.0 {
        return Verdict::HOLDS;
    }
    same_bits(name, &[got], &[expected], "one rounding, to nearest")
}

/// CAP-17, in both directions.
pub(super) fn of_losses<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let [a, b] = case.losses;
    let gap =
        |train, validation| ask(target, Function::LossGap, |own| own.loss_gap(train, validation));
    let (one, other) = (gap(a, b)?, gap(b, a)?);
    Ok(agrees("gap of losses", one, difference(b, a))
        .and(|| agrees("gap of losses, exchanged", other, difference(a, b))))
}

/// CAP-18, in both directions.
pub(super) fn of_accuracies<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let [a, b] = case.accuracies;
    let gap = |train, validation| {
        ask(target, Function::AccuracyGap, |own| own.accuracy_gap(train, validation))
    };
    let (one, other) = (gap(a, b)?, gap(b, a)?);
    Ok(agrees("gap of accuracies", one, difference(a, b))
        .and(|| agrees("gap of accuracies, exchanged", other, difference(b, a))))
}

/// CAP-19: every pair of a NaN, an infinity and the losses of the case in which one is not finite.
pub(super) fn not_finite<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (nan, infinite) = (f64::NAN, f64::INFINITY);
    let loss = case.losses[0].to_f64();
    let mut verdict = Verdict::CannotTell("no loss");
    for (train, validation, gap) in [
        (loss, infinite, infinite),
        (infinite, loss, -infinite),
        (loss, -infinite, -infinite),
        (-infinite, infinite, infinite),
        (infinite, infinite, nan),
        (-infinite, -infinite, nan),
        (nan, loss, nan),
        (loss, nan, nan),
        (nan, infinite, nan),
    ] {
        let [train_t, validation_t, expected] = [train, validation, gap].map(T::from_f64);
        let got = ask(target, Function::LossGap, |own| own.loss_gap(train_t, validation_t))?;
        let name = format!("gap of losses {train:?} and {validation:?}");
        verdict = verdict.and(|| same_bits(&name, &[got], &[expected], "what the difference is"));
    }
    Ok(verdict)
}
