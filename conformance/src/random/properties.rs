//! The properties of random numbers: one row each, in the order of the clauses.

use evenkeel_reference::random as reference;

use super::truth::{self, indices, normals};
use super::{Case, Function, Source, inputs};
use crate::compare::{compare, same_bits};
use crate::distribution::{
    are_draws_of, are_unrelated, normal_cdf, share, signs, truncated_normal_cdf, uniform_cdf,
};
use crate::property::properties;
use crate::technique::Function as _;
use crate::verdict::{Checked, Finding, Measure, Strength, Verdict, yields};
use crate::{Property, Real, Target, arguments, bits};

use Function::{Normal, Philox, SecondWords, TruncatedNormal, Uniform, Words};
use Strength::{Must, Promise};

/// All of them.
///
/// The names are also those of the tests that [`random_suite!`](crate::random_suite) makes.
#[rustfmt::skip]
pub(super) fn properties<T: Real>() -> Vec<Property<T, Case<T>>> {
    properties! {
        "RND-01" Must "philox4x32" 1 inputs::near => blocks_are_those_of_philox = blocks;
        "RND-02" Must "words" 1 inputs::anywhere => words_are_those_of_the_stream = |t, c| words(t, c, Words, reference::word);
        "RND-03" Must "words" 1 inputs::anywhere => second_words_lie_apart = |t, c| words(t, c, SecondWords, reference::second_word);
        "RND-04" Must "map" 2 inputs::anywhere => an_element_depends_on_its_index_alone = windows;
        "RND-05" Must "map" 1 inputs::anywhere => uniforms_are_those_of_the_map = uniforms;
        "RND-06" Must "uniform" 1 inputs::near => uniforms_stay_within_the_bound = within_the_bound;
        "RND-06" Must "uniform" 32 inputs::many => uniforms_are_even = are_even;
        "RND-07" Must "map" 8 inputs::anywhere => normals_are_those_of_the_map = |t, c| normals_agree(Must, t, c);
        "RND-07" Must "map" 16 inputs::near => far_normals_are_those_of_the_map = |t, c| far_normals_agree(Must, t, c);
        "RND-08" Must "normal" 32 inputs::many => normals_are_normal = are_normal;
        "RND-09" Promise "map" 8 inputs::anywhere => normals_keep_their_promise = |t, c| normals_agree(Promise, t, c);
        "RND-09" Promise "map" 16 inputs::near => far_normals_keep_their_promise = |t, c| far_normals_agree(Promise, t, c);
        "RND-10" Must "map" 16 inputs::anywhere => truncated_normals_are_those_of_the_map = truncated_agree;
        "RND-11" Must "truncated_normal" 32 inputs::many => truncated_normals_are_normal_and_cut = are_cut;
        "RND-12" Must "uniform" 32 inputs::many => other_streams_are_unrelated = others;
        "RND-13" Must "arguments" 8 inputs::near => invalid_arguments_are_named = arguments::are_named::<Source, T>;
        "RND-14" Must "arguments" 8 inputs::near => refused_calls_write_nothing = arguments::write_nothing::<Source, T>;
        "RND-15" Must "uniform" 16 inputs::none => no_element_is_no_work = arguments::nothing_succeeds::<Source, T>;
        "RND-16" Must "uniform" 64 inputs::parallel => same_bits_on_any_number_of_threads = bits::same_on_any_threads::<Source, T>;
        "RND-17" Promise "levels" 2 inputs::anywhere => same_bits_at_every_level = bits::same_at_every_level::<Source, T>;
        "RND-17" Promise "levels" 128 inputs::parallel => same_bits_at_every_level_on_many_elements = bits::same_at_every_level::<Source, T>;
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

/// The output of a function of a target that follows the map.
fn mapped<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
) -> Result<Vec<T>, Verdict> {
    match target.random() {
        Some(random) if random.follows_the_map() => ask(target, case, function),
        _ => Err(Verdict::NotOffered),
    }
}

/// Words in place of their halves.
fn whole<T: Real>(halves: &[T]) -> Vec<u64> {
    halves
        .chunks_exact(2)
        .map(|pair| (pair[0].to_f64() * 65536.0 + pair[1].to_f64()) as u64)
        .collect()
}

fn same_words(name: &str, got: &[u64], expected: impl Iterator<Item = u32>) -> Verdict {
    for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
        if *got != u64::from(expected) {
            let (place, why) = (format!("{name}[{n}]"), "the same 32 bits");
            return Finding::fail(place, format!("{got:08x}"), format!("{expected:08x}"), why);
        }
    }
    Verdict::Pass(Measure { ratio: 0.0, ulps: 0.0, compared: got.len() as u64 })
}

/// Published answers: counter, key, block.
const KNOWN: [([u32; 4], [u32; 2], [u32; 4]); 3] = [
    ([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    ([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
    ),
];

/// RND-01: the published answers, and the reference's of any block.
fn blocks<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let own = reference::philox4x32(case.counter, case.key);
    let mut verdict = Verdict::CannotTell("no block");
    for (counter, key, block) in KNOWN.into_iter().chain([(case.counter, case.key, own)]) {
        let got = ask(target, &Case { counter, key, ..case.clone() }, Philox)?;
        let name = format!("block {counter:x?} with key {key:x?}, word ");
        verdict = verdict.and(|| same_words(&name, &whole(&got), block.into_iter()));
    }
    Ok(verdict)
}

/// RND-02, RND-03: every word of either plane.
fn words<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
    word: fn(reference::Stream, u64) -> u32,
) -> Checked {
    let got = whole(&ask(target, case, function)?);
    let stream = case.draw.stream.of_reference();
    Ok(same_words(function.name(), &got, indices(case).map(|n| word(stream, n))))
}

/// RND-04: a part gives what the whole gives there.
fn windows<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (first, middle) = (case.draw.first, case.length / 3);
    let mut verdict = Verdict::CannotTell("no element");
    for function in [Uniform, Normal, TruncatedNormal] {
        let all = match mapped(target, case, function) {
            Err(Verdict::NotOffered) => continue,
            other => other?,
        };
        let rest = case.part(first + middle as u64, case.length - middle);
        let rest = mapped(target, &rest, function)?;
        let name = format!("{} from element {}, draw ", function.name(), first + middle as u64);
        verdict = verdict.and(|| same_bits(&name, &rest, &all[middle..], "the same element"));
    }
    Ok(verdict)
}

/// RND-05: bit for bit.
fn uniforms<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = mapped(target, case, Uniform)?;
    let one = |i| truth::uniform(case.draw.stream, i, case.bound);
    let expected: Vec<T> = indices(case).map(one).collect();
    Ok(same_bits("uniform", &got, &expected, "the bits of the map"))
}

/// RND-06: never beyond the bound, which may be no number of `T`.
fn within_the_bound<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = ask(target, &case.part(0, 4096), Uniform)?;
    for (i, value) in got.iter().enumerate() {
        let size = value.to_f64().abs();
        if size > case.bound || size.is_nan() {
            let expected = format!("at most {:?} in size", case.bound);
            let why = "the bound is a bound: round it towards zero";
            return Ok(Finding::fail(format!("uniform[{i}]"), format!("{value:?}"), expected, why));
        }
    }
    Ok(Verdict::HOLDS)
}

/// A case whose draws can be told apart: an ordinary size.
fn ordinary<T: Real>(case: &Case<T>) -> Case<T> {
    Case { bound: 0.75, deviation: 0.75, ..case.clone() }
}

/// The distribution, and that draws know nothing of each other and of their place.
fn are_distributed<T: Real>(
    target: &dyn Target<T>,
    case: &Case<T>,
    function: Function,
    cdf: fn(f64) -> f64,
) -> Result<(Verdict, Vec<f64>), Verdict> {
    let draws = ask(target, &ordinary(case), function)?;
    let verdict = are_draws_of(function.name(), &draws, 0.75, cdf);
    Ok((verdict, draws.iter().map(|draw| draw.to_f64() / 0.75).collect()))
}

/// RND-06.
fn are_even<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    Ok(are_distributed(target, case, Uniform, uniform_cdf)?.0)
}

/// RND-08: with as many draws beyond 2, 3 and 4 deviations as there must be.
fn are_normal<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (mut verdict, draws) = are_distributed(target, case, Normal, normal_cdf)?;
    for far in [2.0, 3.0, 4.0] {
        let beyond = draws.iter().filter(|z| z.abs() > far).count();
        let name = format!("normal draws beyond {far} deviations");
        verdict = verdict.and(|| share(&name, beyond, draws.len(), 2.0 * normal_cdf(-far)));
    }
    Ok(verdict)
}

/// RND-11: and none beyond the cut.
fn are_cut<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let (verdict, draws) = are_distributed(target, case, TruncatedNormal, truncated_normal_cdf)?;
    let worst = draws.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
    // Rounding the product with the deviation may carry the last of them over the cut.
    if worst > 2.0 * (1.0 + 2.0 * T::UNIT_ROUNDOFF) {
        let (got, expected) = (format!("{worst} deviations"), "at most 2 deviations");
        return Ok(Finding::fail("the largest draw", got, expected, "cut, not only made rarer"));
    }
    Ok(verdict)
}

/// RND-07, RND-09: every element within its bound.
fn normals_agree<T: Real>(strength: Strength, target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = mapped(target, case, Normal)?;
    let truth = normals(case);
    Ok(compare("normal", &got, |k| Some(truth[k].expected::<T>(strength, case.deviation))))
}

/// How many words are looked through for one that is extreme.
const SEARCHED: u64 = 1 << 18;

/// The same where the first word is below 2¹⁶, so that the second word counts.
fn far_normals_agree<T: Real>(
    strength: Strength,
    target: &dyn Target<T>,
    case: &Case<T>,
) -> Checked {
    let stream = case.draw.stream.of_reference();
    let is_radius = |n: &u64| n % 32 < 16;
    let is_extreme = |n: &u64| reference::word(stream, *n) < 1 << 16;
    let extreme = (0..SEARCHED).filter(is_radius).filter(is_extreme);
    let mut verdict = Verdict::CannotTell("no extreme word");
    // The cosine stands at the radius' word, the sine sixteen further on.
    for i in extreme.flat_map(|n| [n, n + 16]) {
        verdict = verdict.and(|| {
            normals_agree(strength, target, &case.part(i, 1)).unwrap_or_else(|verdict| verdict)
        });
    }
    Ok(verdict)
}

/// RND-10.
fn truncated_agree<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let got = mapped(target, case, TruncatedNormal)?;
    let truth: Vec<_> = indices(case).map(|i| truth::truncated(case.draw.stream, i)).collect();
    Ok(compare("truncated_normal", &got, |k| {
        Some(truth::truncated_expected::<T>(&truth[k], case.deviation))
    }))
}

/// RND-12: the same stream gives the same, any other stream another that is unrelated.
fn others<T: Real>(target: &dyn Target<T>, case: &Case<T>) -> Checked {
    let case = ordinary(case);
    let draws = ask(target, &case, Uniform)?;
    let again = ask(target, &case, Uniform)?;
    let mut verdict = same_bits("uniform again, draw ", &again, &draws, "the same stream");
    for (how, stream) in case.draw.stream.others() {
        let mut other = case.clone();
        other.draw.stream = stream;
        let other = ask(target, &other, Uniform)?;
        let name = format!("a stream and the one of {how}");
        verdict = verdict.and(|| are_unrelated(&name, &signs(&draws), &signs(&other), 0.5));
    }
    Ok(verdict)
}
