//! Which mistake gives the target's numbers.
//!
//! Output by output (y of forward, y of inference, dx, dγ, …), over all probes. Where the base's
//! answers agree with the target's the output is right: nobody need carry a mistake into every
//! function. Every other output must be explained by a mistake whose answers agree on all probes.
//! One mistake for all is the usual case; up to three are named if each has outputs of its own. If
//! some wrong output has no explanation, nothing is named.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{Allowed, Answer, Probe, agrees, apart, ask};
use super::envelope::{Envelope, envelope};
use crate::mistake::MistakeInfo;
use crate::technique::{Planted, Technique};
use crate::{Real, Target};

/// One probe that the target answered, with what the base says of it.
struct Observed<'a, K: Technique, T: Real> {
    probe: &'a Probe<K, T>,
    target: Answer,
    base: Envelope,
}

/// What the numbers of a target look like.
pub(super) enum Finding {
    /// Like those of the base.
    Right,
    /// Like those of these mistakes, best first; of the best, the probes explained and told.
    Explained(Vec<&'static MistakeInfo>, (usize, usize)),
    /// Like those of nobody.
    Unknown,
}

/// One output of one function: its place among the outputs, 0 for a refusal too.
type Output<K> = (<K as Technique>::Function, usize);

/// How well a mistake explains the target.
struct Explanation<K: Technique> {
    info: &'static MistakeInfo,
    /// The wrong outputs that it explains.
    outputs: BTreeSet<Output<K>>,
    explained: usize,
    told: usize,
    /// Difference in the number of NaNs: junk is NaN in the same places only by chance, but as often.
    nan_census: usize,
    /// Values that are not equal to the last bit.
    unequal: usize,
}

/// The mistakes that give the target's numbers on every probe.
pub(super) fn find<K: Technique, T: Real>(
    target: &dyn Target<T>,
    probes: &[Probe<K, T>],
) -> Finding {
    let observed = observe(target, probes);
    let wrong = wrong_outputs(&observed);
    if wrong.is_empty() {
        return Finding::Right;
    }
    let found: Vec<_> =
        K::mistakes().iter().filter_map(|m| explain(m, &observed, &wrong)).collect();
    let chosen = cover(wrong, &found);
    let Some(best) = chosen.first() else { return Finding::Unknown };
    Finding::Explained(chosen.iter().map(|e| e.info).collect(), (best.explained, best.told))
}

/// The fewest explanations, at most three, that together explain all wrong outputs; none if they cannot.
fn cover<K: Technique>(
    mut wrong: BTreeSet<Output<K>>,
    found: &[Explanation<K>],
) -> Vec<&Explanation<K>> {
    let mut chosen = Vec::new();
    while !wrong.is_empty() && chosen.len() < 3 {
        let missing = |e: &&Explanation<K>| wrong.difference(&e.outputs).count();
        let best = found
            .iter()
            .min_by_key(|e| (missing(e), e.told - e.explained, e.nan_census, e.unequal))
            .filter(|e| missing(e) < wrong.len());
        let Some(best) = best else { break };
        wrong = wrong.difference(&best.outputs).copied().collect();
        chosen.push(best);
    }
    if wrong.is_empty() { chosen } else { Vec::new() }
}

fn wrong_outputs<K: Technique, T: Real>(observed: &[Observed<'_, K, T>]) -> BTreeSet<Output<K>> {
    let of = |one: &Observed<'_, K, T>| {
        let function = one.probe.function;
        let wrong = compare(&one.target, &one.base).into_iter().filter(|(_, agrees)| !agrees);
        wrong.map(move |(output, _)| (function, output)).collect::<Vec<_>>()
    };
    observed.iter().flat_map(of).collect()
}

/// What the target answers to the probes that are valid input.
fn observe<'a, K: Technique, T: Real>(
    target: &dyn Target<T>,
    probes: &'a [Probe<K, T>],
) -> Vec<Observed<'a, K, T>> {
    let answered = probes.iter().filter_map(|probe| {
        let base = envelope(K::base(), probe);
        let answer = ask::<K, T>(target, &probe.case, probe.function);
        let by_choice = K::by_choice(target, probe.function, &probe.case);
        let told = answer != Answer::NotOffered && !by_choice;
        let valid = matches!(base, Envelope::Values(_));
        (told && valid).then_some(Observed { probe, target: answer, base })
    });
    let mut observed: Vec<_> = answered.collect();
    // Where the target is wrong most mistakes fall out at once: these probes come first.
    observed.sort_by_key(|one| compare(&one.target, &one.base).values().all(|agrees| *agrees));
    observed
}

/// What `mistake` explains; `None` if it agrees with no wrong output on all probes.
fn explain<K: Technique, T: Real>(
    mistake: &'static K::Mistake,
    observed: &[Observed<'_, K, T>],
    wrong: &BTreeSet<Output<K>>,
) -> Option<Explanation<K>> {
    if !mistake.info().bites_in(T::NAME) {
        return None;
    }
    let mut outputs = wrong.clone();
    let mut parted: BTreeMap<Output<K>, usize> = BTreeMap::new();
    let (mut nan_census, mut unequal) = (0, 0);
    for one in observed {
        let function = one.probe.function;
        let mine = envelope(*mistake, one.probe);
        let base = compare(&one.target, &one.base);
        let differing = differing(&mine, &one.base);
        for (output, agrees) in compare(&one.target, &mine) {
            if !agrees {
                outputs.remove(&(function, output));
            }
            let told = !base[&output] || differing.contains(&output);
            *parted.entry((function, output)).or_default() += usize::from(told);
        }
        if outputs.is_empty() {
            return None;
        }
        let (nans, values) = census(&one.target, &mine);
        nan_census += nans;
        unequal += values;
    }
    let told = parted.values().sum();
    let explained = outputs.iter().filter_map(|output| parted.get(output)).sum();
    Some(Explanation { info: mistake.info(), outputs, explained, told, nan_census, unequal })
}

/// For each output of an answer, whether it lies in the envelope. An answer without values is one output.
fn compare(answer: &Answer, envelope: &Envelope) -> BTreeMap<usize, bool> {
    match (answer, envelope) {
        (Answer::Given(outputs), Envelope::Values(allowed)) => {
            let within = |(values, allowed): (&Vec<f64>, &Vec<Allowed>)| {
                values.iter().zip(allowed).all(|(value, allowed)| agrees(*value, *allowed))
            };
            outputs.iter().zip(allowed).map(within).enumerate().collect()
        }
        (Answer::Given(outputs), Envelope::Other(_)) => {
            (0..outputs.len()).map(|output| (output, false)).collect()
        }
        (other, Envelope::Other(expected)) => BTreeMap::from([(0, other == expected)]),
        (_, Envelope::Values(_)) => BTreeMap::from([(0, false)]),
    }
}

/// The outputs in which two envelopes have nothing in common.
fn differing(a: &Envelope, b: &Envelope) -> Vec<usize> {
    let (Envelope::Values(a), Envelope::Values(b)) = (a, b) else { return vec![0] };
    let differ =
        |(a, b): (&Vec<Allowed>, &Vec<Allowed>)| a.iter().zip(b).any(|(a, b)| apart(*a, *b));
    let outputs = a.iter().zip(b).enumerate();
    outputs.filter(|(_, pair)| differ(*pair)).map(|(output, _)| output).collect()
}

/// By how many the numbers of NaNs differ, and how many values are not equal to the last bit.
fn census(answer: &Answer, envelope: &Envelope) -> (usize, usize) {
    let (Answer::Given(values), Envelope::Values(allowed)) = (answer, envelope) else {
        return (0, 0);
    };
    let values: Vec<f64> = values.iter().flatten().copied().collect();
    let expected: Vec<f64> = allowed.iter().flatten().map(|(value, _)| *value).collect();
    let nans = |values: &[f64]| values.iter().filter(|v| v.is_nan()).count();
    let unequal = values.iter().zip(&expected).filter(|(a, b)| !super::answer::same(**a, **b));
    (nans(&values).abs_diff(nans(&expected)), unequal.count())
}
