//! CAP-01 … CAP-08: layers, their sum, both ends of it, and the tensors.

use super::{Capacity, Case, Function, Layer, ask, count, refusal_or, same};
use crate::arguments::names;
use crate::capacity::truth;
use crate::technique::Function as _;
use crate::verdict::{Checked, Verdict, yields};
use crate::{Real, Target};

/// CAP-01 … CAP-03: each layer alone.
pub(super) fn each_layer<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::CannotTell("no layer");
    for layer in &case.layers {
        let got = count(target, &[*layer])?;
        verdict = verdict.and(|| same(format!("{layer:?}"), got, truth::count(&[*layer])));
    }
    Ok(verdict)
}

/// CAP-04: nothing by itself, and nothing among others.
pub(super) fn fixed<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let alone = count(target, &[Layer::Fixed])?;
    let learned: Vec<Layer> =
        case.layers.iter().copied().filter(|layer| *layer != Layer::Fixed).collect();
    let with: Vec<Layer> = learned.iter().flat_map(|layer| [*layer, Layer::Fixed]).collect();
    let (without, with) = (count(target, &learned)?, count(target, &with)?);
    let place = "layers with one that is fixed behind each";
    Ok(same("Fixed", alone, Some(0)).and(|| same(place, with, Some(u128::from(without)))))
}

/// CAP-05: the sum of the target's own counts, forwards, backwards and twice.
pub(super) fn add_up<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut sum = 0_u128;
    for layer in &case.layers {
        sum += u128::from(count(target, &[*layer])?);
    }
    let reversed: Vec<Layer> = case.layers.iter().rev().copied().collect();
    let twice = [case.layers.clone(), reversed.clone()].concat();
    let all = [count(target, &case.layers)?, count(target, &reversed)?, count(target, &twice)?];
    Ok(same("all layers", all[0], Some(sum))
        .and(|| same("all layers, the last first", all[1], Some(sum)))
        .and(|| same("all layers twice", all[2], Some(2 * sum))))
}

/// CAP-06.
pub(super) fn all_layers<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    Ok(same("all layers", count(target, &case.layers)?, truth::count(&case.layers)))
}

/// CAP-07: of layers and of a perceptron, whichever is offered.
pub(super) fn at_the_end<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let perceptron = &case.perceptron;
    let of_layers = counted_or_refused(target, Function::ParameterCount, &case.layers, |own| {
        own.parameter_count(&case.layers)
    });
    let of_perceptron =
        counted_or_refused(target, Function::PerceptronParameters, &perceptron.layers(), |own| {
            own.perceptron_parameters(perceptron)
        });
    Ok(match (of_layers, of_perceptron) {
        (Verdict::NotOffered, other) | (other, Verdict::NotOffered) => other,
        (first, second) => first.and(|| second),
    })
}

fn counted_or_refused<T: Real>(
    target: &dyn Target<T>,
    function: Function,
    layers: &[Layer],
    call: impl Fn(&dyn Capacity<T>) -> Result<u64, crate::Refusal>,
) -> Verdict {
    let truth = truth::count(layers);
    let result = refusal_or(target, call);
    if truth.is_none_or(|truth| truth > u128::from(u64::MAX)) {
        return names("layers", &format!("{} beyond 2⁶⁴ − 1", function.name()), result);
    }
    match yields(function.name(), result) {
        Ok(got) => same(function.name(), got, truth),
        Err(verdict) => verdict,
    }
}

/// CAP-08.
pub(super) fn stored<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    if !case.concerns(Function::Stored) {
        return Ok(Verdict::CannotTell("too large to be built"));
    }
    let stored = ask(target, Function::Stored, |own| own.stored(&case.layers))?;
    Ok(same("numbers in the network", stored, truth::count(&case.layers)))
}

/// CAP-21.
pub(super) fn nothing<T: Real>(target: &dyn Target<T>, _: &Case<T>) -> Checked {
    Ok(same("no layer", count(target, &[])?, Some(0)))
}
