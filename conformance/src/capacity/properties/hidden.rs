//! CAP-09 … CAP-13: networks with hidden layers, and what makes them smaller.

use super::{Case, Function, Perceptron, ask, narrowed, perceptron_count, same};
use crate::capacity::truth;
use crate::verdict::{Checked, Finding, Verdict};
use crate::{Real, Target};

/// CAP-09.
pub(super) fn perceptron<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = perceptron_count(target, &case.perceptron)?;
    Ok(same("the perceptron", got, truth::count(&case.perceptron.layers())))
}

fn same_perceptron(place: String, got: &Perceptron, expected: &Perceptron, why: &str) -> Verdict {
    if got == expected {
        return Verdict::HOLDS;
    }
    Finding::fail(place, format!("{got:?}"), format!("{expected:?}"), why)
}

/// CAP-10: each of the layers, not only the one of the case.
pub(super) fn without_a_layer<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let perceptron = &case.perceptron;
    let mut verdict = Verdict::CannotTell("no hidden layer");
    for index in 0..perceptron.hidden.len() {
        let got = ask(target, Function::WithoutHiddenLayer, |own| {
            own.without_hidden_layer(perceptron, index)
        })?;
        let (before, after) = perceptron.hidden.split_at(index);
        let expected = Perceptron { hidden: [before, &after[1..]].concat(), ..perceptron.clone() };
        let (place, why) = (format!("without hidden layer {index}"), "all else stays");
        verdict = verdict.and(|| same_perceptron(place, &got, &expected, why));
    }
    Ok(verdict)
}

/// CAP-11: ⌊w·n/d⌋ is the q with q·d ≤ w·n < (q + 1)·d.
pub(super) fn widths<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (hidden, [n, d]) = (&case.perceptron.hidden, case.fraction.map(u128::from));
    let got = narrowed(target, &case.perceptron, case.fraction)?.hidden;
    if got.len() != hidden.len() {
        let expected = format!("{} hidden layers", hidden.len());
        return Ok(Finding::fail("narrowed", format!("{got:?}"), expected, "no layer goes"));
    }
    let mut verdict = Verdict::CannotTell("no hidden layer");
    for (k, (width, got)) in hidden.iter().zip(&got).enumerate() {
        let (product, q) = (*width as u128 * n, *got as u128);
        let is_floor = q * d <= product && product < (q + 1) * d;
        let is_least = q == 1 && product < d;
        let place = format!("hidden layer {k} of {n}/{d} of {width}");
        verdict = verdict.and(|| match q > 0 && (is_floor || is_least) {
            true => Verdict::HOLDS,
            false => {
                let expected = (product / d).max(1).to_string();
                Finding::fail(place, got.to_string(), expected, "rounded down once, at least 1")
            }
        });
    }
    Ok(verdict)
}

/// CAP-12.
pub(super) fn all_else_stays<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut got = narrowed(target, &case.perceptron, case.fraction)?;
    let depth = case.perceptron.hidden.len();
    if got.hidden.len() == depth {
        got.hidden.clone_from(&case.perceptron.hidden); // CAP-11 looks at them
    }
    let why = "the data, the depth and the kind stay; widths are not looked at here";
    Ok(same_perceptron("narrowed".into(), &got, &case.perceptron, why))
}

/// CAP-13: the target's own counts; who has none is counted for.
pub(super) fn never_more<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let smaller = narrowed(target, &case.perceptron, case.fraction)?;
    let (before, after) = (counted(target, &case.perceptron)?, counted(target, &smaller)?);
    let falls = smaller.hidden.iter().zip(&case.perceptron.hidden).any(|(new, old)| new < old);
    let holds = if falls { after < before } else { after <= before };
    if holds {
        return Ok(Verdict::HOLDS);
    }
    let relation = if falls { "fewer than" } else { "no more than" };
    let expected = format!("{relation} the {before} before");
    Ok(Finding::fail("parameters after", after.to_string(), expected, "a network of less capacity"))
}

fn counted<T: Real>(target: &dyn Target<T>, perceptron: &Perceptron) -> Result<u128, Verdict> {
    match perceptron_count(target, perceptron) {
        Err(Verdict::NotOffered) => {
            let beyond = Verdict::CannotTell("beyond 128 bits");
            truth::count(&perceptron.layers()).ok_or(beyond)
        }
        count => count.map(u128::from),
    }
}

fn without_hidden_layers<T: Real>(case: &Case<T>) -> Perceptron {
    Perceptron { hidden: Vec::new(), ..case.perceptron.clone() }
}

/// CAP-21.
pub(super) fn none_is_counted<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let flat = without_hidden_layers(case);
    let got = perceptron_count(target, &flat)?;
    Ok(same("a perceptron without hidden layers", got, truth::count(&flat.layers())))
}

/// CAP-21.
pub(super) fn none_stays<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let flat = without_hidden_layers(case);
    let got = narrowed(target, &flat, case.fraction)?;
    let place = "a perceptron without hidden layers, narrowed".into();
    Ok(same_perceptron(place, &got, &flat, "there is no width to change"))
}
