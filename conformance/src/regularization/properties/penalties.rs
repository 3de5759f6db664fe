//! Penalties against their sums in 320 bits, against each other, and what they must leave out.

use super::super::Role;
use super::super::truth::Sums;
use super::{Case, Function, Penalty, ask};
use crate::compare::{compare_one, same_bits};
use crate::technique::Function as _;
use crate::verdict::{Checked, Verdict};
use crate::{Real, Strength, Target};

use Function::{L1, L2, NetworkPenalty};
use Strength::{Must, Promise};

/// Which penalty of which tensors a function gives.
fn of<T: Real>(case: &Case<T>, function: Function) -> (Penalty, Vec<&[T]>) {
    match function {
        L1 => (Penalty::L1, vec![&case.w]),
        L2 => (Penalty::L2, vec![&case.w]),
        _ => (case.penalty, case.weights()),
    }
}

/// REG-01, REG-02, REG-04 … REG-06: a penalty within its bound.
pub(super) fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let (penalty, weights) = of(case, function);
    let got = ask(target, case, function)?[0];
    let expected = Sums::of(&weights)
        .and_then(|sums| sums.expected::<T>(strength, penalty, case.lambda))
        .ok_or(Verdict::CannotTell("beyond the range that the clause is for"))?;
    Ok(compare_one(&|| format!("{penalty:?} of {}", function.name()), got, expected))
}

/// The same of a case whose λ is made for one penalty: the other may be anything.
pub(super) fn hard<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    if of(case, function).0 != case.penalty {
        return Ok(Verdict::CannotTell("λ is for the other penalty"));
    }
    agrees(strength, target, case, function)
}

/// REG-06: all three, since they are one sum each.
pub(super) fn all<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (l1, l2) = (agrees(Promise, target, case, L1)?, agrees(Promise, target, case, L2)?);
    let network = agrees(Promise, target, case, NetworkPenalty)?;
    Ok(l1.and(|| l2).and(|| network))
}

/// REG-03: with every weight twice, twice the penalty: against the truth of the weights themselves.
pub(super) fn twice<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    agrees(Must, target, &Case { w: case.w.repeat(2), ..case.clone() }, function)
}

/// REG-03: the same weights in one tensor, in one for each, and every tensor twice.
pub(super) fn as_one<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let whole = vec![(Role::Weight, case.w.clone())];
    let single = case.w.iter().map(|w| (Role::Weight, vec![*w])).collect();
    let twice = [&case.network[..], &case.network].concat();
    let mut verdict = Verdict::CannotTell("no tensor");
    for network in [whole, single, twice] {
        let one = agrees(Must, target, &Case { network, ..case.clone() }, NetworkPenalty)?;
        verdict = verdict.and(|| one);
    }
    Ok(verdict)
}

/// REG-04: biases, γ and β may hold anything, and be anywhere, or not be there.
pub(super) fn others<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let with = |network| ask(target, &Case { network, ..case.clone() }, NetworkPenalty);
    let weights: Vec<_> =
        case.network.iter().filter(|(role, _)| *role == Role::Weight).cloned().collect();
    let alone = with(weights.clone())?;
    let mut verdict = Verdict::HOLDS;
    for role in [Role::Bias, Role::Scale, Role::Shift] {
        for value in [1.0, T::MAX, f64::NAN] {
            let other = (role, vec![T::from_f64(value); 3]);
            let mut network = weights.clone();
            network.insert(weights.len() / 2, other.clone());
            network.push(other);
            let got = with(network)?;
            let name = format!("penalty beside {role:?} of {value}, ");
            verdict = verdict.and(|| same_bits(&name, &got, &alone, "only weights are penalised"));
        }
    }
    Ok(verdict)
}
