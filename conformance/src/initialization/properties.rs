//! The properties of initialisation: one row each, in the order of the clauses.

use super::{Case, Family, Fan, Function, Layer, Plan, Scheme, Weights, inputs, truth};
use crate::call::guarded;
use crate::compare::{Expected, compare, compare_one, same_bits};
use crate::distribution::{
    are_draws_of, are_unrelated, normal_cdf, signs, truncated_normal_cdf, uniform_cdf,
};
use crate::exact::Exact;
use crate::property::properties;
use crate::random::truth as drawn;
use crate::real::towards_zero;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits, ulp};

use Strength::{Must, Promise};

/// All of them.
///
/// The names are also those of the tests that
/// [`initialization_suite!`](crate::initialization_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "INI-01" Must "fans" 1 inputs::small => fans_of_dense_layers = dense_fans;
        "INI-02" Must "fans" 1 inputs::small => fans_of_convolutions = convolution_fans;
        "INI-03" Must "spread" 1 inputs::small => xavier_uniform_has_its_bound = |t, c| spread(t, xavier(c, Family::Uniform));
        "INI-04" Must "spread" 1 inputs::small => xavier_normal_has_its_deviation = |t, c| spread(t, xavier(c, Family::Normal));
        "INI-05" Must "spread" 1 inputs::small => he_uniform_has_its_bound = |t, c| spread(t, he(c, Family::Uniform, Fan::In, 0.0));
        "INI-06" Must "spread" 1 inputs::small => he_normal_has_its_deviation = |t, c| spread(t, he(c, Family::Normal, Fan::In, 0.0));
        "INI-07" Must "spread" 1 inputs::small => he_takes_the_fan_it_is_asked_for = |t, c| spread(t, he(c, c.plan.family, Fan::Out, 0.0));
        "INI-08" Must "spread" 1 inputs::small => the_slope_of_leaky_relu_counts = slopes;
        "INI-09" Must "spread" 1 inputs::small => the_cut_is_made_good = |t, c| spread(t, Plan { family: Family::TruncatedNormal, ..c.plan });
        "INI-10" Must "weights_given" 1 inputs::small => weights_are_draws_times_the_spread = |t, c| weights_given(Must, t, c);
        "INI-11" Must "weights" 32 inputs::many => drawn_weights_have_their_distribution = are_distributed;
        "INI-12" Must "map" 8 inputs::small => drawn_weights_are_those_of_the_map = mapped;
        "INI-13" Must "weights" 32 inputs::many => other_streams_are_unrelated = others;
        "INI-14" Must "arguments" 8 inputs::small => invalid_arguments_are_named = arguments::are_named::<Weights, T>;
        "INI-15" Must "arguments" 8 inputs::small => refused_calls_write_nothing = arguments::write_nothing::<Weights, T>;
        "INI-16" Must "weights" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Weights, T>;
        "INI-17" Promise "levels" 2 inputs::small => same_bits_at_every_level = bits::same_at_every_level::<Weights, T>;
        "INI-17" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_weights = bits::same_at_every_level::<Weights, T>;
        "INI-18" Promise "weights_given" 1 inputs::small => weights_keep_their_promise = |t, c| weights_given(Promise, t, c);
        "INI-18" Promise "weights_given" 1 inputs::small => uniform_weights_stay_within_the_bound = within_the_bound;
    }
}

/// The weights of a function, or the verdict on a refusal.
fn ask<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    yields(function.name(), case.ask(function, target))
}

fn xavier<T>(case: &Case<T>, family: Family) -> Plan {
    let gain = match case.plan.scheme {
        Scheme::Xavier { gain } => gain,
        Scheme::He { .. } => 1.0,
    };
    Plan { scheme: Scheme::Xavier { gain }, family, ..case.plan }
}

fn he<T>(case: &Case<T>, family: Family, fan: Fan, slope: f64) -> Plan {
    Plan { scheme: Scheme::He { fan, slope }, family, ..case.plan }
}

fn fans<T: Real>(target: &dyn Target<T>, layer: Layer) -> Checked {
    let initialization = target.initialization().ok_or(Verdict::NotOffered)?;
    let got = yields("fans", guarded(|| initialization.fans(layer)))?;
    for ((name, got), expected) in
        ["fan_in", "fan_out"].into_iter().zip(got).zip(truth::fans(layer))
    {
        if got != expected {
            let place = format!("{name} of {layer:?}");
            let why = "the connections of one unit";
            return Ok(Finding::fail(place, got.to_string(), expected.to_string(), why));
        }
    }
    Ok(Verdict::HOLDS)
}

/// INI-01.
fn dense_fans<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let [inputs, outputs, ..] = case.plan.layer.sizes();
    fans(target, Layer::Dense { inputs, outputs })
}

/// INI-02: the layer as a convolution, if it is none.
fn convolution_fans<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let [inputs, outputs, kernel, groups] = case.plan.layer.sizes();
    let grouped = Layer::Convolution {
        inputs: 2 * inputs,
        outputs: 2 * outputs,
        kernel: 9,
        groups: 2 * groups,
    };
    let plain = Layer::Convolution { inputs, outputs, kernel, groups };
    Ok(fans(target, grouped)?.and(|| fans(target, plain).unwrap_or_else(|verdict| verdict)))
}

/// The target's spread.
fn own_spread<T: Real>(target: &dyn Target<T>, plan: &Plan) -> Result<f64, Verdict> {
    let initialization = target.initialization().ok_or(Verdict::NotOffered)?;
    yields("spread", guarded(|| initialization.spread(plan)))
}

/// The relative error that a spread may have, which is an `f64` in every precision.
const SPREAD_ERROR: f64 = 8.0 * f64::UNIT_ROUNDOFF;

/// INI-03 … INI-09: what a draw is multiplied with.
fn spread<T: Real>(target: &dyn Target<T>, plan: Plan) -> Checked {
    let got = own_spread(target, &plan)?;
    let truth = truth::spread(&plan).to_wide();
    let expected = Expected::new(truth, SPREAD_ERROR * truth.to_f64() + f64::MIN_SUBNORMAL);
    let place = || format!("spread of {:?}, {:?}, {:?}", plan.layer, plan.scheme, plan.family);
    Ok(compare_one::<f64>(&place, got, expected))
}

/// INI-08: a slope that is not 0, of either sign.
fn slopes<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let slope = match case.plan.scheme {
        Scheme::He { slope, .. } if slope.abs() > 0.05 => slope,
        _ => 0.25,
    };
    let plan = |slope| he(case, case.plan.family, Fan::In, slope);
    let negative = spread(target, plan(-slope))?;
    Ok(spread(target, plan(slope))?.and(|| negative))
}

/// INI-10, INI-18: weight by weight.
fn weights_given<T: Real>(strength: Strength, target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let w = ask(target, case, Function::WeightsGiven)?;
    let exact = truth::spread(&case.plan);
    if strength == Promise && case.plan.family == Family::Uniform {
        let bound = towards_zero::<T>(own_spread(target, &case.plan)?);
        let one = |draw: &f64| T::from_f64(bound * draw);
        let expected: Vec<T> = case.draws.iter().map(one).collect();
        let why = "the bound is rounded towards zero, the product to nearest";
        return Ok(same_bits("w", &w, &expected, why));
    }
    Ok(compare("w", &w, |i| {
        let truth = (&exact * &Exact::from_f64(case.draws[i])).to_wide();
        let size = truth.to_f64().abs();
        let bound = match strength {
            Promise if T::DIGITS == 24 => 0.501 * ulp::<T>(size),
            Promise => 8.0 * T::UNIT_ROUNDOFF * size + T::MIN_SUBNORMAL,
            _ => {
                let of_small = 1.0 + exact.to_f64() + case.draws[i].abs();
                12.0 * T::UNIT_ROUNDOFF * size + T::MIN_SUBNORMAL * of_small
            }
        };
        Some(Expected::new(truth, bound))
    }))
}

/// INI-18: draws of 1 and −1 give the bound and no more, whatever `T` can hold of it.
fn within_the_bound<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let plan = Plan { family: Family::Uniform, ..case.plan };
    let mut case = case.with(plan);
    case.draws.iter_mut().for_each(|draw| *draw = 1.0_f64.copysign(*draw));
    let bound = truth::spread(&plan).to_f64();
    let w = ask(target, &case, Function::WeightsGiven)?;
    for (i, w) in w.iter().enumerate() {
        let size = w.to_f64().abs();
        if size > bound * (1.0 + SPREAD_ERROR) || size.is_nan() {
            let expected = format!("at most {bound:?} in size");
            let why = "the bound is a bound: round it towards zero";
            return Ok(Finding::fail(format!("w[{i}]"), format!("{w:?}"), expected, why));
        }
    }
    Ok(Verdict::HOLDS)
}

/// INI-11: the spread of the note, in each family, by the distance to the right distribution.
fn are_distributed<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let mut verdict = Verdict::HOLDS;
    for family in [Family::Uniform, Family::Normal, Family::TruncatedNormal] {
        let case = Case { plan: Plan { family, ..case.plan }, ..case.clone() };
        let one = is_distributed(target, &case)?;
        verdict = verdict.and(|| one);
    }
    Ok(verdict)
}

fn is_distributed<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let w = ask(target, case, Function::Weights)?;
    let cdf = match case.plan.family {
        Family::Uniform => uniform_cdf,
        Family::Normal => normal_cdf,
        Family::TruncatedNormal => truncated_normal_cdf,
    };
    Ok(are_draws_of("weights", &w, truth::spread(&case.plan).to_f64(), cdf))
}

/// INI-12: weight i is element i of the stream, with the spread of the target.
fn mapped<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let follows = target.initialization().is_some_and(|target| target.follows_the_map());
    if !follows {
        return Err(Verdict::NotOffered);
    }
    let (w, spread) = (ask(target, case, Function::Weights)?, own_spread(target, &case.plan)?);
    let stream = case.stream;
    Ok(match case.plan.family {
        Family::Uniform => {
            let one = |i| drawn::uniform::<T>(stream, i, spread);
            let expected: Vec<T> = (0..w.len() as u64).map(one).collect();
            same_bits("w", &w, &expected, "the bits of the map")
        }
        Family::Normal => compare("w", &w, |i| {
            Some(drawn::Normal::of(stream, i as u64).expected::<T>(Must, spread))
        }),
        Family::TruncatedNormal => compare("w", &w, |i| {
            let z = drawn::truncated(stream, i as u64);
            Some(drawn::truncated_expected::<T>(&z, spread))
        }),
    })
}

/// INI-13: the same stream gives the same weights, any other others.
fn others<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (w, again) = (ask(target, case, Function::Weights)?, ask(target, case, Function::Weights)?);
    let mut verdict = same_bits("w again, weight ", &again, &w, "the same stream");
    for (how, stream) in case.stream.others() {
        let other = ask(target, &Case { stream, ..case.clone() }, Function::Weights)?;
        let name = format!("a stream and the one of {how}");
        verdict = verdict.and(|| are_unrelated(&name, &signs(&w), &signs(&other), 0.5));
    }
    Ok(verdict)
}
