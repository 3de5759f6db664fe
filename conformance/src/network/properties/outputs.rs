//! What a network gives, and the loss of it.

use super::{
    Case, Forward, Function, Gradients, ILL_CONDITIONED, Inference, Loss, Mode, Near, OUT_OF_REACH,
    all, ask, beside, gradients, in_reach, largest, pass,
};
use crate::compare::{Expected, compare};
use crate::exact::Wide;
use crate::network::judge::loss;
use crate::network::{GoalValues, Plan};
use crate::verdict::{Checked, Strength, Verdict};
use crate::{Real, Target};

/// NET-01, NET-02, NET-04: every output within its bound.
pub(super) fn agree<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let mode = if function == Forward { Mode::Training } else { Mode::Inference };
    let y = ask(target, case, function)?.swap_remove(0);
    let pass = pass(case, mode);
    if !in_reach(case, &pass, false) {
        return Ok(OUT_OF_REACH);
    }
    Ok(beside("y", &y, pass.output()))
}

/// y of two calls that must agree within both bounds.
fn same<T: Real>(name: &str, got: &[T], other: &[T], judged: &[Near<T>]) -> Verdict {
    let largest = largest(judged);
    compare(name, got, |i| {
        let one = judged[i].expected(largest)?;
        Some(Expected::new(Wide::exact(other[i].to_f64()), 2.0 * one.bound))
    })
}

/// The row of a matrix.
fn row<V>(values: &[V], rows: usize, i: usize) -> &[V] {
    let width = values.len() / rows;
    &values[i * width..][..width]
}

/// NET-03: each row alone.
pub(super) fn alone<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    if case.rows < 2 {
        return Ok(Verdict::CannotTell("one row is alone anyway"));
    }
    let y = ask(target, case, Inference)?.swap_remove(0);
    let pass = pass(case, Mode::Inference);
    if !in_reach(case, &pass, false) {
        return Ok(OUT_OF_REACH);
    }
    let each = (0..case.rows).map(|i| {
        let x = row(&case.x, case.rows, i).to_vec();
        let one = Case { x, ..case.of_rows(1) };
        let alone = ask(target, &one, Inference)?.swap_remove(0);
        let among = row(&y, case.rows, i);
        let judged = row(pass.output(), case.rows, i);
        Ok(same(&format!("row {i} alone, y"), &alone, among, judged))
    });
    all(each.collect::<Result<Vec<_>, _>>()?)
}

/// NET-03: the first row among others that are large.
pub(super) fn others<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    if case.rows < 2 {
        return Ok(Verdict::CannotTell("there is no other row"));
    }
    let y = ask(target, case, Inference)?.swap_remove(0);
    let pass = pass(case, Mode::Inference);
    if !in_reach(case, &pass, false) {
        return Ok(OUT_OF_REACH);
    }
    let width = case.x.len() / case.rows;
    let mut changed = case.clone();
    for x in &mut changed.x[width..] {
        *x = T::from_f64(7.0 * x.to_f64() + 3.0);
    }
    let again = ask(target, &changed, Inference)?.swap_remove(0);
    let first = |y: &[T]| row(y, case.rows, 0).to_vec();
    let judged = row(pass.output(), case.rows, 0);
    Ok(same("among other rows, y", &first(&again), &first(&y), judged))
}

/// NET-05, NET-07, NET-17.
pub(super) fn loss_agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let got = ask(target, case, Loss)?.swap_remove(0);
    let pass = pass(case, Mode::Training);
    if strength == Strength::Must && !in_reach(case, &pass, true) {
        return Ok(OUT_OF_REACH);
    }
    Ok(beside("loss ", &got, &[loss(case, pass.output())]))
}

/// NET-06: the same number on all logits.
pub(super) fn shifted<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let outputs = Plan::of(&case.layers).map_or(0, |plan| plan.outputs());
    let GoalValues::Classes(_) = case.goal else { return Ok(ILL_CONDITIONED) };
    let mut moved = case.clone();
    let first = moved.parameters.len() - outputs;
    for bias in &mut moved.parameters[first..] {
        *bias = T::from_f64(bias.to_f64() + 3.25);
    }
    let (before, after) = (ask(target, case, function)?, ask(target, &moved, function)?);
    let judged = |case: &Case<T>| {
        let pass = pass(case, Mode::Training);
        let is_in_reach = in_reach(case, &pass, true);
        let found = match function {
            Gradients => gradients::judged(case, &pass).into(),
            _ => vec![vec![loss(case, pass.output())]],
        };
        is_in_reach.then_some(found).ok_or(OUT_OF_REACH)
    };
    let (first, second) = (judged(case)?, judged(&moved)?);
    let each = (0..before.len()).map(|k| {
        let largest = largest(&first[k]);
        compare("after the shift ", &after[k], |i| {
            let both = [first[k][i].expected(largest)?, second[k][i].expected(largest)?];
            let truth = Wide::exact(before[k][i].to_f64());
            Some(Expected::new(truth, both[0].bound + both[1].bound).of_terms(largest))
        })
    });
    all(each)
}
