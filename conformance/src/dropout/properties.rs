//! The properties of dropout: one row each, in the order of the clauses.

use evenkeel_reference::dropout as reference;
use evenkeel_reference::random::second_word;

use super::{Case, Drop, Function, inputs};
use crate::compare::{Expected, SECOND_ORDER, compare, same_bits};
use crate::distribution::{are_unrelated, pairs_are_independent, places_are_alike, share};
use crate::exact::Exact;
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Strength, Verdict, yields};
use crate::{Draw, Property, Real, Target, arguments, bits, ulp};

use Function::{Backward, BackwardGiven, Forward, ForwardGiven, Inference, Mask};
use Strength::{Must, Promise};

/// All of them.
///
/// The names are also those of the tests that [`dropout_suite!`](crate::dropout_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "DRP-01" Must "forward_given" 1 inputs::near => kept_values_are_scaled_and_dropped_are_0 = |t, c| agrees(Must, t, c, ForwardGiven);
        "DRP-02" Must "forward_given" 1 inputs::near => dropped_values_leave_no_trace = |t, c| no_trace(t, c, ForwardGiven);
        "DRP-02" Must "backward_given" 1 inputs::near => dropped_gradients_leave_no_trace = |t, c| no_trace(t, c, BackwardGiven);
        "DRP-03" Must "forward_given" 1 inputs::near => without_drops_all_stays = nothing_dropped;
        "DRP-03" Must "forward" 1 inputs::near => drawing_with_probability_0_drops_nothing = never;
        "DRP-04" Must "forward_given" 1 inputs::near => probability_1_gives_zeros = |t, c| always(t, c, ForwardGiven);
        "DRP-04" Must "forward" 1 inputs::near => drawing_with_probability_1_drops_all = |t, c| always(t, c, Forward);
        "DRP-05" Must "inference" 1 inputs::near => inference_changes_nothing = inference;
        "DRP-06" Must "forward_given" 1 inputs::near => kept_non_finite_values_stay = non_finite_stays;
        "DRP-07" Must "backward_given" 1 inputs::near => gradients_are_scaled_like_values = |t, c| agrees(Must, t, c, BackwardGiven);
        "DRP-07" Must "backward_given" 1 inputs::near => backward_is_the_adjoint_of_forward = adjoint;
        "DRP-08" Must "mask" 1 inputs::near => forward_drops_by_the_mask = |t, c| by_the_mask(t, c, Forward, ForwardGiven);
        "DRP-08" Must "backward" 1 inputs::near => backward_drops_by_the_mask = |t, c| by_the_mask(t, c, Backward, BackwardGiven);
        "DRP-08" Must "backward" 2 inputs::near => the_mask_is_drawn_whatever_the_values = one_mask;
        "DRP-09" Must "forward" 32 inputs::many => the_share_dropped_is_the_probability = shares;
        "DRP-10" Must "map" 1 inputs::anywhere => masks_are_those_of_the_map = mapped;
        "DRP-11" Must "is_dropped" 4 inputs::near => the_threshold_is_exact = threshold;
        "DRP-12" Must "forward" 32 inputs::many => other_streams_are_unrelated = others;
        "DRP-13" Promise "forward_given" 1 inputs::near => forward_keeps_its_promise = |t, c| agrees(Promise, t, c, ForwardGiven);
        "DRP-13" Promise "backward_given" 1 inputs::near => gradients_keep_their_promise = |t, c| agrees(Promise, t, c, BackwardGiven);
        "DRP-14" Must "arguments" 8 inputs::near => invalid_arguments_are_named = arguments::are_named::<Drop, T>;
        "DRP-15" Must "arguments" 8 inputs::near => refused_calls_write_nothing = arguments::write_nothing::<Drop, T>;
        "DRP-16" Must "forward" 16 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Drop, T>;
        "DRP-17" Must "forward" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Drop, T>;
        "DRP-18" Promise "levels" 2 inputs::anywhere => same_bits_at_every_level = bits::same_at_every_level::<Drop, T>;
        "DRP-18" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_elements = bits::same_at_every_level::<Drop, T>;
        "DRP-19" Must "map" 1 inputs::anywhere => a_part_has_the_mask_of_the_whole = parts;
    }
}

/// The output of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

/// What goes into a function and comes out scaled.
fn values<T>(case: &Case<T>, function: Function) -> &[T] {
    if matches!(function, Backward | BackwardGiven) { &case.dy } else { &case.x }
}

fn zero<T: Real>() -> T {
    T::from_f64(0.0)
}

/// ρ: what rounding p to `T` is of 1 − p.
fn condition<T: Real>(p: f64) -> f64 {
    T::UNIT_ROUNDOFF * p / (1.0 - p)
}

/// v/(1 − p) for the p as it is in `f64`, and how far a result may be from it.
fn scaled<T: Real>(strength: Strength, value: T, p: f64) -> Expected {
    let divisor = Exact::from_f64(1.0) - Exact::from_f64(p);
    let truth = (Exact::from_f64(value.to_f64()) / divisor).to_wide();
    let y = truth.to_f64().abs();
    let bound = match strength {
        Promise if T::DIGITS == 24 => 0.501 * ulp::<T>(y),
        Promise => SECOND_ORDER * 3.0 * T::UNIT_ROUNDOFF * y + T::MIN_SUBNORMAL,
        _ => {
            let rho = condition::<T>(p);
            SECOND_ORDER * y * (rho / (1.0 - rho) + 3.0 * T::UNIT_ROUNDOFF) + T::MIN_SUBNORMAL
        }
    };
    Expected::new(truth, bound)
}

/// DRP-01, DRP-07, DRP-13: every result within its bound; what is dropped is +0.
fn agrees<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Checked {
    let got = ask(target, case, function)?;
    let name = function.outputs()[0];
    let (p, values) = (case.drop_probability, values(case, function));
    let kept = |i: &usize| case.keep[*i] && p < 1.0;
    for i in (0..got.len()).filter(|i| !kept(i)) {
        let verdict = is_dropped(name, i, got[i]);
        if verdict != Verdict::HOLDS {
            return Ok(verdict);
        }
    }
    if strength == Must && p < 1.0 && condition::<T>(p) > 0.25 {
        // In `T` such a p is nearly 1, and 1 − p nearly anything.
        return Ok(Verdict::CannotTell("1 − p is nothing in this precision"));
    }
    Ok(compare(name, &got, |i| kept(&i).then(|| scaled(strength, values[i], p))))
}

fn is_dropped<T: Real>(name: &str, i: usize, got: T) -> Verdict {
    if got.bits() == zero::<T>().bits() {
        return Verdict::HOLDS;
    }
    let why = "dropped is selected, not multiplied: +0 whatever the value is";
    Finding::fail(format!("{name}[{i}]"), format!("{got:?}"), "0.0, since it is dropped", why)
}

/// DRP-02: NaN and infinities that are dropped give +0, and kept neighbours do not see them.
fn no_trace<T: Real>(target: &dyn Target<T>, case: &Case<T>, function: Function) -> Checked {
    let Some(dropped) = case.keep.iter().position(|keep| !keep) else {
        return Ok(Verdict::CannotTell("nothing is dropped"));
    };
    let clean = ask(target, case, function)?;
    let mut verdict = Verdict::HOLDS;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, T::MAX, -1.0] {
        let mut spoilt = case.clone();
        spoilt.x[dropped] = T::from_f64(value);
        spoilt.dy[dropped] = T::from_f64(value);
        let got = ask(target, &spoilt, function)?;
        let name = format!("{} with {value} dropped at {dropped}, ", function.outputs()[0]);
        verdict = verdict
            .and(|| is_dropped(&name, dropped, got[dropped]))
            .and(|| same_bits(&name, &got, &clean, "what is dropped changes nothing"));
    }
    Ok(verdict)
}

/// DRP-03: with p = 0 what is kept stays as it is.
fn nothing_dropped<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = Case { drop_probability: 0.0, keep: vec![true; case.x.len()], ..case.clone() };
    let y = ask(target, &case, ForwardGiven)?;
    Ok(same_bits("y", &y, &case.x, "with p = 0 the identity, bit for bit"))
}

/// DRP-03, drawn: −0 is 0 too.
fn never<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for p in [0.0, -0.0] {
        let case = Case { drop_probability: p, ..case.clone() };
        let y = ask(target, &case, Forward)?;
        let why = "with p = 0 the identity, bit for bit";
        verdict = verdict.and(|| same_bits("y", &y, &case.x, why));
    }
    Ok(verdict)
}

/// DRP-04: +0 everywhere, also of NaN and infinities.
fn always<T: Real>(target: &dyn Target<T>, case: &Case<T>, function: Function) -> Checked {
    let mut case = Case { drop_probability: 1.0, ..case.clone() };
    for (i, value) in [f64::INFINITY, f64::NAN, -1.0].into_iter().enumerate() {
        if let Some(x) = case.x.get_mut(i) {
            *x = T::from_f64(value);
        }
    }
    let y = ask(target, &case, function)?;
    let zeros = vec![zero::<T>(); y.len()];
    Ok(same_bits("y", &y, &zeros, "with p = 1 all is dropped: +0, not 0·∞"))
}

/// DRP-05.
fn inference<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let y = ask(target, case, Inference)?;
    Ok(same_bits(
        "y of inference",
        &y,
        &case.x,
        "the identity: what was kept in training was scaled",
    ))
}

/// DRP-06: a kept NaN is NaN, a kept infinity is that infinity.
fn non_finite_stays<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let Some(kept) = case.keep.iter().position(|keep| *keep) else {
        return Ok(Verdict::CannotTell("nothing is kept"));
    };
    let mut verdict = Verdict::HOLDS;
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut case = Case { drop_probability: 0.3, ..case.clone() };
        case.x[kept] = T::from_f64(value);
        let y = ask(target, &case, ForwardGiven)?;
        let why = "dropout hides nothing that it keeps";
        verdict = verdict.and(|| {
            same_bits(&format!("kept {value}, y"), &y[kept..=kept], &case.x[kept..=kept], why)
        });
    }
    Ok(verdict)
}

/// DRP-07: ⟨dy, forward(x)⟩ = ⟨backward(dy), x⟩, since dropout is linear: here term by term, with
/// one x at a time.
fn adjoint<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let swapped = Case { x: case.dy.clone(), dy: case.x.clone(), ..case.clone() };
    let forward = ask(target, &swapped, ForwardGiven)?;
    let backward = ask(target, case, BackwardGiven)?;
    let p = case.drop_probability;
    if condition::<T>(p) > 0.25 {
        return Ok(Verdict::CannotTell("1 − p is nothing in this precision"));
    }
    Ok(compare("dx of dy against y of the same numbers, ", &backward, |i| {
        let allowed = scaled(Must, case.dy[i], p).bound;
        let same = crate::exact::Wide::exact(forward[i].to_f64());
        Some(Expected::new(same, 2.0 * allowed))
    }))
}

/// The mask that the target draws.
fn mask<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<bool>, Verdict> {
    Ok(ask(target, case, Mask)?.iter().map(|keep| keep.to_f64() == 1.0).collect())
}

/// DRP-08: what is drawn is what would be done with the mask of the same draw, bit for bit.
fn by_the_mask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    drawn: Function,
    given: Function,
) -> Checked {
    let got = ask(target, case, drawn)?;
    let same = Case { keep: mask(target, case)?, ..case.clone() };
    let expected = ask(target, &same, given)?;
    let name = format!("{} of {}, element ", drawn.outputs()[0], drawn.name());
    Ok(same_bits(&name, &got, &expected, "as with the mask of the same draw"))
}

/// DRP-08: other values, forward or backward, drop at the same places. Values that are not 0 show them.
fn one_mask<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let p = case.drop_probability.clamp(0.05, 0.95);
    let with = |value: f64| {
        let values = vec![T::from_f64(value); case.x.len()];
        Case { drop_probability: p, x: values.clone(), dy: values, ..case.clone() }
    };
    let dropped = |value: f64, function| -> Result<Vec<T>, Verdict> {
        let got = ask(target, &with(value), function)?;
        let flag = |v: &T| T::from_f64(f64::from(u8::from(v.to_f64() == 0.0)));
        Ok(got.iter().map(flag).collect())
    };
    let first = dropped(1.0, Forward)?;
    let why = "one draw, one mask";
    let again = dropped(-3.5, Forward)?;
    let back = dropped(1.0, Backward)?;
    Ok(same_bits("dropped with other values, element ", &again, &first, why)
        .and(|| same_bits("dropped in backward, element ", &back, &first, why)))
}

/// What forward drops of many ones.
fn drops<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<bool>, Verdict> {
    let y = ask(target, case, Forward)?;
    Ok(y.iter().map(|y| y.to_f64() == 0.0).collect())
}

/// DRP-09: as many as p says, everywhere, and neighbours know nothing of each other.
fn shares<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (dropped, p) = (drops(target, case)?, case.drop_probability);
    let count = dropped.iter().filter(|dropped| **dropped).count();
    Ok(share("elements dropped", count, dropped.len(), p)
        .and(|| pairs_are_independent("elements dropped", &dropped, p))
        .and(|| places_are_alike("elements dropped", &dropped, p)))
}

/// DRP-10: element by element as the reference draws it.
fn mapped<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = mask_of_map(target, case)?;
    let (draw, p) = (case.draw, case.drop_probability);
    let columns = case.x.len();
    let expected = reference::keep_mask(draw.stream.of_reference(), draw.first, 1, columns, p);
    let expected: Vec<T> = match expected {
        Ok(keep) => keep.iter().map(|keep| T::from_f64(f64::from(u8::from(*keep)))).collect(),
        Err(error) => {
            return Err(Finding::refused("the reference", &crate::reference::refusal(error)));
        }
    };
    Ok(same_bits("mask", &got, &expected, "1 where the map keeps, 0 where it drops"))
}

fn mask_of_map<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Result<Vec<T>, Verdict> {
    match target.dropout() {
        Some(dropout) if dropout.follows_the_map() => ask(target, case, Mask),
        _ => Err(Verdict::NotOffered),
    }
}

/// DRP-11: half·2³² + tie < p·2⁴⁸, to the last bit: every half with the smallest and the largest tie,
/// then the ties around the threshold.
fn threshold<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let dropout = target.dropout().ok_or(Verdict::NotOffered)?;
    let p = case.drop_probability;
    let threshold = (p * 2_f64.powi(48)).round_ties_even() as u64;
    let (high, low) = (threshold >> 32, threshold as u32);
    let near = [low, low.wrapping_sub(1), low.wrapping_add(1), case.tie];
    let halves = (0..=u16::MAX).flat_map(|half| [(half, 0), (half, u32::MAX)]);
    let ties = near.into_iter().map(|tie| (high.min(0xffff) as u16, tie));
    for (half, tie) in halves.chain(ties).chain([(case.half, case.tie)]) {
        let expected = (u64::from(half) << 32) + u64::from(tie) < threshold;
        let got = yields("is_dropped", dropout.is_dropped(p, half, tie))?;
        if got != expected {
            let place = format!("half {half:#06x} with second word {tie:#010x}");
            let say = |dropped| if dropped { "dropped" } else { "kept" };
            let why = format!("dropped where half·2³² + word < {threshold} = p·2⁴⁸");
            return Ok(Finding::fail(place, say(got), say(expected), why));
        }
    }
    Ok(Verdict::HOLDS)
}

/// DRP-12: the same stream drops the same, any other drops at places that are unrelated.
fn others<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (dropped, again) = (drops(target, case)?, drops(target, case)?);
    if dropped != again {
        let (got, expected) = ("another mask", "the same mask");
        return Ok(Finding::fail("the same call again", got, expected, "the same stream"));
    }
    let mut verdict = Verdict::HOLDS;
    for (how, stream) in case.draw.stream.others() {
        let other = Case { draw: Draw { stream, ..case.draw }, ..case.clone() };
        let other = drops(target, &other)?;
        let name = format!("a stream and the one of {how}");
        verdict = verdict.and(|| are_unrelated(&name, &dropped, &other, case.drop_probability));
    }
    Ok(verdict)
}

/// DRP-19: the rest of a tensor is dropped as in the whole; and where the tie decides.
fn parts<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let all = mask_of_map(target, case)?;
    let middle = case.x.len() / 3;
    let mut rest = case.clone();
    rest.draw.first += middle as u64;
    rest.x.drain(..middle);
    rest.dy.drain(..middle);
    rest.keep.drain(..middle);
    let rest = mask_of_map(target, &rest)?;
    let name = format!("mask from element {middle} on, element ");
    Ok(same_bits(&name, &rest, &all[middle..], "the same element").and(|| tie(target, case)))
}

/// One element whose half is that of the threshold, with p on both sides of its second word.
fn tie<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Verdict {
    let (stream, first) = (case.draw.stream.of_reference(), case.draw.first);
    let (half, second) = (reference::half(stream, first), second_word(stream, first));
    let place = (u64::from(half) << 32) + u64::from(second);
    let mut verdict = Verdict::HOLDS;
    for (threshold, kept) in [(place, 1.0), (place + 1, 0.0)] {
        let p = threshold as f64 / 2_f64.powi(48);
        let one = Case { drop_probability: p, x: vec![zero::<T>()], ..case.clone() };
        verdict = verdict.and(|| match mask_of_map(target, &one) {
            Ok(got) => same_bits(
                "mask at a tie, element ",
                &got,
                &[T::from_f64(kept)],
                "the second word decides",
            ),
            Err(verdict) => verdict,
        });
    }
    verdict
}
